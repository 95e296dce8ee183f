use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use kurodo_arn::{AccountId, Region};

use super::TableFacts;

/// Facts of the tables that were asked for lately, and of names that no table has. Readers never wait.
pub(crate) struct Cache(ArcSwap<HashMap<(AccountId, Region), HashMap<String, Entry>>>);

#[derive(Clone)]
struct Entry {
    /// The generation of the tables that the facts were read in.
    generation: u64,
    facts: Option<Arc<TableFacts>>,
}

/// So many tables of a place are kept; then the cache begins anew.
const MOST: usize = 4096;

impl Cache {
    pub(crate) fn new() -> Self {
        Self(ArcSwap::default())
    }

    /// What is known of this name in this generation: its table's facts, or that there is no table.
    pub(super) fn find(
        &self,
        account: AccountId,
        region: &Region,
        name: &str,
        generation: u64,
    ) -> Option<Option<Arc<TableFacts>>> {
        let known = self.0.load();
        let entry = known.get(&(account, region.clone()))?.get(name)?;
        (entry.generation == generation).then(|| entry.facts.clone())
    }

    pub(super) fn keep(
        &self,
        account: AccountId,
        region: &Region,
        name: &str,
        generation: u64,
        facts: Option<&Arc<TableFacts>>,
    ) {
        self.0.rcu(|known| {
            let mut next = HashMap::clone(known);
            if next.len() >= MOST {
                next.clear();
            }
            let place = next.entry((account, region.clone())).or_default();
            if place.len() >= MOST {
                place.clear();
            }
            place.insert(name.to_owned(), Entry { generation, facts: facts.cloned() });
            next
        });
    }
}
