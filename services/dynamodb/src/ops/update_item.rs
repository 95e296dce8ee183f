use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    attribute::{Item, shown},
    expression::only,
    items::{Consumed, Occasion, Written, collection, write},
    model::{ReturnValue, UpdateItemOutput, op},
    plan::{Act, Change},
};

impl Handler<op::UpdateItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateItem>) -> Answer<op::UpdateItem> {
        let (permit, input) = (&asked.permits, &asked.input);
        let (change, facts) = permit.resource().plan()?;
        let occasion = Occasion::call(asked.call.now_ms);
        let written = write(self, permit, facts, &[change], true, occasion).await?.pop().unwrap_or_default();
        let consumed = Consumed::written(facts, &written);
        let metrics = input.return_item_collection_metrics;
        Ok(UpdateItemOutput {
            attributes: returned(change, written).map(shown),
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

/// What of the item is returned; nothing where there is nothing of it.
fn returned(change: &Change, written: Written) -> Option<Item> {
    let updated = |item: Item| {
        let Act::Update(update) = &change.act else { return item };
        only(update.actions.iter().map(|action| action.path()), &item)
    };
    match change.returns {
        ReturnValue::None => None,
        ReturnValue::AllOld => written.old,
        ReturnValue::AllNew => written.new,
        ReturnValue::UpdatedOld => written.old.map(updated).filter(|item| !item.is_empty()),
        ReturnValue::UpdatedNew => written.new.map(updated).filter(|item| !item.is_empty()),
    }
}
