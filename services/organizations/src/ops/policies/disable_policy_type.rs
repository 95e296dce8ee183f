use kurodo_gateway::Handler;
use kurodo_identity::OrgPolicyKind;

use crate::{
    Error, Organizations,
    error::Missing,
    kind,
    model::{DisablePolicyTypeOutput, op},
    ops::{Answer, Asked},
    room::{Draft, Look},
    thing::Thing,
    view,
};

impl Handler<op::DisablePolicyType> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DisablePolicyType>) -> Answer<op::DisablePolicyType> {
        let permit = &asked.permits;
        let root = self
            .change(permit, |draft| {
                permit.resource().load(draft, Missing::Root)?;
                disable(draft, kind::read(asked.input.policy_type)?)?;
                Ok(view::root(&draft.organization))
            })
            .await?;
        Ok(DisablePolicyTypeOutput { root: Some(root) }.into())
    }
}

/// All policies of the type are detached, and stay so when it is enabled again.
fn disable(draft: &mut Draft<'_>, kind: OrgPolicyKind) -> Result<(), Error> {
    kind::must_be_enabled(&draft.organization, kind)?;
    draft.organization.enabled.retain(|enabled| *enabled != kind);
    for node in Thing::nodes(draft)? {
        let mut kept = Vec::new();
        for id in draft.attachments(&node.id())? {
            if draft.kind_of(&id)? != kind {
                kept.push(id);
            }
        }
        draft.attach(&node.id(), kept)?;
    }
    Ok(())
}
