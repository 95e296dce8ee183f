use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_identity::Subject;

use crate::{
    Error, Sts,
    issue::{Order, ROLE_SECONDS},
    model::{AssumeRoleWithWebIdentityOutput, AssumedRoleUser, op},
    ops::assume_role::check_duration,
    policies,
};

impl Handler<op::AssumeRoleWithWebIdentity> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::AssumeRoleWithWebIdentity>,
    ) -> Result<Reply<AssumeRoleWithWebIdentityOutput>, Error> {
        let Authorized { input, permits: (permit, _, _), call, .. } = call;
        let (resource, role) = (permit.resource(), permit.resource().record()?);
        let (account, bearer) = (resource.account, &resource.bearer);
        let seconds = input.duration_seconds.unwrap_or(ROLE_SECONDS);
        check_duration(seconds, role.max_session, false)?;

        let name = input.role_session_name;
        let source_identity = bearer.identity.source_identity.clone();
        let (inline, arns) = (input.policy.as_deref(), input.policy_arns.as_deref());
        let order = Order {
            account,
            subject: Subject::Role { id: role.id.clone(), name: name.clone() },
            seconds,
            mfa: None,
            policies: policies::read(&self.directory, account, inline, arns)?,
            tags: bearer.tags.clone(),
            source_identity: source_identity.clone(),
            origin: Some(bearer.origin()),
        };
        let issued = order.issue(call, self.directory.sealer())?;
        let user = AssumedRoleUser {
            assumed_role_id: format!("{}:{name}", role.id),
            arn: format!("arn:aws:sts::{account}:assumed-role/{}/{name}", role.name),
        };
        Ok(AssumeRoleWithWebIdentityOutput {
            credentials: Some(issued.credentials),
            subject_from_web_identity_token: Some(bearer.identity.subject.clone()),
            assumed_role_user: Some(user),
            packed_policy_size: issued.packed,
            provider: Some(bearer.provider.clone()),
            audience: Some(bearer.identity.audience.clone()),
            source_identity,
            ..AssumeRoleWithWebIdentityOutput::default()
        }
        .into())
    }
}
