//! What operations need where their row cannot say it plainly: it depends on parameters, or on what is stored.

mod asks;
mod bucket;
mod copy;
mod delete;
mod lifecycle;
mod lock;
mod multipart;
mod read;
mod write;

pub(crate) use bucket::{create_bucket, get_bucket_policy, put_bucket_acl, put_bucket_policy, tags_of_new};
pub(crate) use copy::{copy_object, upload_part_copy};
pub(crate) use delete::{delete_object, delete_objects};
pub(crate) use lifecycle::lifecycle;
pub(crate) use lock::{
    get_object_legal_hold, get_object_retention, put_object_legal_hold, put_object_retention,
};
pub(crate) use multipart::create_multipart_upload;
pub(crate) use read::{
    delete_object_tagging, get_object, get_object_acl, get_object_attributes, get_object_tagging,
    head_object, put_object_acl, put_object_tagging, restore_object,
};
pub(crate) use write::put_object;

use kurodo_gateway::Find;

use crate::{S3, table::action};

type Finding<'a> = Find<'a, S3>;
type Need<A> = kurodo_authz::Need<A>;

/// Who asks for an object that is not there must be allowed to know that.
type Missing = Option<Need<action::ListBucket>>;
