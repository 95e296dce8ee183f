use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

/// So many minutes are remembered of a filter, and so many filters.
const MINUTES: usize = 1440;
const FILTERS: usize = 10_000;

/// A filter: the number of its group, and its name.
pub(crate) type Which = (u64, String);

/// In which minutes filters that have a default value have told something already. It is forgotten when the server stops.
#[derive(Debug, Default)]
pub(crate) struct Defaults(Mutex<HashMap<Which, BTreeSet<i64>>>);

impl Defaults {
    /// Whether a filter has told nothing of a minute yet.
    pub(crate) fn is_due(&self, filter: &Which, minute: i64) -> bool {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !told.get(filter).is_some_and(|minutes| minutes.contains(&minute))
    }

    /// Notes that a filter has told something of these minutes.
    pub(crate) fn note(&self, filter: Which, minutes: impl IntoIterator<Item = i64>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= FILTERS {
            told.clear();
        }
        let known = told.entry(filter).or_default();
        known.extend(minutes);
        while known.len() > MINUTES {
            known.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_told_of_once() {
        let (defaults, filter) = (Defaults::default(), || (1, "f".to_owned()));
        assert!(defaults.is_due(&filter(), 7));
        defaults.note(filter(), [7, 8]);
        assert!(!defaults.is_due(&filter(), 7) && defaults.is_due(&filter(), 9));
        assert!(defaults.is_due(&(2, "f".to_owned()), 7));
        defaults.note(filter(), 0..5000);
        assert!(!defaults.is_due(&filter(), 4999) && defaults.is_due(&filter(), 7));
    }
}
