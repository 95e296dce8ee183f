use kurodo_arn::{AccountId, Arn};
use kurodo_policy::{Principal, PrincipalKind};

use crate::Error;

/// What is asked: who may do what to which resources.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) principal: Principal,
    pub(super) actions: Vec<String>,
    /// `*` where the request names none.
    pub(super) resources: Vec<String>,
    pub(super) owner: AccountId,
}

impl Question {
    pub(super) fn new(
        principal: Principal,
        actions: &[String],
        resources: Option<&Vec<String>>,
        owner: Option<&String>,
    ) -> Result<Self, Error> {
        for action in actions {
            check_action(action)?;
        }
        let own = principal.account.ok_or(Error::Inconsistent("a simulated caller has no account"))?;
        let resources = resources.filter(|list| !list.is_empty()).cloned();
        Ok(Self {
            principal,
            actions: actions.to_vec(),
            resources: resources.unwrap_or_else(|| vec!["*".to_owned()]),
            owner: owner.map_or(Ok(own), |owner| account(owner))?,
        })
    }
}

/// An account's id, or an ARN of something in it.
fn account(text: &str) -> Result<AccountId, Error> {
    let by_arn = || text.parse::<Arn>().ok()?.account.parse().ok();
    text.parse().ok().or_else(by_arn).ok_or_else(|| Error::arn(text))
}

/// Source: IAM API Reference, `SimulateCustomPolicy`: no wildcards.
fn check_action(action: &str) -> Result<(), Error> {
    let sound = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match action.split_once(':') {
        Some((service, name)) if sound(service) && sound(name) => Ok(()),
        _ => Err(Error::InvalidInput(format!("Invalid action name: {action}"))),
    }
}

/// The principal with this ARN: a user, a role, or a group that stands for its members.
pub(super) fn principal(arn: &str, user_id: Option<String>) -> Result<Principal, Error> {
    let parsed: Arn = arn.parse().map_err(|_| Error::arn(arn))?;
    let account: AccountId = parsed.account.parse().map_err(|_| Error::arn(arn))?;
    let kind = match parsed.resource.split('/').next() {
        Some("user" | "group") => PrincipalKind::User,
        Some("role") => PrincipalKind::Role,
        Some("root") => PrincipalKind::Root,
        _ => return Err(Error::arn(arn)),
    };
    Ok(Principal {
        kind,
        account: Some(account),
        arn: arn.to_owned(),
        role_arn: None,
        federated_by: None,
        canonical_id: None,
        federated: None,
        user_id,
    })
}

/// Somebody of this account of whom nothing is known.
pub(super) fn nobody(account: AccountId) -> Principal {
    Principal {
        kind: PrincipalKind::User,
        account: Some(account),
        arn: String::new(),
        role_arn: None,
        federated_by: None,
        canonical_id: None,
        federated: None,
        user_id: None,
    }
}
