//! The operations, one file each.

mod bucket_acl;
mod bucket_encryption;
mod bucket_ownership_controls;
mod bucket_policy;
mod bucket_tagging;
mod create_bucket;
mod delete_bucket;
mod delete_object;
mod described;
mod get_bucket_location;
mod get_bucket_policy_status;
mod get_bucket_request_payment;
mod get_bucket_versioning;
mod get_object;
mod head_bucket;
mod head_object;
mod list_buckets;
mod list_objects;
mod list_objects_v2;
mod listed;
mod object_acl;
mod object_tagging;
mod public_access_block;
mod put_object;
mod rights;
mod setting;

use kurodo_gateway::{Call, Reply};
use kurodo_wire::Operation;

use crate::{Error, records::Owner};

/// What a handler answers.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// The account that calls, as owner of what it makes.
fn caller(call: &Call) -> Result<Owner, Error> {
    let principal = &call.caller.principal;
    if call.caller.is_anonymous() {
        return Ok(Owner::anonymous());
    }
    match (principal.account, principal.canonical_id.clone()) {
        (Some(account), Some(id)) => Ok(Owner::new(account, id)),
        _ => Err(Error::AccessDenied("Access Denied".into())),
    }
}
