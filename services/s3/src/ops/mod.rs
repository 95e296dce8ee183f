//! The operations, one file each.

mod abort_multipart_upload;
mod amend;
mod bucket_acl;
mod bucket_cors;
mod bucket_encryption;
mod bucket_inventory;
mod bucket_lifecycle;
mod bucket_logging;
mod bucket_never;
mod bucket_ownership_controls;
mod bucket_policy;
mod bucket_replication;
mod bucket_request_payment;
mod bucket_tagging;
mod bucket_versioning;
mod complete_multipart_upload;
mod copy_object;
mod create_bucket;
mod create_multipart_upload;
mod delete_bucket;
mod delete_object;
mod delete_objects;
mod deliver_inventory;
mod deliver_logs;
mod described;
mod get_bucket_location;
mod get_bucket_policy_status;
mod get_object;
mod get_object_attributes;
mod head_bucket;
mod head_object;
mod keep_lifecycle;
mod list_buckets;
mod list_multipart_uploads;
mod list_object_versions;
mod list_objects;
mod list_objects_v2;
mod list_parts;
mod listed;
mod making;
mod measure_storage;
mod object_acl;
mod object_legal_hold;
mod object_lock_configuration;
mod object_retention;
mod object_tagging;
mod own;
mod parting;
mod pieces;
mod public_access_block;
mod put_object;
mod replicate;
mod restore_object;
mod rights;
mod select_object_content;
mod setting;
mod upload_part;
mod upload_part_copy;
mod uploads;

pub(crate) use rights::owner_of_new;

use kurodo_gateway::{Call, Reply};
use kurodo_wire::Operation;

use crate::{Error, records::Owner};

/// What a handler answers.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// What nobody does without a name, whoever may put objects.
fn named(call: &Call, what: &str) -> Result<(), Error> {
    match call.caller.is_anonymous() {
        true => {
            Err(Error::AccessDenied(format!("Anonymous users cannot {what}.  Please authenticate.").into()))
        }
        false => Ok(()),
    }
}

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
