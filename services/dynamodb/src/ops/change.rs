//! What every way of changing one item answers with.

use std::collections::BTreeMap;

use kurodo_authz::{Grant, Write};
use kurodo_gateway::Call;

use crate::{
    DynamoDb, Error,
    attribute::{Item, Supplied, shown},
    encryption::Locked,
    expression::only,
    items::{Consumed, Occasion, Written, collection, wants, write},
    model::{
        ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
        ReturnValue,
    },
    plan::{Act, Change},
    resources,
};

/// What became of an item, as answers tell it.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) attributes: Option<BTreeMap<String, Supplied>>,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
    pub(super) item_collection_metrics: Option<ItemCollectionMetrics>,
}

impl DynamoDb {
    /// Changes the item that the permit is for.
    pub(super) async fn change<G>(
        &self,
        permit: &G,
        call: &Call,
        capacity: Option<ReturnConsumedCapacity>,
        metrics: Option<ReturnItemCollectionMetrics>,
    ) -> Result<Changed, Error>
    where
        G: Grant<Access = Write, Resource = resources::Change>,
    {
        let (change, facts) = permit.resource().plan()?;
        let keys = self.vault.unlock(Locked::from_iter([facts]), call).await?;
        let table = (facts, keys.of(facts)?);
        let occasion = Occasion::call(call.now_ms);
        let written = write(self, permit, table, &[change], wants(capacity), occasion).await?;
        let written = written.into_iter().next().unwrap_or_default();
        let consumed = Consumed::written(facts, &written);
        Ok(Changed {
            attributes: returned(change, written).map(shown),
            consumed_capacity: consumed.view(capacity, &facts.name),
            item_collection_metrics: collection(
                &self.store.read(permit),
                table,
                &change.key.values,
                metrics,
            )?,
        })
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
