use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    setting::{PUBLIC_ACL, blocked, record},
};
use crate::{
    Error, S3,
    acl::{asked, shown, shown_owner},
    layout::Setting,
    model::{GetBucketAclOutput, PutBucketAclOutput, op},
    records::Ownership,
};

impl Handler<op::GetBucketAcl> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketAcl>) -> Answer<op::GetBucketAcl> {
        let facts = call.permits.resource().facts()?;
        let (owner, grants) = (Some(shown_owner(&facts.owner)), Some(shown(&facts.acl())));
        Ok(GetBucketAclOutput { owner, grants }.into())
    }
}

impl Handler<op::PutBucketAcl> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutBucketAcl>) -> Answer<op::PutBucketAcl> {
        let Authorized { input, permits: permit, call, .. } = call;
        let facts = permit.resource().facts()?;
        let asked = asked!(input, input.grant_write.as_ref(), input.access_control_policy.as_ref())?;
        let asked = asked.ok_or(Error::MissingSecurityHeader("x-amz-acl"))?;
        let (ownership, fact) = self.setting(&permit, Setting::Ownership)?;
        if ownership == Some(Ownership::Enforced) {
            return Err(Error::AccessControlListNotSupported);
        }
        let acl = asked.acl(&facts.owner, &facts.owner)?;
        if acl.is_public() && facts.blocks().acls {
            return Err(blocked(call, "s3:PutBucketAcl", &facts.arn(), PUBLIC_ACL));
        }
        let [bucket_blocks, account_blocks] = &facts.blocked;
        let relied = [&fact, bucket_blocks, account_blocks];
        self.settle(&permit, Setting::Acl, Some(record(&acl)?), &relied).await?;
        Ok(PutBucketAclOutput {}.into())
    }
}
