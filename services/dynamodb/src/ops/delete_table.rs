use kurodo_authz::Permit;
use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    definition::{Counts, describe},
    items::{changed, some},
    layout::DELETED_WITH_TABLE,
    model::{DeleteTableOutput, TableStatus, op},
    streams::stage,
    table::action,
};

/// How many records are deleted together.
pub(super) const TOGETHER: usize = 2000;

impl Handler<op::DeleteTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteTable>) -> Answer<op::DeleteTable> {
        let (permit, contents, streams) = &asked.permits;
        let facts = permit.resource().existing()?;
        if facts.definition.protected {
            return Err(Error::Validation(format!(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. Table: {}",
                facts.name
            )));
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.delete([]);
        let (of_streams, now) = (self.store.write(streams), asked.call.now_ms);
        let closed = stage(&of_streams, streams.resource(), Some(&facts.definition), None, now)?;
        closed.into_iter().for_each(|closed| _ = transaction.join(closed));
        changed(transaction.commit().await)?;
        self.empty(contents).await?;
        let mut description = describe(facts, TableStatus::Deleting, |_| Counts::default());
        description.attribute_definitions = None;
        description.key_schema = None;
        description.creation_date_time = None;
        Ok(DeleteTableOutput { table_description: Some(description) }.into())
    }
}

impl DynamoDb {
    /// Deletes what the permit reaches, but for streams. Nobody can see it any more: its table is gone.
    async fn empty(&self, permit: &Permit<'_, action::DeleteContents>) -> Result<(), Error> {
        for kind in DELETED_WITH_TABLE {
            while self.delete_some(permit, kind).await? {}
        }
        Ok(())
    }

    /// Deletes some records of this kind, if there are any.
    async fn delete_some(
        &self,
        permit: &Permit<'_, action::DeleteContents>,
        kind: u8,
    ) -> Result<bool, Error> {
        let writer = self.store.write(permit);
        let records = some(&writer, &Scan::within([kind]), TOGETHER)?;
        let mut transaction = writer.transaction();
        records.iter().for_each(|record| _ = transaction.delete(&record.key));
        if !records.is_empty() {
            transaction.commit().await?;
        }
        Ok(!records.is_empty())
    }
}
