//! Where each record lies: the namespaces of the record space that are this crate's, and their keys.
//!
//! A key is a namespace byte and parts. Parts end in a zero byte, and zero bytes within are escaped, so
//! that no name reaches into its neighbour's range and keys sort as their names do. Names that AWS
//! compares without regard to case are lower-cased here and nowhere else.

use kurodo_arn::AccountId;
use kurodo_authz::Scope;

/// Accounts, users, groups, roles, policies: what decides who a caller is.
pub const IAM: u8 = 1;
/// The organisation.
pub const ORGANIZATION: u8 = 2;
/// When keys and roles were last used; apart, so that noting it does not invalidate what is cached.
pub const USAGE: u8 = 3;

/// The space of one account's identities.
pub fn iam_scope(account: AccountId) -> Scope {
    Scope::new(iam(account).0)
}

/// The space of the organisation.
pub fn org_scope() -> Scope {
    Scope::new(vec![ORGANIZATION])
}

/// Every kind of record below an account, as [`listed`] takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the record of its name")]
pub enum Kind {
    Account,
    User,
    Group,
    Role,
    Policy,
    AccessKey,
    Mfa,
    InstanceProfile,
    Saml,
    Oidc,
    PasswordPolicy,
    CredentialReport,
    Entity,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::AccessKey => "key",
            Self::Mfa => "mfa",
            Self::InstanceProfile => "profile",
            Self::Saml => "saml",
            Self::Oidc => "oidc",
            Self::PasswordPolicy => "password-policy",
            Self::CredentialReport => "report",
            Self::Entity => "id",
        }
    }
}

/// What all keys of this kind in the account start with; for listing.
pub fn listed(account: AccountId, kind: Kind) -> Vec<u8> {
    iam(account).part(kind.label()).0
}

/// The [`Account`](crate::Account) itself.
pub fn account(account: AccountId) -> Vec<u8> {
    listed(account, Kind::Account)
}

/// The [`User`](crate::User) of this name.
pub fn user(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::User, name)
}

/// The [`Group`](crate::Group) of this name.
pub fn group(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::Group, name)
}

/// The [`Role`](crate::Role) of this name.
pub fn role(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::Role, name)
}

/// The [`ManagedPolicy`](crate::ManagedPolicy) of this name.
pub fn policy(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::Policy, name)
}

/// The [`InstanceProfile`](crate::InstanceProfile) of this name.
pub fn instance_profile(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::InstanceProfile, name)
}

/// The [`VirtualMfa`](crate::VirtualMfa) of this name.
pub fn mfa(account: AccountId, name: &str) -> Vec<u8> {
    named(account, Kind::Mfa, name)
}

/// The [`SamlProvider`](crate::SamlProvider) of this name.
pub fn saml(account: AccountId, name: &str) -> Vec<u8> {
    exact(account, Kind::Saml, name)
}

/// The [`OidcProvider`](crate::OidcProvider) with this URL (without its scheme).
pub fn oidc(account: AccountId, url: &str) -> Vec<u8> {
    exact(account, Kind::Oidc, url)
}

/// The [`AccessKey`](crate::AccessKey) with this id.
pub fn access_key(account: AccountId, id: &str) -> Vec<u8> {
    exact(account, Kind::AccessKey, id)
}

/// The [`PasswordPolicy`](crate::PasswordPolicy).
pub fn password_policy(account: AccountId) -> Vec<u8> {
    listed(account, Kind::PasswordPolicy)
}

/// The [`CredentialReport`](crate::CredentialReport).
pub fn credential_report(account: AccountId) -> Vec<u8> {
    listed(account, Kind::CredentialReport)
}

/// What the unique id belongs to: an [`Entity`](crate::Entity).
pub fn entity(account: AccountId, id: &str) -> Vec<u8> {
    exact(account, Kind::Entity, id)
}

/// The [`Organization`](crate::Organization).
pub fn organization() -> Vec<u8> {
    Key(vec![ORGANIZATION]).part("organization").0
}

/// The [`OrganizationalUnit`](crate::OrganizationalUnit) with this id; an empty id is what all keys start with.
pub fn unit(id: &str) -> Vec<u8> {
    below_organization("unit", id)
}

/// The [`Member`](crate::Member) that an account is.
pub fn member(account: AccountId) -> Vec<u8> {
    below_organization("member", &account.to_string())
}

/// What the keys of all members start with.
pub fn members() -> Vec<u8> {
    below_organization("member", "")
}

/// The [`OrgPolicy`](crate::OrgPolicy) with this id; an empty id is what all keys start with.
pub fn org_policy(id: &str) -> Vec<u8> {
    below_organization("policy", id)
}

/// The [`Attachments`](crate::Attachments) of a root, unit or account; empty is what all keys start with.
pub fn attachments(target: &str) -> Vec<u8> {
    below_organization("attached", target)
}

/// The [`CreateAccountRequest`](crate::CreateAccountRequest) with this id; empty is what all keys start with.
pub fn create_account(id: &str) -> Vec<u8> {
    below_organization("request", id)
}

/// The [`KeyUse`](crate::KeyUse) of an access key.
pub fn key_use(account: AccountId, id: &str) -> Vec<u8> {
    usage(account, "key", id)
}

/// The [`RoleUse`](crate::RoleUse) of the role with this unique id.
pub fn role_use(account: AccountId, id: &str) -> Vec<u8> {
    usage(account, "role", id)
}

fn usage(account: AccountId, label: &str, id: &str) -> Vec<u8> {
    Key(vec![USAGE]).part(&account.to_string()).part(label).part(id).0
}

fn below_organization(label: &str, id: &str) -> Vec<u8> {
    let key = Key(vec![ORGANIZATION]).part(label);
    if id.is_empty() { key.0 } else { key.part(id).0 }
}

fn named(account: AccountId, kind: Kind, name: &str) -> Vec<u8> {
    iam(account).part(kind.label()).part(&name.to_lowercase()).0
}

fn exact(account: AccountId, kind: Kind, name: &str) -> Vec<u8> {
    iam(account).part(kind.label()).part(name).0
}

fn iam(account: AccountId) -> Key {
    Key(vec![IAM]).part(&account.to_string())
}

/// A key in the making.
struct Key(Vec<u8>);

impl Key {
    fn part(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self.0.extend([0, 1]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: u64) -> AccountId {
        AccountId::new(value).unwrap()
    }

    #[test]
    fn names_ignore_case() {
        assert_eq!(user(id(1), "Bob"), user(id(1), "bOB"));
        assert_ne!(user(id(1), "bob"), user(id(2), "bob"));
        assert_ne!(user(id(1), "bob"), role(id(1), "bob"));
    }

    #[test]
    fn no_name_reaches_into_another_range() {
        let below = unit("ou-a");
        assert!(!unit("ou-ab").starts_with(&below));
        assert!(!unit("ou-a\0\u{1}x").starts_with(&below));
        assert!(user(id(7), "x").starts_with(iam_scope(id(7)).prefix()));
        assert!(!user(id(71), "x").starts_with(iam_scope(id(7)).prefix()));
    }
}
