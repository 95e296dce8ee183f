//! One file per operation, or per pair of operations that differ in little.

mod chores;
mod create_log_group;
mod create_log_stream;
mod delete_log_group;
mod delete_log_stream;
mod deletion_protection;
mod describe_log_groups;
mod describe_log_streams;
mod export_task;
mod filter_log_events;
mod forward_events;
mod get_log_events;
mod get_log_group_fields;
mod get_log_record;
mod kms_key;
mod list_log_groups;
mod metric_filter;
mod publish_metrics;
mod put_log_events;
mod query;
mod query_definition;
mod queues;
mod resource_policy;
mod retention_policy;
mod run_exports;
mod run_queries;
mod start_live_tail;
mod start_query;
mod subscription_filter;
mod tagging;
mod test_metric_filter;

use kurodo_authz::{Action, Permit, Resource, Write};
use kurodo_gateway::{Authorized, Reply, wire::Operation};

use crate::{
    Error, Logs,
    definition::GroupDefinition,
    error::changed,
    facts::{GroupFacts, encode},
};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, Logs, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

impl Logs {
    /// Puts a definition in place of the one that was decided on. Meanwhile nobody else may have changed it.
    async fn redefine<A>(
        &self,
        permit: &Permit<'_, A>,
        facts: &GroupFacts,
        definition: &GroupDefinition,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource: Resource>,
    {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.put([], encode(definition, &facts.name.name)?);
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// A random number that nothing else has.
pub(crate) fn random() -> Result<u64, Error> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(u64::from_be_bytes(bytes))
}

/// A count as answers carry it.
fn count(number: usize) -> Option<i32> {
    i32::try_from(number).ok()
}
