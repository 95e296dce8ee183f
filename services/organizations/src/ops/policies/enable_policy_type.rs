use kurodo_gateway::Handler;
use kurodo_identity::{OrgPolicyKind, managed};

use crate::{
    Error, Organizations,
    error::Missing,
    kind,
    model::{EnablePolicyTypeOutput, op},
    ops::{Answer, Asked},
    room::{Draft, Look},
    thing::Thing,
    view,
};

impl Handler<op::EnablePolicyType> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::EnablePolicyType>) -> Answer<op::EnablePolicyType> {
        let permit = &asked.permits;
        let root = self
            .change(permit, |draft| {
                permit.resource().load(draft, Missing::Root)?;
                enable(draft, kind::read(asked.input.policy_type)?)?;
                Ok(view::root(&draft.organization))
            })
            .await?;
        Ok(EnablePolicyTypeOutput { root: Some(root) }.into())
    }
}

fn enable(draft: &mut Draft<'_>, kind: OrgPolicyKind) -> Result<(), Error> {
    if draft.organization.enabled.contains(&kind) {
        return Err(Error::TypeAlreadyEnabled);
    }
    draft.organization.enabled.push(kind);
    if kind == OrgPolicyKind::Rcp {
        return Ok(());
    }
    // Nothing may be without a service control policy, or nobody could do anything there.
    for node in Thing::nodes(draft)? {
        let mut attached = draft.attachments(&node.id())?;
        attached.push(managed::FULL_ACCESS.to_owned());
        draft.attach(&node.id(), attached)?;
    }
    Ok(())
}
