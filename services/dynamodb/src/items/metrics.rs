//! Item collections: what shares a partition key, in the table and in its local indexes.

use kurodo_store::Reader;

use super::collections::measure;
use crate::{
    Error,
    attribute::{Item, shown},
    encryption::TableKey,
    facts::TableFacts,
    model::{ItemCollectionMetrics, ReturnItemCollectionMetrics},
};

const GIB: u64 = 1 << 30;

/// How large the collection of this key is, where it is asked for and the table has collections.
pub(crate) fn collection(
    reader: &Reader<'_>,
    (facts, table): (&TableFacts, &TableKey),
    key: &Item,
    asked: Option<ReturnItemCollectionMetrics>,
) -> Result<Option<ItemCollectionMetrics>, Error> {
    let hash = &facts.definition.key.hash.name;
    let value = key.get(hash).filter(|_| facts.definition.indexes_of(false).next().is_some());
    let (Some(ReturnItemCollectionMetrics::Size), Some(value)) = (asked, value) else { return Ok(None) };
    let bytes = measure(reader, (&facts.definition, table), value)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of gigabytes")]
    let least = (bytes / GIB) as f64;
    Ok(Some(ItemCollectionMetrics {
        item_collection_key: Some(shown(Item::from([(hash.clone(), value.clone())]))),
        size_estimate_range_gb: Some(vec![least, least + 1.0]),
    }))
}
