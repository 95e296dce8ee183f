use kurodo_gateway::Handler;
use kurodo_identity::{OrgPolicyKind, managed};

use crate::{
    Error, Organizations,
    error::Missing,
    kind,
    model::{ConstraintViolationExceptionReason, DetachPolicyOutput, InvalidInputExceptionReason, op},
    ops::{Answer, Asked},
    resources::Known,
    room::{Draft, Look},
};

impl Handler<op::DetachPolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DetachPolicy>) -> Answer<op::DetachPolicy> {
        let (policy, target) = &asked.permits;
        self.change(target, |draft| {
            let policy = policy.resource().load(draft)?;
            let target = target.resource().load(draft, Missing::Target)?.id();
            kind::must_be_enabled(&draft.organization, policy.kind())?;
            check(draft, &policy, &target)?;
            let mut all = draft.attachments(&target)?;
            all.retain(|id| id != policy.id());
            draft.attach(&target, all)
        })
        .await?;
        Ok(DetachPolicyOutput {}.into())
    }
}

/// Everything keeps one service control policy, and the resource control policy that allows everything.
fn check(draft: &Draft<'_>, policy: &Known, target: &str) -> Result<(), Error> {
    let attached = draft.attached(target, policy.kind())?;
    if attached.iter().all(|id| id != policy.id()) {
        return Err(Error::PolicyNotAttached);
    }
    if policy.id() == managed::RCP_FULL_ACCESS {
        let reason = InvalidInputExceptionReason::NonDetachablePolicy;
        return Err(Error::Invalid(reason, "You cannot detach this policy: it is attached to everything."));
    }
    if policy.kind() == OrgPolicyKind::Scp && attached.len() == 1 {
        let reason = ConstraintViolationExceptionReason::MinPolicyTypeAttachmentLimitExceeded;
        let message = "You cannot detach the last policy of this type: attach another one first.";
        return Err(Error::Constraint(reason, message));
    }
    Ok(())
}
