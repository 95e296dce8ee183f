use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    acl::Acl,
    layout::Setting,
    model::{
        DeleteBucketOwnershipControlsOutput, GetBucketOwnershipControlsOutput, OwnershipControls,
        OwnershipControlsRule, PutBucketOwnershipControlsOutput, op,
    },
    records::Ownership,
};

impl Handler<op::GetBucketOwnershipControls> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketOwnershipControls>,
    ) -> Answer<op::GetBucketOwnershipControls> {
        let facts = call.permits.resource().facts()?;
        let ownership = facts.ownership.ok_or_else(|| Error::NoOwnershipControls(facts.name.clone()))?;
        let rules = vec![OwnershipControlsRule { object_ownership: ownership.into() }];
        Ok(GetBucketOwnershipControlsOutput { ownership_controls: Some(OwnershipControls { rules }) }.into())
    }
}

impl Handler<op::PutBucketOwnershipControls> for S3 {
    /// A bucket whose list lets others in must lose that list before lists are switched off.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketOwnershipControls>,
    ) -> Answer<op::PutBucketOwnershipControls> {
        let Authorized { input, permits: permit, .. } = call;
        let [rule] = input.ownership_controls.rules.as_slice() else { return Err(Error::MalformedXml) };
        let ownership = Ownership::from(rule.object_ownership);
        let owner = &permit.resource().facts()?.owner;
        let (acl, fact) = self.setting::<Acl>(&permit, Setting::Acl)?;
        if ownership == Ownership::Enforced && acl.is_some_and(|acl| acl != Acl::private(owner)) {
            return Err(Error::InvalidBucketAclWithObjectOwnership);
        }
        self.settle(&permit, Setting::Ownership, Some(record(&ownership)?), &[&fact]).await?;
        Ok(PutBucketOwnershipControlsOutput {}.into())
    }
}

impl Handler<op::DeleteBucketOwnershipControls> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketOwnershipControls>,
    ) -> Answer<op::DeleteBucketOwnershipControls> {
        self.settle(&call.permits, Setting::Ownership, None, &[]).await?;
        Ok(DeleteBucketOwnershipControlsOutput {}.into())
    }
}
