use kurodo_gateway::Handler;
use kurodo_identity::{OrgPolicy, keys};

use super::must_be_new;
use crate::{
    Error, Organizations, document,
    model::{UpdatePolicyInput, UpdatePolicyOutput, op},
    ops::{Answer, Asked},
    resources::Known,
    room::Draft,
    view,
};

impl Handler<op::UpdatePolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::UpdatePolicy>) -> Answer<op::UpdatePolicy> {
        let permit = &asked.permits;
        let policy = self
            .change(permit, |draft| {
                let policy = permit.resource().load_own(draft)?;
                let policy = update(draft, policy, &asked.input)?;
                Ok(view::whole_policy(&draft.organization, &Known::Own(policy)))
            })
            .await?;
        Ok(UpdatePolicyOutput { policy: Some(policy) }.into())
    }
}

fn update(
    draft: &mut Draft<'_>,
    mut policy: OrgPolicy,
    input: &UpdatePolicyInput,
) -> Result<OrgPolicy, Error> {
    if let Some(name) = &input.name {
        must_be_new(draft, policy.kind, name, Some(&policy.id))?;
        policy.name.clone_from(name);
    }
    if let Some(description) = &input.description {
        policy.description.clone_from(description);
    }
    if let Some(content) = &input.content {
        document::check(policy.kind, content)?;
        policy.content.clone_from(content);
    }
    draft.put(&keys::org_policies().exactly(&policy.id), &policy)?;
    Ok(policy)
}
