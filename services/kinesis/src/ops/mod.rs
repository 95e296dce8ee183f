//! One file per operation.

mod add_tags_to_stream;
mod chores;
mod create_stream;
mod delete_resource_policy;
mod delete_stream;
mod deregister_stream_consumer;
mod describe_limits;
mod describe_stream;
mod describe_stream_consumer;
mod describe_stream_summary;
mod get_records;
mod get_resource_policy;
mod get_shard_iterator;
mod list_shards;
mod list_stream_consumers;
mod list_streams;
mod list_tags_for_resource;
mod list_tags_for_stream;
mod merge_shards;
mod monitoring;
mod put_record;
mod put_records;
mod put_resource_policy;
mod register_stream_consumer;
mod remove_tags_from_stream;
mod retention;
mod settings;
mod split_shard;
mod stream_encryption;
mod subscribe_to_shard;
mod tag_resource;
mod untag_resource;
mod update_shard_count;
mod update_stream_mode;
mod write;

use kurodo_gateway::{Authorized, Reply, wire::Operation};

pub(crate) use get_shard_iterator::{Start, place};

use crate::{Error, Kinesis};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, Kinesis, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;
