use std::{borrow::Borrow, collections::HashMap, hash::Hash, sync::Arc};

use arc_swap::ArcSwap;

/// What was made of records that were read lately, by a name, each with the [generation](crate::Store::generation) in which
/// they were read. Readers never wait.
///
/// Whoever keeps something here asks for the generation before it opens its reader: what is read after it is not older.
pub struct Known<K, V>(ArcSwap<HashMap<K, Entry<V>>>);

struct Entry<V> {
    generation: u64,
    value: Arc<V>,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self { generation: self.generation, value: Arc::clone(&self.value) }
    }
}

/// So many are known; then it begins anew.
const MOST: usize = 4096;

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(ArcSwap::default())
    }
}

impl<K: Clone + Eq + Hash, V> Known<K, V> {
    /// What is known by this name in this generation. What was known in an older one may have changed.
    pub fn find<Q: Hash + Eq + ?Sized>(&self, name: &Q, generation: u64) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
    {
        self.latest(name).filter(|(_, read)| *read == generation).map(|(value, _)| value)
    }

    /// What was known last by this name, and its generation.
    pub fn latest<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<(Arc<V>, u64)>
    where
        K: Borrow<Q>,
    {
        let known = self.0.load();
        known.get(name).map(|entry| (Arc::clone(&entry.value), entry.generation))
    }

    /// Keeps what was read in a generation.
    pub fn keep(&self, name: &K, generation: u64, value: &Arc<V>) {
        self.0.rcu(|known| {
            let mut next = if known.len() < MOST { HashMap::clone(known) } else { HashMap::new() };
            next.insert(name.clone(), Entry { generation, value: Arc::clone(value) });
            next
        });
    }

    /// Forgets what is no more.
    pub fn forget<Q: Hash + Eq + ?Sized>(&self, name: &Q)
    where
        K: Borrow<Q>,
    {
        if self.latest(name).is_some() {
            self.0.rcu(|known| {
                let mut next = HashMap::clone(known);
                next.remove(name);
                next
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_of_its_generation() {
        let known = Known::<String, u8>::default();
        known.keep(&"a".to_owned(), 7, &Arc::new(1));
        assert_eq!(known.find("a", 7).as_deref(), Some(&1));
        assert!(known.find("a", 8).is_none() && known.find("b", 7).is_none());
        assert_eq!(known.latest("a").map(|(value, generation)| (*value, generation)), Some((1, 7)));
        known.forget("a");
        assert!(known.latest("a").is_none());
    }

    #[test]
    fn no_more_is_known_than_fits() {
        let known = Known::<usize, usize>::default();
        (0..=MOST).for_each(|name| known.keep(&name, 0, &Arc::new(name)));
        assert!(known.find(&0, 0).is_none() && known.find(&MOST, 0).is_some());
    }
}
