//! What requests need, where the table alone does not say.

mod chores;
mod stream;
mod validate;

pub(crate) use chores::{Watch, old_records, old_shards, overheated, unemptied, unshaped};
pub(crate) use stream::{
    add_tags_to_stream, create_stream, delete_resource_policy, get_resource_policy, list_shards,
    list_tags_for_resource, put_resource_policy, register_stream_consumer, tag_resource, untag_resource,
};
pub(crate) use validate::violations;
