use kurodo_arn::AccountId;

/// What kind of principal asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// An account's root user; `arn` is `arn:aws:iam::<account>:root`.
    Root,
    /// An IAM user.
    User,
    /// A role itself, as simulations name it.
    Role,
    /// A session of a role.
    AssumedRole,
    /// A session from GetFederationToken.
    FederatedUser,
    /// An AWS service; `arn` is its host name, such as `logs.amazonaws.com`.
    Service,
    /// A caller with a token of an OpenID Connect provider, not yet in a session.
    WebIdentity,
    /// A caller with a SAML assertion, not yet in a session.
    Saml,
    /// Nobody that was authenticated.
    Anonymous,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What kind of principal it is.
    pub kind: PrincipalKind,
    /// The account that the principal belongs to; `None` for services, federated callers and nobody.
    pub account: Option<AccountId>,
    /// The user's ARN, the session's ARN, or the service's host name.
    pub arn: String,
    /// For a role's session, the ARN of the role with its path; for a federated user's session, the ARN of
    /// the user who federated.
    pub role_arn: Option<String>,
    /// For a federated user's session, the unique id of the user who federated.
    pub federated_by: Option<String>,
    /// The canonical user id of the principal's account (64 hexadecimal digits).
    pub canonical_id: Option<String>,
    /// For federated callers, the provider: a host name, or the ARN of a SAML or OIDC provider.
    pub federated: Option<String>,
    /// The value of `aws:userid`, such as `AIDA..` or `AROA..:session`.
    pub user_id: Option<String>,
}
