use kurodo_authz::Resource;
use kurodo_gateway::{Authorized, Call, Handler, Reply};

use super::{
    Answer,
    setting::{PUBLIC_POLICY, blocked},
};
use crate::{
    Error, S3,
    layout::Setting,
    model::{DeleteBucketPolicyOutput, GetBucketPolicyOutput, PutBucketPolicyOutput, op},
    policy,
    resources::Bucket,
};

impl Handler<op::GetBucketPolicy> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketPolicy>) -> Answer<op::GetBucketPolicy> {
        let bucket = call.permits.resource();
        own_account(call.call, bucket)?;
        let facts = bucket.facts()?;
        let kept = facts.policy.as_ref().ok_or_else(|| Error::NoSuchBucketPolicy(facts.name.clone()))?;
        let policy = bucket.names().show(kept.whole.policy.source())?;
        Ok(GetBucketPolicyOutput { policy: Some(policy) }.into())
    }
}

impl Handler<op::PutBucketPolicy> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutBucketPolicy>) -> Answer<op::PutBucketPolicy> {
        let Authorized { input, permits: permit, call, .. } = call;
        let bucket = permit.resource();
        own_account(call, bucket)?;
        let accepted = policy::accept(&input.policy, bucket.name(), bucket.names())?;
        let facts = bucket.facts()?;
        if accepted.public && facts.blocks().policy {
            return Err(blocked(call, "s3:PutBucketPolicy", &facts.arn(), PUBLIC_POLICY));
        }
        let [bucket_blocks, account_blocks] = &facts.blocked;
        let relied = [bucket_blocks, account_blocks];
        self.settle(&permit, Setting::Policy, Some(accepted.text.into()), &relied).await?;
        Ok(Reply::from(PutBucketPolicyOutput {}).with_status(204))
    }
}

impl Handler<op::DeleteBucketPolicy> for S3 {
    /// Deleting a policy that is not there succeeds.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketPolicy>,
    ) -> Answer<op::DeleteBucketPolicy> {
        own_account(call.call, call.permits.resource())?;
        self.settle(&call.permits, Setting::Policy, None, &[]).await?;
        Ok(DeleteBucketPolicyOutput {}.into())
    }
}

/// A bucket's policy is its account's business, whomever the policy itself lets in.
///
/// Source: S3 API Reference, `PutBucketPolicy`, "405 Method Not Allowed".
fn own_account(call: &Call, bucket: &Bucket) -> Result<(), Error> {
    match call.account() == Some(bucket.owner()) {
        true => Ok(()),
        false => Err(Error::MethodNotAllowed("BUCKETPOLICY".into())),
    }
}
