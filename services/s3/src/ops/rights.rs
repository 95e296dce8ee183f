use kurodo_authz::Named;
use kurodo_gateway::Call;

use super::{
    caller,
    setting::{PUBLIC_ACL, blocked},
};
use crate::{
    Error,
    acl::{Acl, Asked, Canned},
    facts::BucketFacts,
    records::{Owner, Ownership},
    resources::Object,
};

/// Who owns an object that the caller puts into this bucket, and who else has rights; `None` where it is all the
/// bucket owner's.
///
/// Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
pub(super) fn of_new(
    asked: Option<&Asked>,
    object: &Object,
    call: &Call,
) -> Result<Option<(Owner, Acl)>, Error> {
    let facts = object.facts();
    if facts.ownership() == Ownership::Enforced {
        return match asked {
            Some(asked) if !asked.is_bucket_owner_full_control(&facts.owner) => {
                Err(Error::AccessControlListNotSupported)
            }
            _ => Ok(None),
        };
    }
    let owner = owner_of_new(asked, facts, call)?;
    let private = Acl::private(&owner);
    let acl = asked.map(|asked| asked.acl(&owner, &facts.owner)).transpose()?;
    let acl = acl.unwrap_or_else(|| private.clone());
    if facts.blocks().acls && acl.is_public() {
        return Err(blocked(call, "s3:PutObject", &object.arn(), PUBLIC_ACL));
    }
    Ok((owner != facts.owner || acl != private).then_some((owner, acl)))
}

/// Who will own an object that the caller puts into this bucket.
pub(crate) fn owner_of_new(asked: Option<&Asked>, facts: &BucketFacts, call: &Call) -> Result<Owner, Error> {
    let given_away = asked.and_then(Asked::canned) == Some(Canned::BucketOwnerFullControl);
    match facts.ownership() {
        Ownership::Enforced => Ok(facts.owner.clone()),
        Ownership::Preferred if given_away => Ok(facts.owner.clone()),
        _ => caller(call),
    }
}
