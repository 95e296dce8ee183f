use kurodo_authz::{Grant, Named};
use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    setting::{PUBLIC_ACL, blocked},
};
use crate::{
    Error, S3,
    acl::{Acl, asked, shown, shown_owner},
    model::{GetObjectAclOutput, PutObjectAclOutput, op},
    records::{Change, Head, Owner, Ownership},
    resources::Object,
};

impl Handler<op::GetObjectAcl> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetObjectAcl>) -> Answer<op::GetObjectAcl> {
        let (permit, _missing) = call.permits;
        let head = Object::granted(&permit)?;
        let (owner, acl) = rights(permit.resource(), head)?;
        let (owner, grants) = (Some(shown_owner(&owner)), Some(shown(&acl)));
        Ok(GetObjectAclOutput { owner, grants, request_charged: permit.resource().charged() }.into())
    }
}

impl Handler<op::PutObjectAcl> for S3 {
    /// Whoever owns the object goes on owning it.
    async fn handle(&self, call: Authorized<'_, Self, op::PutObjectAcl>) -> Answer<op::PutObjectAcl> {
        let Authorized { input, permits: (permit, _missing), call, .. } = call;
        let head = Object::granted(&permit)?;
        let facts = permit.resource().facts();
        let asked = asked!(input, input.grant_write.as_ref(), input.access_control_policy.as_ref())?;
        let asked = asked.ok_or(Error::MissingSecurityHeader("x-amz-acl"))?;
        if facts.ownership() == Ownership::Enforced {
            return Err(Error::AccessControlListNotSupported);
        }
        let (owner, _) = rights(permit.resource(), head)?;
        let acl = asked.acl(&owner, &facts.owner)?;
        if acl.is_public() && facts.blocks().acls {
            return Err(blocked(call, "s3:PutObjectAcl", &permit.resource().arn(), PUBLIC_ACL));
        }
        let ordinary = owner == facts.owner && acl == Acl::private(&owner);
        self.amend(&permit, Change::Rights((!ordinary).then_some((owner, acl)))).await?;
        Ok(PutObjectAclOutput { request_charged: permit.resource().charged() }.into())
    }
}

/// Who owns an object, and the list that counts.
fn rights(object: &Object, head: &Head) -> Result<(Owner, Acl), Error> {
    let facts = object.facts();
    let kept = if facts.ownership() == Ownership::Enforced { None } else { head.rights()? };
    Ok(kept.unwrap_or_else(|| (facts.owner.clone(), Acl::private(&facts.owner))))
}
