//! Accounts, users, roles and sessions as stored, and the directory that looks them up.
//!
//! [`records`] says what is stored, [`keys`] where, and [`Directory`] who a caller is.

mod credential;
pub mod id;
pub mod keys;
mod password;
pub mod records;
mod secret;
pub mod session;
mod text;
pub mod totp;
mod typed;

pub use credential::{Credential, CredentialError, Directory};
pub use id::RandomError;
pub use keys::{iam_scope, org_scope, usage_scope};
pub use password::{PasswordError, PasswordHash};
pub use records::{
    AccessKey, Account, Attachments, CreateAccountFailure, CreateAccountRequest, CreateAccountState,
    CredentialReport, Entity, Group, InstanceProfile, Joined, KeyOwner, KeyUse, LoginProfile, ManagedPolicy,
    Member, MemberStatus, MfaHolder, MfaStep, MfaUse, OidcProvider, OrgPolicy, OrgPolicyKind, Organization,
    OrganizationalUnit, PasswordPolicy, PolicyVersion, Record, RecordError, Role, RoleUse, RootUser,
    SamlProvider, Tag, Tags, User, VirtualMfa,
};
pub use secret::Secret;
pub use session::{Session, SessionSealer, Subject};
pub use typed::{ReadRecords, WriteRecords};
