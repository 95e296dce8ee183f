use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, S3,
    model::{GetBucketPolicyStatusOutput, PolicyStatus, op},
};

impl Handler<op::GetBucketPolicyStatus> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketPolicyStatus>,
    ) -> Answer<op::GetBucketPolicyStatus> {
        let facts = call.permits.resource().facts()?;
        let policy = facts.policy.as_ref().ok_or_else(|| Error::NoSuchBucketPolicy(facts.name.clone()))?;
        let policy_status = Some(PolicyStatus { is_public: Some(policy.public) });
        Ok(GetBucketPolicyStatusOutput { policy_status }.into())
    }
}
