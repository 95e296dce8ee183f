use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::AccountId;

use crate::definition::Definition;

/// Whether KMS used the keys, by their ARNs, when it was last asked since the server started. Definitions of tables have
/// what was known before.
#[derive(Default)]
pub(crate) struct Access(Mutex<HashMap<String, Last>>);

/// What KMS came to with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    /// Since when it does not use the key, in milliseconds since 1970.
    since: Option<i64>,
    /// Whether the definitions of the key's tables may say otherwise.
    unnoted: bool,
}

impl Access {
    /// KMS would not use the key.
    pub(super) fn refused(&self, arn: &str, now: i64) {
        let mut all = self.lock();
        if all.get(arn).is_none_or(|last| last.since.is_none()) {
            all.insert(arn.to_owned(), Last { since: Some(now), unnoted: true });
        }
    }

    /// KMS used the key.
    pub(super) fn used(&self, arn: &str) {
        let mut all = self.lock();
        if all.get(arn).is_none_or(|last| last.since.is_some()) {
            all.insert(arn.to_owned(), Last { since: None, unnoted: true });
        }
    }

    /// Since when the key of a table cannot be used, in milliseconds since 1970.
    pub(crate) fn inaccessible(&self, definition: &Definition) -> Option<i64> {
        let noted = definition.inaccessible;
        let protection = definition.protection.as_ref()?;
        match self.lock().get(&protection.arn) {
            Some(Last { since, .. }) => since.map(|since| noted.unwrap_or(since)),
            None => noted,
        }
    }

    /// The keys of an account of which definitions may say what is not so any more, and since when each is inaccessible.
    pub(crate) fn unnoted(&self, account: AccountId) -> HashMap<String, Option<i64>> {
        let owner = account.to_string();
        let all = self.lock();
        let of_account = |arn: &str| arn.split(':').nth(4) == Some(owner.as_str());
        let found = all.iter().filter(|(arn, last)| last.unnoted && of_account(arn));
        found.map(|(arn, last)| (arn.clone(), last.since)).collect()
    }

    /// The definitions of the tables of these keys say this of them.
    pub(crate) fn noted(&self, keys: &HashMap<String, Option<i64>>) {
        let mut all = self.lock();
        for (arn, since) in keys {
            if let Some(last) = all.get_mut(arn).filter(|last| last.since == *since) {
                last.unnoted = false;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/a";

    fn since(all: &Access) -> Option<i64> {
        all.lock().get(KEY).and_then(|last| last.since)
    }

    #[test]
    fn a_key_is_inaccessible_from_the_first_refusal_to_the_next_use() {
        let all = Access::default();
        all.refused(KEY, 10);
        all.refused(KEY, 20);
        assert_eq!(since(&all), Some(10));
        all.used(KEY);
        assert_eq!(since(&all), None);
    }

    #[test]
    fn what_was_learned_is_noted_once() {
        let (all, account) = (Access::default(), "111122223333".parse().unwrap());
        all.used(KEY);
        let used = HashMap::from([(KEY.to_owned(), None)]);
        assert_eq!(all.unnoted(account), used);
        assert!(all.unnoted("444455556666".parse().unwrap()).is_empty());
        all.noted(&used);
        all.used(KEY);
        assert!(all.unnoted(account).is_empty());
        all.refused(KEY, 10);
        all.noted(&used);
        assert_eq!(all.unnoted(account)[KEY], Some(10), "what was noted is not so any more");
    }
}
