use kurodo_gateway::{Authorized, Call, Handler};

use super::{Answer, bucket_lifecycle::CODE, setting::record};
use crate::{
    Error, S3,
    facts::BucketFacts,
    layout::Setting,
    lifecycle::Lifecycle,
    mfa,
    model::{
        BucketVersioningStatus, GetBucketVersioningOutput, MFADelete, MFADeleteStatus,
        PutBucketVersioningInput, PutBucketVersioningOutput, op,
    },
    records::{ObjectLock, Versioning, VersioningState},
    replication::Replication,
};

impl Handler<op::GetBucketVersioning> for S3 {
    /// Nothing is shown of a bucket that never kept versions.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketVersioning>,
    ) -> Answer<op::GetBucketVersioning> {
        let Versioning { state, mfa_delete } = call.permits.resource().facts()?.versioning;
        let status = match state {
            VersioningState::Never => None,
            VersioningState::Enabled => Some(BucketVersioningStatus::Enabled),
            VersioningState::Suspended => Some(BucketVersioningStatus::Suspended),
        };
        let word = |on| if on { MFADeleteStatus::Enabled } else { MFADeleteStatus::Disabled };
        Ok(GetBucketVersioningOutput { status, mfa_delete: mfa_delete.map(word) }.into())
    }
}

impl Handler<op::PutBucketVersioning> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketVersioning>,
    ) -> Answer<op::PutBucketVersioning> {
        let Authorized { input, permits: permit, call, .. } = call;
        let facts = permit.resource().facts()?;
        let versioning = wanted(&input, facts.versioning)?;
        let (lock, fact) = self.setting::<ObjectLock>(&permit, Setting::ObjectLock)?;
        if lock.is_some() && !versioning.is_on() {
            return Err(Error::InvalidBucketState(LOCKED.into()));
        }
        let (lifecycle, ruled) = self.setting::<Lifecycle>(&permit, Setting::Lifecycle)?;
        if versioning.needs_code() && lifecycle.is_some() {
            return Err(Error::InvalidBucketState(CODE.into()));
        }
        let (replication, copied) = self.setting::<Replication>(&permit, Setting::Replication)?;
        if replication.is_some() && !versioning.is_on() {
            return Err(Error::InvalidBucketState(COPIED.into()));
        }
        self.check_owner(&input, versioning, facts, call).await?;
        // Whether a code was asked for was decided by the setting as it was.
        let relied = [&facts.versioned, &fact, &ruled, &copied];
        self.settle(&permit, Setting::Versioning, Some(record(&versioning)?), &relied).await?;
        Ok(PutBucketVersioningOutput {}.into())
    }
}

/// As S3 says it.
const LOCKED: &str =
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";

const COPIED: &str = "A replication configuration is present on this bucket, so you cannot change the versioning state. \
                      To change the versioning state, first delete the replication configuration.";

impl S3 {
    /// Where versions are deleted only with a one-time code, or shall be from now on, the root user of the bucket's
    /// account shows one.
    async fn check_owner(
        &self,
        input: &PutBucketVersioningInput,
        versioning: Versioning,
        facts: &BucketFacts,
        call: &Call,
    ) -> Result<(), Error> {
        if !versioning.needs_code() && !facts.versioning.needs_code() {
            return Ok(());
        }
        if !mfa::is_owner(call, facts) {
            return Err(Error::AccessDenied(
                "This operation may only be performed by the bucket owner".into(),
            ));
        }
        self.take_code(input.mfa.as_deref(), facts, call).await
    }
}

/// What the request leaves out stays as it is.
fn wanted(input: &PutBucketVersioningInput, now: Versioning) -> Result<Versioning, Error> {
    let asked = &input.versioning_configuration;
    let state = match asked.status {
        Some(BucketVersioningStatus::Enabled) => VersioningState::Enabled,
        Some(BucketVersioningStatus::Suspended) => VersioningState::Suspended,
        None => return Err(Error::IllegalVersioningConfiguration),
    };
    let mfa_delete = asked.mfa_delete.map(|word| word == MFADelete::Enabled);
    Ok(Versioning { state, mfa_delete: mfa_delete.or(now.mfa_delete) })
}
