use kurodo_gateway::Handler;

use super::put;
use crate::{
    Iam,
    model::{PutRolePolicyOutput, op},
    ops::{Answer, Asked, roles::protect},
    quota,
};

impl Handler<op::PutRolePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::PutRolePolicy>) -> Answer<op::PutRolePolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            let of = ("role", role.name.as_str(), quota::INLINE_ROLE);
            put(&mut role.inline, &input.policy_name, &input.policy_document, of)?;
            draft.keep(&role)
        })
        .await?;
        Ok(PutRolePolicyOutput {}.into())
    }
}
