use kurodo_gateway::Handler;

use super::{Answer, Asked, change::Changed};
use crate::{
    DynamoDb,
    model::{DeleteItemOutput, op},
};

impl Handler<op::DeleteItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteItem>) -> Answer<op::DeleteItem> {
        let (capacity, metrics) =
            (asked.input.return_consumed_capacity, asked.input.return_item_collection_metrics);
        let Changed { attributes, consumed_capacity, item_collection_metrics } =
            self.change(&asked.permits, asked.call, capacity, metrics).await?;
        Ok(DeleteItemOutput { attributes, consumed_capacity, item_collection_metrics }.into())
    }
}
