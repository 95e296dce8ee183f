use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_identity::Subject;

use crate::{
    Error, Sts,
    chain::Chain,
    issue::{Order, ROLE_SECONDS},
    model::{AssumeRoleOutput, AssumedRoleUser, op},
    needs::source_identity,
    policies,
    tags::SessionTags,
};

/// Seconds that a session lasts at most when another session assumed the role.
const CHAINED_SECONDS: i32 = 3600;

impl Handler<op::AssumeRole> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::AssumeRole>,
    ) -> Result<Reply<AssumeRoleOutput>, Error> {
        let Authorized { input, permits: (permit, _, _), call, .. } = call;
        let (resource, sealer) = (permit.resource(), self.directory.sealer());
        let role = resource.record()?;
        let chain = Chain::of(call, sealer)?;
        let seconds = input.duration_seconds.unwrap_or(ROLE_SECONDS);
        check_duration(seconds, role.max_session, chain.temporary)?;

        let name = input.role_session_name.clone();
        let source_identity = source_identity(&chain, &input)?;
        let order = Order {
            account: resource.account,
            subject: Subject::Role { id: role.id.clone(), name: name.clone() },
            seconds,
            // AWS tells a role's session nothing of the code that was shown to assume it.
            mfa: None,
            policies: policies::read(
                &self.directory,
                resource.account,
                input.policy.as_deref(),
                input.policy_arns.as_deref(),
            )?,
            tags: SessionTags::new(&chain.tags, input.tags.as_deref(), input.transitive_tag_keys.as_deref())?,
            source_identity: source_identity.clone(),
            origin: None,
        };
        let issued = order.issue(call, sealer)?;
        let user = AssumedRoleUser {
            assumed_role_id: format!("{}:{name}", role.id),
            arn: format!("arn:aws:sts::{}:assumed-role/{}/{name}", resource.account, role.name),
        };
        Ok(AssumeRoleOutput {
            credentials: Some(issued.credentials),
            assumed_role_user: Some(user),
            packed_policy_size: issued.packed,
            source_identity,
            ..AssumeRoleOutput::default()
        }
        .into())
    }
}

pub(super) fn check_duration(seconds: i32, role: u32, chained: bool) -> Result<(), Error> {
    if chained && seconds > CHAINED_SECONDS {
        return Err(Error::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    if i64::from(seconds) > i64::from(role) {
        return Err(Error::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_and_chain_limit_the_duration() {
        assert!(check_duration(3600, 3600, true).is_ok());
        assert!(check_duration(3601, 3600, false).is_err());
        assert!(check_duration(43_200, 43_200, false).is_ok());
        let chained = check_duration(3601, 43_200, true).unwrap_err();
        assert!(chained.to_string().ends_with("role chaining."));
    }
}
