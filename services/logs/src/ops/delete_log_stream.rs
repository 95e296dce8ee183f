use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Logs,
    error::changed,
    model::{DeleteLogStreamOutput, op},
};

impl Handler<op::DeleteLogStream> for Logs {
    /// The stream is gone at once; its events are discarded by a chore.
    async fn handle(&self, asked: Asked<'_, op::DeleteLogStream>) -> Answer<op::DeleteLogStream> {
        let permit = &asked.permits;
        let (_, stream) = permit.resource().existing()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&stream.current);
        transaction.delete([]);
        transaction.in_annex(permit).put([], Vec::new());
        changed(transaction.commit().await)?;
        Ok(DeleteLogStreamOutput::default().into())
    }
}
