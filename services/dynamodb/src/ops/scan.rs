use kurodo_gateway::Handler;

use super::{Answer, Asked, found::Found};
use crate::{
    DynamoDb,
    model::{ScanOutput, op},
};

impl Handler<op::Scan> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::Scan>) -> Answer<op::Scan> {
        let Found { items, count, scanned_count, last_evaluated_key, consumed_capacity } =
            self.found(&asked.permits, ("Scan", asked.call), asked.input.return_consumed_capacity).await?;
        Ok(ScanOutput { items, count, scanned_count, last_evaluated_key, consumed_capacity }.into())
    }
}
