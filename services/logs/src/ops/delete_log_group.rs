use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    error::changed,
    model::{DeleteLogGroupOutput, op},
};

impl Handler<op::DeleteLogGroup> for Logs {
    /// The group is gone at once; what it held is discarded by a chore.
    async fn handle(&self, asked: Asked<'_, op::DeleteLogGroup>) -> Answer<op::DeleteLogGroup> {
        let permit = &asked.permits;
        let facts = permit.resource().existing()?;
        if facts.definition.protected {
            return Err(Error::Protected);
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.delete([]);
        transaction.in_annex(permit).put([], Vec::new());
        changed(transaction.commit().await)?;
        Ok(DeleteLogGroupOutput::default().into())
    }
}
