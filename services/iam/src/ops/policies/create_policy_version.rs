use kurodo_gateway::Handler;
use kurodo_identity::{ManagedPolicy, PolicyVersion};

use crate::{
    Error, Iam,
    error::Exceeded,
    model::{CreatePolicyVersionInput, CreatePolicyVersionOutput, op},
    ops::{Answer, Asked, now},
    quota, text, view,
};

impl Handler<op::CreatePolicyVersion> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreatePolicyVersion>) -> Answer<op::CreatePolicyVersion> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        text::managed_policy(&input.policy_document)?;
        quota::POLICY_SIZE.admits(text::size(&input.policy_document))?;
        let policy_version = self
            .change(permit, |draft| {
                let mut policy = permit.resource().load(draft)?;
                let version = add(&mut policy, input, now)?;
                draft.keep(&policy)?;
                Ok(view::version(&policy, &version))
            })
            .await?;
        Ok(CreatePolicyVersionOutput { policy_version: Some(policy_version) }.into())
    }
}

fn add(
    policy: &mut ManagedPolicy,
    input: &CreatePolicyVersionInput,
    now: i64,
) -> Result<PolicyVersion, Error> {
    if policy.versions.len() >= quota::POLICY_VERSIONS {
        return Err(Exceeded::Versions(quota::POLICY_VERSIONS).into());
    }
    let number = policy.latest.saturating_add(1);
    let version = PolicyVersion { number, document: input.policy_document.clone(), created: now };
    policy.versions.push(version.clone());
    policy.latest = number;
    policy.updated = now;
    if input.set_as_default.unwrap_or(false) {
        policy.default = number;
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(set_as_default: bool) -> CreatePolicyVersionInput {
        CreatePolicyVersionInput {
            policy_arn: String::new(),
            policy_document: "{}".to_owned(),
            set_as_default: Some(set_as_default),
        }
    }

    fn policy() -> ManagedPolicy {
        ManagedPolicy {
            name: "p".to_owned(),
            id: "ANPA".to_owned(),
            path: "/".to_owned(),
            created: 0,
            updated: 0,
            description: None,
            tags: Vec::new(),
            versions: vec![PolicyVersion { number: 1, document: "{}".to_owned(), created: 0 }],
            default: 1,
            latest: 1,
        }
    }

    #[test]
    fn there_are_five_versions_at_most() {
        let mut policy = policy();
        for number in 2..=5 {
            assert_eq!(add(&mut policy, &input(false), 1).unwrap().number, number);
        }
        let refused = add(&mut policy, &input(false), 1).unwrap_err();
        assert_eq!(refused.code(), Some(("LimitExceeded", 409)));
        assert!(refused.to_string().starts_with("A managed policy can have up to 5 versions."));
    }

    #[test]
    fn numbers_are_not_used_again() {
        let mut policy = policy();
        add(&mut policy, &input(true), 1).unwrap();
        assert_eq!(policy.default, 2);
        policy.versions.retain(|version| version.number != 2);
        assert_eq!(add(&mut policy, &input(false), 1).unwrap().number, 3);
        assert_eq!(policy.default, 2);
    }
}
