use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use kurodo_arn::{AccountId, Region};

use super::TableFacts;

/// Facts of the tables that were asked for lately. Readers never wait.
pub(crate) struct Cache(ArcSwap<HashMap<(AccountId, Region), HashMap<String, Entry>>>);

#[derive(Clone)]
struct Entry {
    /// The generation of the tables that the facts were read in; older ones may have changed.
    generation: u64,
    facts: Arc<TableFacts>,
}

/// So many tables of a place, and places, are kept; then the cache begins anew.
const MOST: usize = 4096;

impl Cache {
    pub(crate) fn new() -> Self {
        Self(ArcSwap::default())
    }

    /// The facts of this table, if they are known in this generation.
    pub(super) fn find(
        &self,
        account: AccountId,
        region: &Region,
        name: &str,
        generation: u64,
    ) -> Option<Arc<TableFacts>> {
        let known = self.0.load();
        let entry = known.get(&(account, region.clone()))?.get(name)?;
        (entry.generation == generation).then(|| Arc::clone(&entry.facts))
    }

    pub(super) fn keep(&self, generation: u64, facts: &Arc<TableFacts>) {
        self.0.rcu(|known| {
            let mut next = if known.len() < MOST { HashMap::clone(known) } else { HashMap::new() };
            let place = next.entry((facts.account, facts.region.clone())).or_default();
            if place.len() >= MOST {
                place.clear();
            }
            place.insert(facts.name.clone(), Entry { generation, facts: Arc::clone(facts) });
            next
        });
    }
}
