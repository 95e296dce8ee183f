//! Stored things as answers show them.

use kurodo_identity::{
    CreateAccountFailure, CreateAccountRequest, CreateAccountState as Ended, Joined, Member, Organization,
    OrganizationalUnit as UnitRecord,
};
use kurodo_wire::{Secret, Timestamp};

use crate::{
    kind,
    model::{
        Account, AccountJoinedMethod, AccountState, AccountStatus, CreateAccountFailureReason,
        CreateAccountState, CreateAccountStatus, OrganizationalUnit, PolicySummary, PolicyTargetSummary,
        Root, TargetType,
    },
    resources::Known,
    thing::Thing,
};

/// The name that every organisation's root has.
pub(crate) const ROOT_NAME: &str = "Root";

fn time(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

pub(crate) fn account(organization: &Organization, member: &Member) -> Account {
    let id = member.account.to_string();
    Account {
        arn: Some(organization.arn_of("account", &id)),
        id: Some(id),
        email: Some(Secret::from(member.email.as_str())),
        name: Some(Secret::from(member.name.as_str())),
        status: Some(AccountStatus::Active),
        state: Some(AccountState::Active),
        joined_method: Some(match member.joined_by {
            Joined::Created => AccountJoinedMethod::Created,
            Joined::Invited => AccountJoinedMethod::Invited,
        }),
        joined_timestamp: time(member.joined),
        ..Account::default()
    }
}

pub(crate) fn root(organization: &Organization) -> Root {
    Root {
        id: Some(organization.root.clone()),
        arn: Some(organization.arn_of("root", &organization.root)),
        name: Some(ROOT_NAME.to_owned()),
        policy_types: Some(kind::enabled(organization)),
    }
}

pub(crate) fn unit(organization: &Organization, unit: &UnitRecord) -> OrganizationalUnit {
    OrganizationalUnit {
        id: Some(unit.id.clone()),
        arn: Some(organization.arn_of("ou", &unit.id)),
        name: Some(unit.name.clone()),
        ..OrganizationalUnit::default()
    }
}

pub(crate) fn request(request: &CreateAccountRequest) -> CreateAccountStatus {
    let shown = CreateAccountStatus {
        id: Some(request.id.clone()),
        account_name: Some(Secret::from(request.name.as_str())),
        requested_timestamp: time(request.requested),
        completed_timestamp: time(request.completed),
        state: Some(state(&request.state)),
        ..CreateAccountStatus::default()
    };
    match &request.state {
        Ended::Succeeded(account) => CreateAccountStatus { account_id: Some(account.to_string()), ..shown },
        Ended::Failed(failure) => CreateAccountStatus { failure_reason: Some(reason(*failure)), ..shown },
    }
}

pub(crate) fn state(ended: &Ended) -> CreateAccountState {
    match ended {
        Ended::Succeeded(_) => CreateAccountState::Succeeded,
        Ended::Failed(_) => CreateAccountState::Failed,
    }
}

fn reason(failure: CreateAccountFailure) -> CreateAccountFailureReason {
    match failure {
        CreateAccountFailure::EmailAlreadyExists => CreateAccountFailureReason::EmailAlreadyExists,
        CreateAccountFailure::AccountLimitExceeded => CreateAccountFailureReason::AccountLimitExceeded,
    }
}

pub(crate) fn policy(organization: &Organization, policy: &Known) -> PolicySummary {
    let (arn, name, description) = match policy {
        Known::Aws(policy) => (policy.arn(), policy.name.to_owned(), policy.description.to_owned()),
        Known::Own(policy) => (policy.arn(organization), policy.name.clone(), policy.description.clone()),
    };
    PolicySummary {
        id: Some(policy.id().to_owned()),
        arn: Some(arn),
        name: Some(name),
        description: Some(description),
        r#type: Some(kind::view(policy.kind())),
        aws_managed: Some(matches!(policy, Known::Aws(_))),
    }
}

/// The policy with its document.
pub(crate) fn whole_policy(organization: &Organization, known: &Known) -> crate::model::Policy {
    let content = match known {
        Known::Aws(policy) => policy.document.to_owned(),
        Known::Own(policy) => policy.content.clone(),
    };
    crate::model::Policy { policy_summary: Some(policy(organization, known)), content: Some(content) }
}

/// A root, unit or account that a policy is attached to.
pub(crate) fn target(organization: &Organization, node: &Thing) -> PolicyTargetSummary {
    let (kind, r#type, name) = match node {
        Thing::Account(member) => ("account", TargetType::Account, member.name.clone()),
        Thing::Unit(unit) => ("ou", TargetType::OrganizationalUnit, unit.name.clone()),
        Thing::Root(_) | Thing::Policy(_) => ("root", TargetType::Root, ROOT_NAME.to_owned()),
    };
    let id = node.id();
    PolicyTargetSummary {
        arn: Some(organization.arn_of(kind, &id)),
        target_id: Some(id),
        name: Some(name),
        r#type: Some(r#type),
    }
}
