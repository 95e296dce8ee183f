//! What every search answers with.

use std::collections::BTreeMap;

use kurodo_authz::Grant;

use super::count;
use crate::{
    DynamoDb, Error,
    attribute::{Supplied, shown},
    items::search,
    model::{ConsumedCapacity, ReturnConsumedCapacity},
    resources,
};

/// What was found, as answers tell it.
pub(super) struct Found {
    pub(super) items: Option<Vec<BTreeMap<String, Supplied>>>,
    pub(super) count: Option<i32>,
    pub(super) scanned_count: Option<i32>,
    pub(super) last_evaluated_key: Option<BTreeMap<String, Supplied>>,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl DynamoDb {
    /// The page that the permit is for.
    pub(super) fn found<G: Grant<Resource = resources::Search>>(
        &self,
        permit: &G,
        capacity: Option<ReturnConsumedCapacity>,
    ) -> Result<Found, Error> {
        let (plan, facts) = permit.resource().plan()?;
        let found = search(&self.store.read(permit), facts, plan)?;
        Ok(Found {
            items: (!plan.count).then(|| found.items.into_iter().map(shown).collect()),
            count: count(found.count),
            scanned_count: count(found.scanned),
            last_evaluated_key: found.last.map(shown),
            consumed_capacity: found.consumed.view(capacity, &facts.name),
        })
    }
}
