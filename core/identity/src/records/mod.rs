//! What the store holds of accounts, identities and organisations: one JSON object per record.
//!
//! Times are whole seconds since 1970. Names keep the case that they were given in; keys do not.

mod access_key;
mod account;
mod create_account;
mod credential_report;
mod entity;
mod group;
mod instance_profile;
mod login_profile;
mod managed_policy;
mod member;
mod mfa;
mod org_policy;
mod organization;
mod password_policy;
mod provider;
mod role;
mod tag;
mod usage;
mod user;

pub use access_key::{AccessKey, KeyOwner};
pub use account::{Account, RootUser};
pub use create_account::{CreateAccountFailure, CreateAccountRequest, CreateAccountState};
pub use credential_report::CredentialReport;
pub use entity::Entity;
pub use group::Group;
pub use instance_profile::InstanceProfile;
pub use login_profile::LoginProfile;
pub use managed_policy::{ManagedPolicy, PolicyVersion};
pub use member::{Joined, Member};
pub use mfa::{MfaHolder, MfaUse, VirtualMfa};
pub use org_policy::{Attachments, OrgPolicy, OrgPolicyKind};
pub use organization::{Organization, OrganizationalUnit};
pub use password_policy::PasswordPolicy;
pub use provider::{OidcProvider, SamlProvider};
pub use role::Role;
pub use tag::{Tag, Tags};
pub use usage::{KeyUse, MfaStep, RoleUse};
pub use user::User;

use serde::{Serialize, de::DeserializeOwned};

/// A thing that the store keeps as JSON.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The record as it is stored.
    ///
    /// # Errors
    /// [`RecordError`]; never for the records of this crate.
    fn encode(&self) -> Result<Vec<u8>, RecordError> {
        serde_json::to_vec(self).map_err(|_| RecordError)
    }

    /// The record that was stored so.
    ///
    /// # Errors
    /// [`RecordError`] for bytes that are no such record.
    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        serde_json::from_slice(bytes).map_err(|_| RecordError)
    }
}

/// Bytes that are not the record that their key promises. What they are is not told: they may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored identity record cannot be read: run `kurodo check`")]
pub struct RecordError;

macro_rules! records {
    ($($record:ident),* $(,)?) => { $(impl Record for $record {})* };
}

records!(
    AccessKey,
    Account,
    Attachments,
    CreateAccountRequest,
    CredentialReport,
    Entity,
    Group,
    InstanceProfile,
    KeyUse,
    ManagedPolicy,
    Member,
    MfaStep,
    OidcProvider,
    OrgPolicy,
    Organization,
    OrganizationalUnit,
    PasswordPolicy,
    Role,
    RoleUse,
    SamlProvider,
    User,
    VirtualMfa,
);
