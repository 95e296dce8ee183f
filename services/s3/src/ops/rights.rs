use kurodo_authz::Named;
use kurodo_gateway::Call;

use super::{
    caller,
    setting::{PUBLIC_ACL, blocked},
};
use crate::{
    Error,
    acl::{Acl, Asked, Canned},
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
    let ownership = facts.ownership();
    if ownership == Ownership::Enforced {
        return match asked {
            Some(asked) if !asked.is_bucket_owner_full_control(&facts.owner) => {
                Err(Error::AccessControlListNotSupported)
            }
            _ => Ok(None),
        };
    }
    let given_away = asked.and_then(Asked::canned) == Some(Canned::BucketOwnerFullControl);
    let owner = match ownership {
        Ownership::Preferred if given_away => facts.owner.clone(),
        _ => caller(call)?,
    };
    let private = Acl::private(&owner);
    let acl = asked.map(|asked| asked.acl(&owner, &facts.owner)).transpose()?;
    let acl = acl.unwrap_or_else(|| private.clone());
    check_block(&acl, object, call)?;
    Ok((owner != facts.owner || acl != private).then_some((owner, acl)))
}

/// That the list of a new object is none that the bucket or its account blocks.
pub(super) fn check_block(acl: &Acl, object: &Object, call: &Call) -> Result<(), Error> {
    if object.facts().blocks().acls && acl.is_public() {
        return Err(blocked(call, "s3:PutObject", &object.arn(), PUBLIC_ACL));
    }
    Ok(())
}
