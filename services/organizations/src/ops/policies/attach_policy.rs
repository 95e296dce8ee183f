use kurodo_gateway::Handler;

use crate::{
    Error, Organizations,
    error::Missing,
    kind, limits,
    model::{AttachPolicyOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

impl Handler<op::AttachPolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::AttachPolicy>) -> Answer<op::AttachPolicy> {
        let (policy, target) = &asked.permits;
        self.change(target, |draft| {
            let policy = policy.resource().load(draft)?;
            let target = target.resource().load(draft, Missing::Target)?.id();
            kind::must_be_enabled(&draft.organization, policy.kind())?;
            let attached = draft.attached(&target, policy.kind())?;
            if attached.iter().any(|id| id == policy.id()) {
                return Err(Error::DuplicateAttachment);
            }
            limits::attached(policy.kind()).admits_another(attached.len())?;
            let mut all = draft.attachments(&target)?;
            all.push(policy.id().to_owned());
            draft.attach(&target, all)
        })
        .await?;
        Ok(AttachPolicyOutput {}.into())
    }
}
