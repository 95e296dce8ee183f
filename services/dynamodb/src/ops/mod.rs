//! One file per operation.

mod batch_execute_statement;
mod batch_get_item;
mod batch_write_item;
mod change;
mod chores;
mod continuous;
mod counts;
mod create_backup;
mod create_table;
mod crossing;
mod delete_backup;
mod delete_item;
mod delete_resource_policy;
mod delete_table;
mod describe_backup;
mod describe_continuous_backups;
mod describe_endpoints;
mod describe_export;
mod describe_import;
mod describe_limits;
mod describe_table;
mod describe_time_to_live;
mod execute_statement;
mod execute_transaction;
mod expire_items;
mod export_table_to_point_in_time;
mod exporting;
mod found;
mod get_item;
mod get_resource_policy;
mod import_table;
mod importing;
mod indexing;
mod list_backups;
mod list_exports;
mod list_imports;
mod list_tables;
mod list_tags_of_resource;
mod passage;
mod policy;
mod put_item;
mod put_resource_policy;
mod query;
mod restore_table_from_backup;
mod restore_table_to_point_in_time;
mod restoring;
mod scan;
mod settings;
mod sweeping;
mod tag_resource;
mod tell_capacity;
mod transact_get_items;
mod transact_write_items;
mod transaction;
mod untag_resource;
mod update_continuous_backups;
mod update_item;
mod update_table;
mod update_time_to_live;

use kurodo_gateway::{Authorized, Reply, wire::Operation};

pub(crate) use settings::random;
#[cfg(test)]
pub(crate) use {crossing::anew, sweeping::prune_all};

use crate::{DynamoDb, Error};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, DynamoDb, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// A count as answers carry it.
fn count(number: usize) -> Option<i32> {
    Some(i32::try_from(number).unwrap_or(i32::MAX))
}
