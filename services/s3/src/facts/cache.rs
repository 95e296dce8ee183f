use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;

use super::BucketFacts;

/// Facts of the buckets that were asked for lately. Readers never wait.
pub(crate) struct Cache(ArcSwap<HashMap<String, Entry>>);

#[derive(Clone)]
struct Entry {
    /// The generation of the buckets that the facts were read in.
    generation: u64,
    facts: Arc<BucketFacts>,
}

/// So many buckets are kept; then the cache begins anew.
const MOST: usize = 4096;

impl Cache {
    pub(crate) fn new() -> Self {
        Self(ArcSwap::default())
    }

    /// The facts of this bucket, and whether they are of this generation; older ones may have changed.
    pub(super) fn find(&self, name: &str, generation: u64) -> Option<(Arc<BucketFacts>, bool)> {
        let known = self.0.load();
        let entry = known.get(name)?;
        Some((Arc::clone(&entry.facts), entry.generation == generation))
    }

    pub(super) fn keep(&self, generation: u64, facts: &Arc<BucketFacts>) {
        self.0.rcu(|known| {
            let mut next = if known.len() < MOST { HashMap::clone(known) } else { HashMap::new() };
            let entry = Entry { generation, facts: Arc::clone(facts) };
            next.insert(facts.name.clone(), entry);
            next
        });
    }

    pub(super) fn forget(&self, name: &str) {
        if self.0.load().contains_key(name) {
            self.0.rcu(|known| {
                let mut next = HashMap::clone(known);
                next.remove(name);
                next
            });
        }
    }
}
