use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{Attached, Context, Model, Principal};

/// What a permit lets its holder do with the storage behind the resource.
pub trait Access: sealed::Sealed + Send + Sync + 'static {
    /// Whether write doors open.
    const WRITES: bool;
}

/// Opens read doors only.
#[derive(Debug, Clone, Copy)]
pub struct Read;

/// Opens read and write doors.
#[derive(Debug, Clone, Copy)]
pub struct Write;

impl Access for Read {
    const WRITES: bool = false;
}
impl Access for Write {
    const WRITES: bool = true;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    /// Only permits are grants: no service can call a type of its own a proof.
    pub trait Minted {}
    impl Sealed for super::Read {}
    impl Sealed for super::Write {}
}

/// The part of the record space that a resource's permit reaches: every key that starts with these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(Arc<[u8]>);

impl Scope {
    /// The scope below this prefix. Build it from length-delimited parts, so that no name can reach into
    /// its neighbour's scope.
    pub fn new(prefix: impl Into<Arc<[u8]>>) -> Self {
        Self(prefix.into())
    }

    /// The prefix.
    pub fn prefix(&self) -> &[u8] {
        &self.0
    }
}

/// A thing that policies name.
pub trait Named {
    /// The ARN as a template, such as `arn:aws:s3:::{bucket}/{key}`.
    const TEMPLATE: &'static str;
    /// The resource's ARN, as policies match it.
    fn arn(&self) -> String;
}

/// A thing that a need names and a permit is for.
pub trait Resource: Named + Send + Sync + 'static {
    /// The account that owns the resource.
    fn owner(&self) -> AccountId;
    /// What denials call the resource, where AWS calls it by another name than its ARN.
    fn called(&self) -> Option<String> {
        None
    }
    /// The storage that a permit for this resource reaches.
    fn scope(&self) -> Scope;
    /// The policy attached to the resource: a bucket's policy, a role's trust policy.
    fn policy(&self) -> Option<&Attached> {
        None
    }
    /// Whether that policy has a say on this action of this principal: some actions are for the owner's account alone,
    /// whatever a policy says.
    fn hears(&self, _action: &str, _principal: &Principal) -> bool {
        true
    }
    /// A grant outside the policy language, such as an access control list's entry for an account, that lets
    /// this principal do the action; the text says which, for explanations.
    fn grant(&self, _action: &str, _principal: &Principal) -> Option<String> {
        None
    }
    /// Such a grant to everybody, or to everyone who is somebody: the ACL groups `AllUsers` and
    /// `AuthenticatedUsers`. It lets principals of the owner's account in without policies of their own.
    fn public_grant(&self, _action: &str, _principal: &Principal) -> Option<String> {
        None
    }
    /// What the request came through to the resource, where that has a say of its own.
    fn gate(&self) -> Option<Gate<'_>> {
        None
    }
    /// Adds the condition keys that the resource itself knows, such as `aws:ResourceTag/..`.
    fn describe(&self, _context: &mut Context) {}
    /// How the resource's policy and the caller's combine.
    fn model(&self) -> Model {
        Model::Standard
    }
}

/// What a request comes through to a resource, such as an access point of S3. Whoever comes through needs the action twice:
/// on the gate, where the gate's policy and the caller's decide, and on the resource.
///
/// Source: S3 User Guide, "Configuring IAM policies for using access points".
#[derive(Debug)]
pub struct Gate<'g> {
    /// The ARN by which policies name the resource as it is seen through the gate.
    pub arn: String,
    /// The account that owns the gate.
    pub owner: AccountId,
    /// The gate's policy, as far as it counts.
    pub policy: Option<&'g Attached>,
}

/// A resource whose records lie in two parts of the record space, such as the current version of an object among the
/// objects, and its older ones elsewhere. A permit for it reaches both.
pub trait Annexed: Resource {
    /// The other part, beside [`Resource::scope`].
    fn annex(&self) -> Scope;
}

/// Proof that the authorizer allowed an action on a resource: a permit, or a choice between permits.
/// Storage doors ask for one, and take the scope from it.
pub trait Grant: sealed::Minted {
    /// Whether the proof opens write doors too.
    type Access: Access;
    /// What the proof is for.
    type Resource: Resource;
    /// The resource that was checked.
    fn resource(&self) -> &Self::Resource;
}
