use kurodo_authz::Grant;
use kurodo_gateway::{Authorized, Call, Handler};

use super::{Answer, caller};
use crate::{
    Error, S3,
    facts::BucketFacts,
    model::{DeleteObjectOutput, op},
    records::{Owner, Ownership, Wanted},
    versions::{If, Removal, Removed},
};

impl Handler<op::DeleteObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteObject>) -> Answer<op::DeleteObject> {
        let Authorized { input, permits: (permit, _known, bypass), call, .. } = call;
        let facts = permit.resource().facts();
        let version = Wanted::asked(input.version_id.as_ref())?;
        if version.is_some() && facts.versioning.needs_code() {
            self.take_code(input.mfa.as_deref(), facts, call).await?;
        }
        let removal = Removal {
            version,
            only: If::matches(input.if_match.as_deref()),
            bypasses: bypass.is_some(),
            now_ms: call.now_ms,
            by: remover(facts, call)?,
        };
        let (delete_marker, version_id) = match self.remove(&permit, &removal).await? {
            Removed::Whole => (None, None),
            Removed::Marked(id) => (Some(true), Some(id.to_string())),
            Removed::Version { wanted, marker } => (marker.then_some(true), Some(wanted.to_string())),
        };
        let request_charged = Grant::resource(&permit).charged();
        Ok(DeleteObjectOutput { delete_marker, version_id, request_charged }.into())
    }
}

/// Who owns the delete marker that the caller puts, where that is not the bucket's owner.
pub(super) fn remover(facts: &BucketFacts, call: &Call) -> Result<Option<Owner>, Error> {
    if facts.ownership() == Ownership::Enforced {
        return Ok(None);
    }
    Ok(Some(caller(call)?).filter(|owner| *owner != facts.owner))
}
