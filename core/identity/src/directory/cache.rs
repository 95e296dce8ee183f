use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{PoisonError, RwLock},
};

const SHARDS: usize = 16;

/// What was loaded from the store, as long as the store stays as it was.
///
/// Every shard remembers the generation that its entries were loaded at; asked for another one, it is empty.
/// The generation must be read before the entry is loaded.
pub(crate) struct Cache<K, V, G> {
    shards: [RwLock<Shard<K, V, G>>; SHARDS],
    hasher: RandomState,
    /// Entries that a shard holds; past that many, it starts anew.
    most: usize,
}

struct Shard<K, V, G> {
    generation: G,
    entries: HashMap<K, V>,
}

impl<K: Hash + Eq, V: Clone, G: Copy + Default + PartialEq + PartialOrd> Cache<K, V, G> {
    /// A cache of at most this many entries, more or less.
    pub(crate) fn new(most: usize) -> Self {
        let shard = |_| RwLock::new(Shard { generation: G::default(), entries: HashMap::new() });
        Self { shards: std::array::from_fn(shard), hasher: RandomState::new(), most: most.div_ceil(SHARDS) }
    }

    /// The entry, if it was loaded at this generation.
    pub(crate) fn find<Q>(&self, key: &Q, generation: G) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let shard = self.shard(key)?.read().unwrap_or_else(PoisonError::into_inner);
        if shard.generation == generation { shard.entries.get(key).cloned() } else { None }
    }

    /// Keeps what was loaded at this generation; an older generation than the shard's is not kept.
    pub(crate) fn keep(&self, key: K, value: V, generation: G) {
        let Some(shard) = self.shard(&key) else { return };
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.generation != generation {
            if shard.generation > generation {
                return;
            }
            shard.entries.clear();
            shard.generation = generation;
        }
        if shard.entries.len() >= self.most {
            shard.entries.clear();
        }
        shard.entries.insert(key, value);
    }

    fn shard<Q: Hash + ?Sized>(&self, key: &Q) -> Option<&RwLock<Shard<K, V, G>>> {
        let place = self.hasher.hash_one(key) % SHARDS as u64;
        self.shards.get(usize::try_from(place).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_at_its_generation_only() {
        let cache: Cache<String, u32, (u64, u64)> = Cache::new(64);
        cache.keep("a".to_owned(), 1, (1, 1));
        assert_eq!(cache.find("a", (1, 1)), Some(1));
        assert_eq!(cache.find("a", (1, 2)), None);
        assert_eq!(cache.find("b", (1, 1)), None);
    }

    #[test]
    fn what_was_loaded_too_late_is_not_kept() {
        let cache: Cache<String, u32, (u64, u64)> = Cache::new(64);
        cache.keep("a".to_owned(), 2, (2, 0));
        cache.keep("a".to_owned(), 1, (1, 0));
        assert_eq!(cache.find("a", (2, 0)), Some(2));
        assert_eq!(cache.find("a", (1, 0)), None);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let cache: Cache<u32, (), u64> = Cache::new(64);
        (0..10_000).for_each(|number| cache.keep(number, (), 1));
        let held: usize = cache.shards.iter().map(|shard| shard.read().unwrap().entries.len()).sum();
        assert!(held <= 64);
    }
}
