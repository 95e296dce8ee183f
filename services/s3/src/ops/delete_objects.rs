use futures_util::{StreamExt, stream};
use kurodo_authz::{Denial, Grant, OneOf, Permit};
use kurodo_gateway::{Authorized, Call, Failure, Handler};

use super::{Answer, delete_object::remover};
use crate::{
    Error, S3, action,
    facts::BucketFacts,
    model::{self, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ObjectIdentifier, op},
    records::Wanted,
    versions::{If, Removal, Removed},
};

type Decided<P> = Result<P, Box<Denial>>;
type MayDelete<'r> = OneOf<Permit<'r, action::DeleteObject>, Permit<'r, action::DeleteObjectVersion>>;
type MayRead<'r> = OneOf<Permit<'r, action::GetObject>, Permit<'r, action::GetObjectVersion>>;
type MayBypass<'r> = Permit<'r, action::BypassGovernanceRetention>;

/// What was decided about one object.
type Rights<'r> = (Decided<MayDelete<'r>>, Option<Decided<MayRead<'r>>>, Option<Decided<MayBypass<'r>>>);

/// So many are deleted at once; they share the flushes of the disk.
const AT_ONCE: usize = 128;

impl Handler<op::DeleteObjects> for S3 {
    /// Each object is decided and deleted for itself.
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteObjects>) -> Answer<op::DeleteObjects> {
        let Authorized { input, permits: (deletes, reads, bypasses), call, .. } = call;
        if let Some(facts) = deletes.iter().find_map(facts_of) {
            self.check_code(&input, facts, call).await?;
        }
        let allowed = deletes.iter().find_map(|delete| delete.as_ref().ok());
        let request_charged = allowed.and_then(|permit| Grant::resource(permit).charged());
        let (objects, mut reads, mut bypasses) =
            (&input.delete.objects, reads.into_iter(), bypasses.into_iter());
        let mut deletions = Vec::with_capacity(objects.len());
        for (object, delete) in objects.iter().zip(deletes) {
            let certain = object.e_tag.as_deref().is_some_and(|tag| tag != "*");
            let known = if certain { reads.next() } else { None };
            deletions.push(self.delete_one(object, (delete, known, bypasses.next()), call));
        }
        let outcomes: Vec<_> = stream::iter(deletions).buffered(AT_ONCE).collect().await;

        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for (object, outcome) in objects.iter().zip(outcomes) {
            match outcome {
                Ok(removed) => deleted.push(shown_removed(object, removed)),
                Err(failure) => errors.push(shown(object, failure)),
            }
        }
        let loud = !input.delete.quiet.unwrap_or_default();
        Ok(DeleteObjectsOutput {
            deleted: (loud && !deleted.is_empty()).then_some(deleted),
            errors: (!errors.is_empty()).then_some(errors),
            request_charged,
        }
        .into())
    }
}

/// The bucket, as somebody sees it who may delete something in it.
fn facts_of<'d>(delete: &'d Decided<MayDelete<'_>>) -> Option<&'d BucketFacts> {
    Some(Grant::resource(delete.as_ref().ok()?).facts())
}

impl S3 {
    /// One code is for all versions of the request.
    async fn check_code(
        &self,
        input: &DeleteObjectsInput,
        facts: &BucketFacts,
        call: &Call,
    ) -> Result<(), Error> {
        let versions = input.delete.objects.iter().any(|object| object.version_id.is_some());
        match versions && facts.versioning.needs_code() {
            true => self.take_code(input.mfa.as_deref(), facts, call).await,
            false => Ok(()),
        }
    }

    async fn delete_one(
        &self,
        object: &ObjectIdentifier,
        (delete, known, bypass): Rights<'_>,
        call: &Call,
    ) -> Result<Removed, Failure> {
        let permit = delete.map_err(denied)?;
        known.transpose().map_err(denied)?;
        let bypass = bypass.transpose().map_err(denied)?;
        let removal = Removal {
            version: Wanted::asked(object.version_id.as_ref())?,
            only: If::matches(object.e_tag.as_deref()),
            bypasses: bypass.is_some(),
            now_ms: call.now_ms,
            by: remover(Grant::resource(&permit).facts(), call)?,
        };
        Ok(self.remove(&permit, &removal).await?)
    }
}

/// What was removed, as the reply lists it.
fn shown_removed(object: &ObjectIdentifier, removed: Removed) -> DeletedObject {
    let (delete_marker, delete_marker_version_id) = match removed {
        Removed::Whole | Removed::Version { marker: false, .. } => (None, None),
        Removed::Marked(id) => (Some(true), Some(id.to_string())),
        Removed::Version { wanted, marker: true } => (Some(true), Some(wanted.to_string())),
    };
    let (key, version_id) = (Some(object.key.clone()), object.version_id.clone());
    DeletedObject { key, version_id, delete_marker, delete_marker_version_id }
}

fn denied(denial: Box<Denial>) -> Failure {
    Error::AccessDenied(denial.s3_message().into()).into()
}

fn shown(object: &ObjectIdentifier, failure: Failure) -> model::Error {
    model::Error {
        key: Some(object.key.clone()),
        version_id: object.version_id.clone(),
        code: Some(failure.code.into_owned()),
        message: Some(failure.message.into_owned()),
    }
}
