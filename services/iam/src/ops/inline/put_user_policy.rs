use kurodo_gateway::Handler;

use super::put;
use crate::{
    Iam,
    model::{PutUserPolicyOutput, op},
    ops::{Answer, Asked},
    quota,
};

impl Handler<op::PutUserPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::PutUserPolicy>) -> Answer<op::PutUserPolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            let of = ("user", user.name.as_str(), quota::INLINE_USER);
            put(&mut user.inline, &input.policy_name, &input.policy_document, of)?;
            draft.keep(&user)
        })
        .await?;
        Ok(PutUserPolicyOutput {}.into())
    }
}
