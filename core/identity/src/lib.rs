//! Accounts, users, roles and sessions as stored, and the directory that looks them up.
//!
//! [`records`] says what is stored, [`keys`] where, and [`Directory`] who a caller is.

mod credential;
mod directory;
#[cfg(test)]
mod fixture;
mod found;
mod founder;
pub mod id;
pub mod keys;
pub mod managed;
mod opt_in;
mod password;
mod principals;
pub mod records;
mod secret;
pub mod session;
mod text;
pub mod totp;
mod typed;

pub use credential::{Credential, CredentialError, Directory};
pub use directory::{Assume, AssumeError, StoredDirectory};
pub use found::{FoundError, Founded, RootCredentials, first_start};
pub use founder::{ACCESS_ROLE, AccountOrder, Founder};
pub use id::RandomError;
pub use keys::{iam_scope, org_scope, usage_scope};
pub use opt_in::{OptInError, accept_signature_v2};
pub use password::{PasswordError, PasswordHash};
pub use principals::{BindError, Principals};
pub use records::{
    AccessKey, Account, Attachments, CreateAccountFailure, CreateAccountRequest, CreateAccountState,
    CredentialReport, Entity, Group, InstanceProfile, Joined, KeyOwner, KeyUse, LoginProfile, ManagedPolicy,
    Member, MfaHolder, MfaStep, MfaUse, OidcProvider, OrgPolicy, OrgPolicyKind, Organization,
    OrganizationalUnit, PasswordPolicy, PolicyVersion, Record, RecordError, Role, RoleUse, RootUser,
    SamlProvider, Tag, Tags, User, VirtualMfa,
};
pub use secret::Secret;
pub use session::{Session, SessionSealer, Subject};
pub use typed::{ReadRecords, WriteRecords};
