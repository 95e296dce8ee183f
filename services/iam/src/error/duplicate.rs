/// What is there already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Duplicate {
    /// A user, by name.
    #[error("User with name {0} already exists.")]
    User(String),
    /// A group, by name.
    #[error("Group with name {0} already exists.")]
    Group(String),
    /// A role, by name.
    #[error("Role with name {0} already exists.")]
    Role(String),
    /// An instance profile, by name.
    #[error("Instance Profile {0} already exists.")]
    InstanceProfile(String),
    /// A managed policy, by name.
    #[error("A policy called {0} already exists. Duplicate names are not allowed.")]
    Policy(String),
    /// A user's password, by the user's name.
    #[error("Login Profile for user {0} already exists.")]
    LoginProfile(String),
    /// A virtual MFA device.
    #[error("MFADevice entity at the same path and name already exists.")]
    Mfa,
    /// A device that is enabled.
    #[error("MFADevice with serial number {0} is already in use.")]
    MfaInUse(String),
    /// An account's alias.
    #[error("The account alias {0} already exists.")]
    Alias(String),
    /// A SAML provider, by name.
    #[error("SAMLProvider with name {0} already exists.")]
    Saml(String),
    /// An OpenID Connect provider, by URL without its scheme.
    #[error("Provider with url https://{0} already exists.")]
    Oidc(String),
}
