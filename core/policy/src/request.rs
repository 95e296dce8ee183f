use std::sync::Arc;

use kurodo_arn::AccountId;

use crate::{Context, Policy, Principal};

/// One question: may this principal do this action on this resource, now?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The resource's ARN, or `*` for actions that know no resource.
    pub resource: &'a str,
    /// The account that owns the resource; `None` counts as the principal's own account.
    pub owner: Option<AccountId>,
    /// The request's condition keys.
    pub context: &'a Context,
}

/// A policy, named so that explanations can cite it.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The policy's ARN, or where it is embedded, such as `inline:user/bob/P`.
    pub name: String,
    /// The compiled policy.
    pub policy: Arc<Policy>,
}

/// Every policy that bears on a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Service control policies of the principal's account, one list per level from the root to the account.
    /// Each level must allow. Empty for a management account and outside organisations: no restriction.
    pub scps: &'a [Vec<Attached>],
    /// Resource control policies of the resource's account, likewise.
    pub rcps: &'a [Vec<Attached>],
    /// The policy on the resource: a bucket policy, a role's trust policy, a key policy.
    pub resource: Option<&'a Attached>,
    /// A grant outside any policy that allows this principal, such as an ACL's; the text describes it.
    pub resource_grant: Option<&'a str>,
    /// A grant outside any policy to everybody, or to everyone who is somebody, such as an ACL's to the groups
    /// `AllUsers` and `AuthenticatedUsers`. Within the owner's account it needs no identity policy beside it.
    pub public_grant: Option<&'a str>,
    /// The identity policies of the principal: its own, its groups', its role's.
    pub identity: &'a [Attached],
    /// The permissions boundary of the user or role.
    pub boundary: Option<&'a Attached>,
    /// The session policies; `None` when the session was made without any.
    pub session: Option<&'a [Attached]>,
    /// The policy of the VPC endpoint that the request came through.
    pub endpoint: Option<&'a Attached>,
}

/// How the resource's policy and the identity's policies combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Model {
    /// Most resources: within an account either side suffices, across accounts both must allow.
    #[default]
    Standard,
    /// A role's trust policy: it must always allow. A principal of the same account that it names directly
    /// needs nothing else.
    Trust,
    /// A KMS key's policy: identity policies count only where the key policy lets the account in.
    KeyPolicy,
}
