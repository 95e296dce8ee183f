use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_identity::Subject;

use crate::{
    Error, Sts,
    issue::{Order, parent, seconds},
    model::{FederatedUser, GetFederationTokenOutput, op},
    policies,
    tags::SessionTags,
};

impl Handler<op::GetFederationToken> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetFederationToken>,
    ) -> Result<Reply<GetFederationTokenOutput>, Error> {
        let Authorized { input, permits: (permit, _), call, .. } = call;
        let (account, name) = (permit.resource().account, permit.resource().name.clone());
        let parent = parent(call, "GetFederationToken")?;
        let order = Order {
            account,
            seconds: seconds(&parent, input.duration_seconds),
            subject: Subject::Federated { name: name.clone(), by: parent },
            mfa: None,
            policies: policies::read(
                &self.directory,
                account,
                input.policy.as_deref(),
                input.policy_arns.as_deref(),
            )?,
            tags: SessionTags::new(&[], input.tags.as_deref(), None)?,
            source_identity: None,
            origin: None,
        };
        let issued = order.issue(call, self.directory.sealer())?;
        let user = FederatedUser {
            federated_user_id: format!("{account}:{name}"),
            arn: format!("arn:aws:sts::{account}:federated-user/{name}"),
        };
        Ok(GetFederationTokenOutput {
            credentials: Some(issued.credentials),
            federated_user: Some(user),
            packed_policy_size: issued.packed,
            ..GetFederationTokenOutput::default()
        }
        .into())
    }
}
