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
    attribute::{Attribute, Item, decode},
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

/// How far the looks at tables have come; after a restart they begin anew.
#[derive(Default)]
pub(crate) struct Rounds(ArcSwap<HashMap<u64, Arc<[u8]>>>);

impl Rounds {
    /// The keys of some items of a table whose time is over, found among the next so many items.
    pub(crate) fn look(
        &self,
        stored: &Reader<'_>,
        contents: u64,
        attribute: &str,
        most: usize,
        now: i64,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let scope = layout::contents(contents);
        let scan = Scan::within([scope.prefix(), &*Shelf::Items.all()].concat());
        let scan = match self.0.load().get(&contents) {
            Some(last) => scan.after(last),
            None => scan,
        };
        let (mut over, mut last) = (Vec::new(), None);
        for (at, record) in stored.cursor(&scan)?.enumerate() {
            let record = record?;
            if is_over(&decode(&record.value)?, attribute, now) {
                over.extend(record.key.strip_prefix(scope.prefix()).map(<[u8]>::to_vec));
            }
            if over.len() == TOGETHER || at + 1 == most {
                last = Some(record.key);
                break;
            }
        }
        self.0.rcu(|known| {
            let mut next = HashMap::clone(known);
            match &last {
                Some(last) => next.insert(contents, last.to_vec().into()),
                None => next.remove(&contents),
            };
            next
        });
        Ok(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
