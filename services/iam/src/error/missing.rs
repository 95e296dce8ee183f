use kurodo_arn::AccountId;

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Missing {
    /// A user, by name.
    #[error("The user with name {0} cannot be found.")]
    User(String),
    /// A group, by name.
    #[error("The group with name {0} cannot be found.")]
    Group(String),
    /// A role, by name.
    #[error("The role with name {0} cannot be found.")]
    Role(String),
    /// An instance profile, by name.
    #[error("Instance Profile {0} cannot be found.")]
    InstanceProfile(String),
    /// A role in an instance profile.
    #[error("The role with name {role} cannot be found in instance profile {profile}.")]
    RoleInProfile {
        /// The role's name.
        role: String,
        /// The profile's name.
        profile: String,
    },
    /// A managed policy, by ARN; or its attachment.
    #[error("Policy {0} was not found.")]
    Policy(String),
    /// A managed policy that should be attached, by ARN.
    #[error("Policy {0} does not exist or is not attachable.")]
    Attachable(String),
    /// A version of a managed policy.
    #[error("Policy {arn} version {version} does not exist or is not attachable.")]
    PolicyVersion {
        /// The policy's ARN.
        arn: String,
        /// The version's id.
        version: String,
    },
    /// An inline policy.
    #[error("The {of} policy with name {name} cannot be found.")]
    Inline {
        /// `user`, `group` or `role`.
        of: &'static str,
        /// The policy's name.
        name: String,
    },
    /// An access key, by id.
    #[error("The Access Key with id {0} cannot be found.")]
    AccessKey(String),
    /// A user's password, by the user's name.
    #[error("Login Profile for User {0} cannot be found.")]
    LoginProfile(String),
    /// The account's password policy.
    #[error("The Password Policy with domain name {0} cannot be found.")]
    PasswordPolicy(AccountId),
    /// A permissions boundary, by the policy's ARN.
    #[error("Scope ARN: {0} does not exist or is not attachable.")]
    Boundary(String),
    /// The permissions boundary that should be taken away.
    #[error("The {0} does not have a permissions boundary.")]
    NoBoundary(&'static str),
    /// A virtual MFA device, by serial number.
    #[error("VirtualMFADevice with serial number {0} does not exist.")]
    Mfa(String),
    /// A device that is another user's, or nobody's.
    #[error("MFA Device invalid for user.")]
    MfaOfUser,
    /// The account's alias.
    #[error("The account alias {0} cannot be found.")]
    Alias(String),
    /// A SAML provider, by ARN.
    #[error("Manifest not found for arn {0}")]
    Saml(String),
    /// An OpenID Connect provider, by ARN.
    #[error("OpenIDConnect Provider not found for arn {0}")]
    Oidc(String),
    /// The deletion of a service-linked role.
    #[error("The deletion task with id {0} cannot be found.")]
    DeletionTask(String),
}
