use kurodo_gateway::{Authorized, Handler, Reply};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    lifecycle::Lifecycle,
    model::{
        DeleteBucketLifecycleOutput, GetBucketLifecycleConfigurationOutput,
        PutBucketLifecycleConfigurationOutput, op,
    },
    records::Versioning,
};

impl Handler<op::GetBucketLifecycleConfiguration> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketLifecycleConfiguration>,
    ) -> Answer<op::GetBucketLifecycleConfiguration> {
        let facts = call.permits.resource().facts()?;
        let lifecycle = facts.lifecycle.as_ref();
        let lifecycle = lifecycle.ok_or_else(|| Error::NoSuchLifecycleConfiguration(facts.name.clone()))?;
        Ok(GetBucketLifecycleConfigurationOutput {
            rules: Some(lifecycle.shown()),
            transition_default_minimum_object_size: Some(lifecycle.shown_least()),
        }
        .into())
    }
}

impl Handler<op::PutBucketLifecycleConfiguration> for S3 {
    /// Where versions are deleted only with a one-time code, no rule deletes them.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketLifecycleConfiguration>,
    ) -> Answer<op::PutBucketLifecycleConfiguration> {
        let Authorized { input, permits: permit, .. } = call;
        let asked = input.lifecycle_configuration.as_ref().ok_or(Error::MalformedXml)?;
        let lifecycle = Lifecycle::read(asked, input.transition_default_minimum_object_size)?;
        let (versioning, fact) = self.setting::<Versioning>(&permit, Setting::Versioning)?;
        if versioning.is_some_and(|versioning| versioning.needs_code()) {
            return Err(Error::InvalidBucketState(CODE.into()));
        }
        self.settle(&permit, Setting::Lifecycle, Some(record(&lifecycle)?), &[&fact]).await?;
        let least = Some(lifecycle.shown_least());
        Ok(PutBucketLifecycleConfigurationOutput { transition_default_minimum_object_size: least }.into())
    }
}

pub(super) const CODE: &str = "Lifecycle configurations and MFA delete cannot be used on the same bucket.";

impl Handler<op::DeleteBucketLifecycle> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketLifecycle>,
    ) -> Answer<op::DeleteBucketLifecycle> {
        self.settle(&call.permits, Setting::Lifecycle, None, &[]).await?;
        Ok(Reply::from(DeleteBucketLifecycleOutput {}).with_status(204))
    }
}
