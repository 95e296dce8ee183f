//! Time to live.
//!
//! Items are found by looking at all of them, a part at a time: writes pay nothing for it, and an item is deleted at the
//! latest when the next look comes by.
//!
//! Source: DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB".

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use kurodo_store::{Reader, Scan};

use crate::{
    Error,
    attribute::{Attribute, Item},
    encryption::TableKey,
    layout::{self, Shelf},
    number::Number,
};

/// The most items that are deleted together.
pub(crate) const TOGETHER: usize = 25;
/// Items whose time was over for longer are taken for a mistake, and stay; in seconds.
const LONGEST: i64 = 5 * 365 * 24 * 60 * 60;

/// Whether the time of an item was over by now, in milliseconds since 1970: the attribute says so, in seconds.
pub(crate) fn is_over(item: &Item, attribute: &str, now: i64) -> bool {
    let now = now.div_euclid(1000);
    match item.get(attribute) {
        Some(Attribute::Number(until)) => {
            *until <= Number::from(now) && *until > Number::from(now.saturating_sub(LONGEST))
        }
        _ => false,
    }
}

/// How long a table under a key of KMS is not looked at again after a round, in milliseconds, for each look asks KMS.
const REST: i64 = 30_000;

/// How far the looks at tables have come; after a restart they begin anew.
#[derive(Default)]
pub(crate) struct Rounds {
    under_way: ArcSwap<HashMap<u64, Arc<[u8]>>>,
    /// When the last round through a table ended, in milliseconds since 1970.
    ended: ArcSwap<HashMap<u64, i64>>,
}

impl Rounds {
    /// Whether a round through a table under a key of KMS ended a short while ago.
    pub(crate) fn rests(&self, contents: u64, now: i64) -> bool {
        self.ended.load().get(&contents).is_some_and(|ended| now < ended.saturating_add(REST))
    }

    /// The keys of some items of a table whose time is over, found among the next so many items.
    pub(crate) fn look(
        &self,
        stored: &Reader<'_>,
        (contents, table): (u64, &TableKey),
        attribute: &str,
        most: usize,
        now: i64,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let scope = layout::contents(contents);
        let scan = Scan::within([scope.prefix(), &*Shelf::Items.all()].concat());
        let scan = match self.under_way.load().get(&contents) {
            Some(last) => scan.after(last),
            None => scan,
        };
        let (mut over, mut last) = (Vec::new(), None);
        for (at, record) in stored.cursor(&scan)?.enumerate() {
            let record = record?;
            let key = record.key.strip_prefix(scope.prefix()).unwrap_or_default();
            if is_over(&table.open(key, &record.value)?, attribute, now) {
                over.push(key.to_vec());
            }
            if over.len() == TOGETHER || at + 1 == most {
                last = Some(record.key);
                break;
            }
        }
        self.note(contents, last.as_deref(), now);
        Ok(over)
    }

    /// Notes how far a round has come, or that it has ended.
    fn note(&self, contents: u64, last: Option<&[u8]>, now: i64) {
        self.under_way.rcu(|known| {
            let mut next = HashMap::clone(known);
            match last {
                Some(last) => next.insert(contents, last.into()),
                None => next.remove(&contents),
            };
            next
        });
        if last.is_none() {
            self.ended.rcu(|known| {
                let young = known.iter().filter(|(_, ended)| now < ended.saturating_add(REST));
                let mut next: HashMap<u64, i64> =
                    young.map(|(contents, ended)| (*contents, *ended)).collect();
                next.insert(contents, now);
                next
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{Store, StoreOptions};

    use super::*;
    use crate::definition::sample;

    #[test]
    fn a_round_that_ended_rests_a_while() {
        let rounds = Rounds::default();
        rounds.note(1, Some(b"key"), 1000);
        assert!(!rounds.rests(1, 1000));
        rounds.note(1, None, 1000);
        assert!(rounds.rests(1, 1000 + REST - 1) && !rounds.rests(1, 1000 + REST) && !rounds.rests(2, 1000));
        rounds.note(2, None, 1000 + REST);
        assert_eq!(rounds.ended.load().len(), 1, "what is over is forgotten");
    }

    #[tokio::test]
    async fn what_is_over_is_found_under_a_key() {
        let dir = tempfile::tempdir().unwrap();
        let secret = SecretKey::from_bytes([7; SecretKey::LEN]);
        let (_store, door) = Store::open(dir.path(), &secret, &StoreOptions::default()).unwrap();
        let (writer, definition) = (door.write(), sample());
        let key = |byte| TableKey::opened(&SecretKey::from_bytes([byte; SecretKey::LEN]));
        let mut transaction = writer.transaction();
        for (name, until) in [("a", 5_000_000_i64), ("b", 5_000_002)] {
            let until = Attribute::Number(Number::from(until));
            let item = Item::from([("h".into(), Attribute::String(name.into())), ("until".into(), until)]);
            let place = layout::item(&definition.key, &item).unwrap();
            let stored = key(1).seal(&place, &item).unwrap();
            transaction.put([layout::contents(1).prefix(), &*place].concat(), stored);
        }
        transaction.commit().await.unwrap();
        let look =
            |table: &TableKey| Rounds::default().look(&door.read(), (1, table), "until", 10, 5_000_001_000);
        let found = look(&key(1)).unwrap();
        assert_eq!(found.len(), 1);
        assert!(look(&key(2)).is_err() && look(TableKey::none()).is_err());
    }

    #[test]
    fn an_item_is_over_from_its_second_on_and_for_five_years() {
        let now = 1_700_000_000_999;
        let item = |value: Attribute| Item::from([("until".into(), value)]);
        let number = |text: &str| Attribute::Number(text.parse().unwrap());
        for (until, over) in [
            ("1700000000", true),
            ("1700000000.5", false),
            ("1700000001", false),
            ("1600000000", true),
            ("1542320001", true),
            ("1542320000", false),
            ("0", false),
            ("-5", false),
            ("1700000000000", false),
        ] {
            assert_eq!(is_over(&item(number(until)), "until", now), over, "{until}");
        }
        assert!(!is_over(&item(Attribute::String("1600000000".into())), "until", now));
        assert!(!is_over(&item(number("1600000000")), "other", now));
    }
}
