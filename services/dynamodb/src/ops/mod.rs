//! One file per operation.

mod batch_execute_statement;
mod batch_get_item;
mod batch_write_item;
mod change;
mod counts;
mod create_table;
mod delete_item;
mod delete_resource_policy;
mod delete_table;
mod describe_endpoints;
mod describe_limits;
mod describe_table;
mod describe_time_to_live;
mod execute_statement;
mod execute_transaction;
mod expire_items;
mod found;
mod get_item;
mod get_resource_policy;
mod indexing;
mod list_tables;
mod list_tags_of_resource;
mod policy;
mod put_item;
mod put_resource_policy;
mod query;
mod scan;
mod settings;
mod tag_resource;
mod transact_get_items;
mod transact_write_items;
mod transaction;
mod untag_resource;
mod update_item;
mod update_table;
mod update_time_to_live;

use kurodo_gateway::{Authorized, Reply, wire::Operation};

use crate::{DynamoDb, Error};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, DynamoDb, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// A count as answers carry it.
fn count(number: usize) -> Option<i32> {
    Some(i32::try_from(number).unwrap_or(i32::MAX))
}
