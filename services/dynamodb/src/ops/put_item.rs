use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    attribute::shown,
    items::{Consumed, Occasion, collection, wants, write},
    model::{PutItemOutput, ReturnValue, op},
};

impl Handler<op::PutItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::PutItem>) -> Answer<op::PutItem> {
        let (permit, input) = (&asked.permits, &asked.input);
        let (change, facts) = permit.resource().plan()?;
        let looks = wants(input.return_consumed_capacity);
        let occasion = Occasion::call(asked.call.now_ms);
        let written = write(self, permit, facts, &[change], looks, occasion).await?.pop().unwrap_or_default();
        let consumed = Consumed::written(facts, &written);
        let metrics = input.return_item_collection_metrics;
        Ok(PutItemOutput {
            attributes: written.old.filter(|_| change.returns == ReturnValue::AllOld).map(shown),
            consumed_capacity: consumed.view(input.return_consumed_capacity, &facts.name),
            item_collection_metrics: collection(
                &self.store.read(permit),
                facts,
                &change.key.values,
                metrics,
            )?,
        }
        .into())
    }
}
