use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{GetUserPolicyOutput, op},
    ops::{Answer, Asked},
    room::Room,
    text::encoded,
};

impl Handler<op::GetUserPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetUserPolicy>) -> Answer<op::GetUserPolicy> {
        let (permit, policy_name) = (&asked.permits, asked.input.policy_name);
        let user = permit.resource().load(&Room::open(&self.store, permit))?;
        let document = user.inline.get(&policy_name).ok_or_else(|| missing("user", &policy_name))?;
        let policy_document = encoded(document);
        Ok(GetUserPolicyOutput { user_name: user.name, policy_name, policy_document }.into())
    }
}
