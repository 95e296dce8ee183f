//! The things that policies name, with what the decision needs to know of them; and how a row finds them.

mod all_buckets;
mod bucket;
mod object;
mod role;

pub use all_buckets::{AllBuckets, all_buckets};
pub use bucket::{Bucket, bucket, contents, objects, policy_of, reached, uploads, versions};
pub use object::{Object, begun, completed, object, place, upload};
pub use role::Role;

pub(crate) use bucket::{Reach, at_home, located};
pub(crate) use object::Door;

use kurodo_gateway::Find;
use kurodo_policy::{Attached, Principal, PrincipalKind};

use crate::{Error, S3, facts::BucketFacts, model::RequestCharged};

/// Whether who asks pays for the request, which he must say: the owner's account never does, and nobody pays for those
/// who do not sign.
///
/// Source: S3 User Guide, "Using Requester Pays general purpose buckets for storage transfers and usage".
fn charged(find: &Find<'_, S3>, facts: &BucketFacts) -> Result<Option<RequestCharged>, Error> {
    let (call, principal) = (find.call, &find.call.caller.principal);
    let free = principal.account == Some(facts.account) || principal.kind == PrincipalKind::Service;
    if !facts.requester_pays || free {
        return Ok(None);
    }
    let mut query = call.head.query().split('&');
    let says = call.head.header(PAYER) == Some("requester")
        || query.any(|pair| pair.split_once('=') == Some((PAYER, "requester")));
    match says && !call.caller.is_anonymous() {
        true => Ok(Some(RequestCharged::Requester)),
        false => Err(Error::AccessDenied("Access Denied".into())),
    }
}

/// Who says so by a header field or, in a URL that is signed beforehand, by a parameter.
const PAYER: &str = "x-amz-request-payer";

/// How much of a bucket's policy counts for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// All of it.
    Whole,
    /// What it denies: for objects that the bucket's owner does not own.
    Denials,
    /// Nothing.
    Nothing,
}

impl Counts {
    /// A public policy of a bucket that is restricted lets in the owner's account and services only.
    ///
    /// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", `RestrictPublicBuckets`.
    fn restricted(self, facts: &BucketFacts, principal: &Principal) -> Self {
        let public = facts.policy.as_ref().is_some_and(|policy| policy.public);
        let inside = principal.account == Some(facts.account) || principal.kind == PrincipalKind::Service;
        if public && facts.blocks().restrict && !inside { Self::Nothing } else { self }
    }

    fn of(self, facts: &BucketFacts) -> Option<&Attached> {
        let policy = facts.policy.as_ref()?;
        match self {
            Self::Whole => Some(&policy.whole),
            Self::Denials => policy.denials.as_deref(),
            Self::Nothing => None,
        }
    }
}
