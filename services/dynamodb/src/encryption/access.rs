use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::AccountId;

use crate::definition::Definition;

/// Whether KMS used the keys for the tables of an account, by its id and their ARNs, when it was last asked since the server
/// started. Definitions of tables have what was known before. A key may be another account's.
#[derive(Default)]
pub(crate) struct Access(Mutex<HashMap<(AccountId, String), Last>>);

/// What KMS came to with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    /// Since when it does not use the key, in milliseconds since 1970.
    since: Option<i64>,
    /// Whether the definitions of the key's tables may say otherwise.
    unnoted: bool,
}

impl Access {
    /// KMS would not use the key for a table of the account.
    pub(super) fn refused(&self, account: AccountId, arn: &str, now: i64) {
        let (mut all, key) = (self.lock(), (account, arn.to_owned()));
        if all.get(&key).is_none_or(|last| last.since.is_none()) {
            all.insert(key, Last { since: Some(now), unnoted: true });
        }
    }

    /// KMS used the key for a table of the account.
    pub(super) fn used(&self, account: AccountId, arn: &str) {
        let (mut all, key) = (self.lock(), (account, arn.to_owned()));
        if all.get(&key).is_none_or(|last| last.since.is_some()) {
            all.insert(key, Last { since: None, unnoted: true });
        }
    }

    /// Since when the key of a table of this account cannot be used, in milliseconds since 1970.
    pub(crate) fn inaccessible(&self, account: AccountId, definition: &Definition) -> Option<i64> {
        let noted = definition.inaccessible;
        let protection = definition.protection.as_ref()?;
        match self.lock().get(&(account, protection.arn.clone())) {
            Some(Last { since, .. }) => since.map(|since| noted.unwrap_or(since)),
            None => noted,
        }
    }

    /// The keys of an account's tables of which definitions may say what is not so any more, and since when each is
    /// inaccessible.
    pub(crate) fn unnoted(&self, account: AccountId) -> HashMap<String, Option<i64>> {
        let all = self.lock();
        let found = all.iter().filter(|((of, _), last)| last.unnoted && *of == account);
        found.map(|((_, arn), last)| (arn.clone(), last.since)).collect()
    }

    /// The definitions of the account's tables under these keys say this of them.
    pub(crate) fn noted(&self, account: AccountId, keys: &HashMap<String, Option<i64>>) {
        let mut all = self.lock();
        for (arn, since) in keys {
            if let Some(last) = all.get_mut(&(account, arn.clone())).filter(|last| last.since == *since) {
                last.unnoted = false;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(AccountId, String), Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/a";

    fn account() -> AccountId {
        "444455556666".parse().unwrap()
    }

    fn since(all: &Access) -> Option<i64> {
        all.lock().get(&(account(), KEY.to_owned())).and_then(|last| last.since)
    }

    #[test]
    fn a_key_is_inaccessible_from_the_first_refusal_to_the_next_use() {
        let all = Access::default();
        all.refused(account(), KEY, 10);
        all.refused(account(), KEY, 20);
        assert_eq!(since(&all), Some(10));
        all.used(account(), KEY);
        assert_eq!(since(&all), None);
    }

    #[test]
    fn what_was_learned_is_noted_once() {
        let (all, account) = (Access::default(), account());
        all.used(account, KEY);
        let used = HashMap::from([(KEY.to_owned(), None)]);
        assert_eq!(
            all.unnoted(account),
            used,
            "it is the account of the table that counts, not that of the key"
        );
        let owner = "111122223333".parse().unwrap();
        assert!(all.unnoted(owner).is_empty());
        all.noted(account, &used);
        all.used(account, KEY);
        assert!(all.unnoted(account).is_empty());
        all.refused(account, KEY, 10);
        all.noted(account, &used);
        all.noted(owner, &HashMap::from([(KEY.to_owned(), Some(10))]));
        assert_eq!(all.unnoted(account)[KEY], Some(10), "what was noted is not so any more");
    }
}
