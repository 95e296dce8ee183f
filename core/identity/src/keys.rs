//! Where each record lies: the namespaces of the record space that are this crate's, and their keys.
//!
//! Keys are relative to the scope of the permit that opens the door: [`iam_scope`] for what belongs to an
//! account, [`org_scope`] for the organisation, [`usage_scope`] for what was used when. Through a door to
//! the whole store, [`Key::below`] and [`Shelf::below`] make them whole. Names that AWS compares without
//! regard to case are lower-cased here and nowhere else.

use std::marker::PhantomData;

use kurodo_arn::AccountId;
use kurodo_authz::Scope;
use kurodo_store::KeyBuilder;

use crate::{
    AccessKey, Account, Attachments, CreateAccountRequest, CredentialReport, Entity, Group, InstanceProfile,
    KeyUse, ManagedPolicy, Member, MfaStep, OidcProvider, OrgPolicy, Organization, OrganizationalUnit,
    PasswordPolicy, Role, RoleUse, SamlProvider, User, VirtualMfa,
};

/// Accounts, users, groups, roles, policies: what decides who a caller is.
pub const IAM: u8 = 1;
/// The organisation.
pub const ORGANIZATION: u8 = 2;
/// When keys and roles were last used; apart, so that noting it does not invalidate what is cached.
pub const USAGE: u8 = 3;

/// The space of one account's identities.
pub fn iam_scope(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(IAM).part(account.to_string()).build())
}

/// The space of the organisation.
pub fn org_scope() -> Scope {
    Scope::new(KeyBuilder::new(ORGANIZATION).build())
}

/// The space of what one account used when.
pub fn usage_scope(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(USAGE).part(account.to_string()).build())
}

/// The key of one record.
pub struct Key<R>(Vec<u8>, PhantomData<fn() -> R>);

impl<R> Key<R> {
    /// The whole key of the record in this scope, for a door to everything.
    #[must_use]
    pub fn below(&self, scope: &Scope) -> Self {
        Self([scope.prefix(), &self.0].concat(), PhantomData)
    }
}

impl<R> AsRef<[u8]> for Key<R> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// What the keys of all records of one kind start with.
pub struct Shelf<R>(Vec<u8>, PhantomData<fn() -> R>);

impl<R> Shelf<R> {
    fn new(label: &str) -> Self {
        Self(KeyBuilder::relative().part(label).build().into(), PhantomData)
    }

    /// The whole prefix of the records in this scope, for a door to everything.
    #[must_use]
    pub fn below(&self, scope: &Scope) -> Self {
        Self([scope.prefix(), &self.0].concat(), PhantomData)
    }

    /// The record with this id, or with this name where case matters.
    pub fn exactly(&self, id: &str) -> Key<R> {
        let end = KeyBuilder::relative().part(id).build();
        Key([&self.0, &*end].concat(), PhantomData)
    }

    /// The record with this name, in whatever case.
    pub fn named(&self, name: &str) -> Key<R> {
        self.exactly(&name.to_lowercase())
    }

    /// The record of which there is but one.
    fn only(self) -> Key<R> {
        Key(self.0, PhantomData)
    }
}

impl<R> AsRef<[u8]> for Shelf<R> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! shelves {
    ($($(#[$doc:meta])* $name:ident: $record:ty = $label:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> Shelf<$record> {
                Shelf::new($label)
            }
        )*
    };
}

shelves! {
    /// An account's users, by name.
    users: User = "user";
    /// An account's groups, by name.
    groups: Group = "group";
    /// An account's roles, by name.
    roles: Role = "role";
    /// An account's own managed policies, by name.
    policies: ManagedPolicy = "policy";
    /// An account's instance profiles, by name.
    instance_profiles: InstanceProfile = "profile";
    /// An account's virtual MFA devices, by name.
    mfa_devices: VirtualMfa = "mfa";
    /// An account's SAML providers, by exact name.
    saml_providers: SamlProvider = "saml";
    /// An account's OpenID Connect providers, by their URL without its scheme.
    oidc_providers: OidcProvider = "oidc";
    /// An account's long-term access keys, by id.
    access_keys: AccessKey = "key";
    /// What an account's unique ids belong to.
    entities: Entity = "id";
    /// The organisation's units, by id.
    units: OrganizationalUnit = "unit";
    /// The organisation's accounts, by id.
    members: Member = "member";
    /// The organisation's policies, by id.
    org_policies: OrgPolicy = "policy";
    /// What is attached to roots, units and accounts, by the id of the target.
    attachments: Attachments = "attached";
    /// Requests to create accounts, by id.
    create_account_requests: CreateAccountRequest = "request";
    /// The last uses of an account's access keys, by id.
    key_uses: KeyUse = "key";
    /// The last uses of an account's roles, by unique id.
    role_uses: RoleUse = "role";
    /// The one-time codes last taken from an account's MFA devices, by serial number.
    mfa_steps: MfaStep = "mfa";
}

/// The account itself.
pub fn account() -> Key<Account> {
    Shelf::new("account").only()
}

/// The account's password policy.
pub fn password_policy() -> Key<PasswordPolicy> {
    Shelf::new("password-policy").only()
}

/// The account's last credential report.
pub fn credential_report() -> Key<CredentialReport> {
    Shelf::new("report").only()
}

/// The user of this name.
pub fn user(name: &str) -> Key<User> {
    users().named(name)
}

/// The group of this name.
pub fn group(name: &str) -> Key<Group> {
    groups().named(name)
}

/// The role of this name.
pub fn role(name: &str) -> Key<Role> {
    roles().named(name)
}

/// The account's own managed policy of this name.
pub fn policy(name: &str) -> Key<ManagedPolicy> {
    policies().named(name)
}

/// The instance profile of this name.
pub fn instance_profile(name: &str) -> Key<InstanceProfile> {
    instance_profiles().named(name)
}

/// The virtual MFA device of this name.
pub fn mfa_device(name: &str) -> Key<VirtualMfa> {
    mfa_devices().named(name)
}

/// The long-term access key with this id.
pub fn access_key(id: &str) -> Key<AccessKey> {
    access_keys().exactly(id)
}

/// What this unique id belongs to.
pub fn entity(id: &str) -> Key<Entity> {
    entities().exactly(id)
}

/// The organisation.
pub fn organization() -> Key<Organization> {
    Shelf::new("organization").only()
}

/// The unit with this id.
pub fn unit(id: &str) -> Key<OrganizationalUnit> {
    units().exactly(id)
}

/// The account's place in the organisation.
pub fn member(account: AccountId) -> Key<Member> {
    members().exactly(&account.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: u64) -> AccountId {
        AccountId::new(value).unwrap()
    }

    #[test]
    fn names_ignore_case() {
        assert_eq!(user("Bob").as_ref(), user("bOB").as_ref());
        assert_ne!(user("bob").as_ref(), role("bob").as_ref());
        assert_ne!(access_key("a").as_ref(), access_key("A").as_ref());
    }

    #[test]
    fn no_account_reaches_into_another() {
        let whole = user("x").below(&iam_scope(id(71)));
        assert!(whole.as_ref().starts_with(iam_scope(id(71)).prefix()));
        assert!(!whole.as_ref().starts_with(iam_scope(id(7)).prefix()));
        assert!(whole.as_ref().starts_with(users().below(&iam_scope(id(71))).as_ref()));
    }
}
