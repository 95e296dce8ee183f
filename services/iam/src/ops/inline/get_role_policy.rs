use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{GetRolePolicyOutput, op},
    ops::{Answer, Asked},
    room::Room,
    text::encoded,
};

impl Handler<op::GetRolePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetRolePolicy>) -> Answer<op::GetRolePolicy> {
        let (permit, policy_name) = (&asked.permits, asked.input.policy_name);
        let role = permit.resource().load(&Room::open(&self.store, permit))?;
        let document = role.inline.get(&policy_name).ok_or_else(|| missing("role", &policy_name))?;
        let policy_document = encoded(document);
        Ok(GetRolePolicyOutput { role_name: role.name, policy_name, policy_document }.into())
    }
}
