use kurodo_gateway::Handler;

use super::{Answer, Asked, found::Found};
use crate::{
    DynamoDb,
    model::{QueryOutput, op},
};

impl Handler<op::Query> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::Query>) -> Answer<op::Query> {
        let Found { items, count, scanned_count, last_evaluated_key, consumed_capacity } =
            self.found(&asked.permits, ("Query", asked.call), asked.input.return_consumed_capacity).await?;
        Ok(QueryOutput { items, count, scanned_count, last_evaluated_key, consumed_capacity }.into())
    }
}
