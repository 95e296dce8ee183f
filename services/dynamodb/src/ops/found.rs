//! What every search answers with.

use std::collections::BTreeMap;

use kurodo_authz::Grant;
use kurodo_gateway::Call;
use kurodo_store::Reader;

use super::count;
use crate::{
    DynamoDb, Error,
    attribute::{Supplied, shown},
    encryption::{Locked, TableKey},
    facts::TableFacts,
    items::{self, Mark, search},
    meter::Kind,
    model::{ConsumedCapacity, ReturnConsumedCapacity},
    plan::Select,
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
    /// The page of what a statement reads.
    pub(super) fn select(
        &self,
        reader: &Reader<'_>,
        (facts, table): (&TableFacts, &TableKey),
        plan: &Select,
        from: Option<Mark>,
    ) -> Result<(items::Found, Option<Mark>), Error> {
        self.meter.admit_read(facts, plan.reads.first().and_then(|read| read.index.as_ref()))?;
        let (found, mark) = items::select(reader, (facts, table), plan, from)?;
        self.meter.charge(facts, Kind::Read, &found.consumed);
        Ok((found, mark))
    }

    /// The page that the permit is for.
    pub(super) async fn found<G: Grant<Resource = resources::Search>>(
        &self,
        permit: &G,
        (operation, call): (&'static str, &Call),
        capacity: Option<ReturnConsumedCapacity>,
    ) -> Result<Found, Error> {
        let (plan, facts) = permit.resource().plan()?;
        let keys = self.vault.unlock(Locked::from_iter([facts]), call).await?;
        self.meter.admit_read(facts, plan.index.as_ref())?;
        let found = search(&self.store.read(permit), (facts, keys.of(facts)?), plan)?;
        self.meter.charge(facts, Kind::Read, &found.consumed);
        self.meter.returned(facts, operation, found.count);
        Ok(Found {
            items: (!plan.count).then(|| found.items.into_iter().map(shown).collect()),
            count: count(found.count),
            scanned_count: count(found.scanned),
            last_evaluated_key: found.last.map(shown),
            consumed_capacity: found.consumed.view(capacity, &facts.name),
        })
    }
}
