use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{GetGroupPolicyOutput, op},
    ops::{Answer, Asked},
    room::Room,
    text::encoded,
};

impl Handler<op::GetGroupPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetGroupPolicy>) -> Answer<op::GetGroupPolicy> {
        let (permit, policy_name) = (&asked.permits, asked.input.policy_name);
        let group = permit.resource().load(&Room::open(&self.store, permit))?;
        let document = group.inline.get(&policy_name).ok_or_else(|| missing("group", &policy_name))?;
        let policy_document = encoded(document);
        Ok(GetGroupPolicyOutput { group_name: group.name, policy_name, policy_document }.into())
    }
}
