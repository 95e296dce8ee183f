//! What operations need where their row cannot say it plainly: it depends on parameters, or on what is stored.

mod asks;
mod bucket;
mod copy;
mod delete;
mod inventory;
mod lifecycle;
mod lock;
mod logs;
mod multipart;
mod read;
mod replication;
mod storage;
mod write;

pub(crate) use bucket::{create_bucket, get_bucket_policy, put_bucket_acl, put_bucket_policy, tags_of_new};
pub(crate) use copy::{copy_object, upload_part_copy};
pub(crate) use delete::{delete_object, delete_objects};
pub(crate) use inventory::{inventory, inventory_caller, put_bucket_inventory_configuration};
pub(crate) use lifecycle::lifecycle;
pub(crate) use lock::{
    get_object_legal_hold, get_object_retention, put_object_legal_hold, put_object_retention,
};
pub(crate) use logs::{logs, put_bucket_logging};
pub(crate) use multipart::create_multipart_upload;
pub(crate) use read::{
    delete_object_tagging, get_object, get_object_acl, get_object_attributes, get_object_tagging,
    head_object, put_object_acl, put_object_tagging, restore_object, select_object_content,
};
pub(crate) use replication::{put_bucket_replication, replication};
pub(crate) use storage::storage;
pub(crate) use write::put_object;

use kurodo_gateway::Find;
use kurodo_store::{KeyParser, Scan};

use crate::{
    Error, S3,
    layout::{self, Setting},
    records::Damaged,
    table::action,
};

type Finding<'a> = Find<'a, S3>;
type Need<A> = kurodo_authz::Need<A>;

/// The buckets that have this setting, of whichever account.
fn having(find: &Finding<'_>, setting: Setting) -> Result<Vec<String>, Error> {
    let malformed = |_| Damaged("key of a bucket");
    let mut names = Vec::new();
    for record in find.stored().cursor(&Scan::within([layout::BUCKETS]))? {
        let record = record?;
        let mut parser = KeyParser::new(&record.key);
        parser.byte().map_err(malformed)?;
        let name = parser.text().map_err(malformed)?;
        if parser.byte().map_err(malformed)? == setting as u8 {
            names.push(name.into_owned());
        }
    }
    Ok(names)
}

/// Who asks for an object that is not there must be allowed to know that.
type Missing = Option<Need<action::ListBucket>>;
