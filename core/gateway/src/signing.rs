use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, PoisonError, RwLock},
};

use kurodo_sigv4::{Scope, SigningKey};

/// Signing keys that were derived already. Deriving one costs four HMACs; a client uses it for a day.
pub(crate) struct SigningKeys {
    keys: RwLock<HashMap<u64, Entry>>,
    hasher: RandomState,
}

struct Entry {
    access_key_id: String,
    scope: Scope,
    /// A keyed hash of the secret: a key of another secret is not this one.
    secret: u64,
    key: Arc<SigningKey>,
}

/// Keys held at once; then all are forgotten.
const MOST: usize = 4096;

impl SigningKeys {
    pub(crate) fn new() -> Self {
        Self { keys: RwLock::default(), hasher: RandomState::new() }
    }

    /// The key of this access key for the scope.
    pub(crate) fn key(&self, access_key_id: &str, secret: &str, scope: &Scope) -> Arc<SigningKey> {
        let place = self.hasher.hash_one((access_key_id, scope));
        let mark = self.hasher.hash_one(secret);
        let held = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = held.get(&place)
            && entry.access_key_id == access_key_id
            && entry.scope == *scope
            && entry.secret == mark
        {
            return entry.key.clone();
        }
        drop(held);
        let key = Arc::new(SigningKey::derive(secret, scope.date, &scope.region, &scope.service));
        let entry = Entry {
            access_key_id: access_key_id.to_owned(),
            scope: scope.clone(),
            secret: mark,
            key: key.clone(),
        };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST {
            keys.clear();
        }
        keys.insert(place, entry);
        key
    }
}
