//! A stream's record: what happened to an item, and what of the item the stream shows.

use bytes::Bytes;

use super::View;
use crate::{
    attribute::{Damaged, Item, decode, encode, item_size},
    definition::KeySchema,
    items::{Author, Occasion, Written},
};

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Insert,
    Modify,
    Remove,
}

impl Event {
    /// What a write did; nothing where the item is what it was.
    pub(super) fn of(written: &Written) -> Option<Self> {
        match (&written.old, &written.new) {
            (None, None) => None,
            (None, Some(_)) => Some(Self::Insert),
            (Some(_), None) => Some(Self::Remove),
            (Some(old), Some(new)) => (!same(old, new)).then_some(Self::Modify),
        }
    }
}

fn same(old: &Item, new: &Item) -> bool {
    // The order within a set is no change.
    let mut both = old.iter().zip(new);
    old.len() == new.len() && both.all(|(old, new)| old.0 == new.0 && old.1.equals(new.1))
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) event: Event,
    pub(super) by: Author,
    /// In milliseconds since 1970.
    pub(super) time: i64,
    pub(super) keys: Item,
    pub(super) new: Option<Item>,
    pub(super) old: Option<Item>,
}

const BY_EXPIRY: u8 = 1 << 2;
/// Stands for the length of an image that is not there.
const NO_IMAGE: u32 = u32::MAX;

impl Entry {
    /// The record of a change, as streams of this view have it.
    pub(super) fn new(
        key: &KeySchema,
        view: View,
        event: Event,
        written: &Written,
        occasion: Occasion,
    ) -> Self {
        let keys = written.new.as_ref().or(written.old.as_ref()).map(|item| key.of(item)).unwrap_or_default();
        Self {
            event,
            by: occasion.by,
            time: occasion.now,
            keys,
            new: written.new.clone().filter(|_| view.has_new()),
            old: written.old.clone().filter(|_| view.has_old()),
        }
    }

    /// The bytes that it counts for.
    pub(super) fn size(&self) -> usize {
        [Some(&self.keys), self.new.as_ref(), self.old.as_ref()].into_iter().flatten().map(item_size).sum()
    }

    /// How it is stored.
    pub(super) fn encode(&self) -> Vec<u8> {
        let event = match self.event {
            Event::Insert => 0,
            Event::Modify => 1,
            Event::Remove => 2,
        };
        let mut out = vec![event | if self.by == Author::Expiry { BY_EXPIRY } else { 0 }];
        out.extend_from_slice(&self.time.to_be_bytes());
        for image in [Some(&self.keys), self.new.as_ref(), self.old.as_ref()] {
            let image = image.map(encode);
            let length = image.as_ref().map_or(Some(NO_IMAGE), |image| image.len().try_into().ok());
            out.extend_from_slice(&length.unwrap_or(NO_IMAGE).to_be_bytes());
            out.extend(image.into_iter().flatten());
        }
        out
    }

    /// What was stored so.
    pub(super) fn decode(stored: &Bytes) -> Result<Self, Damaged> {
        let mut rest = stored.clone();
        let [flags] = take(&mut rest)?;
        let event = match flags & !BY_EXPIRY {
            0 => Event::Insert,
            1 => Event::Modify,
            2 => Event::Remove,
            _ => return Err(Damaged),
        };
        let by = if flags & BY_EXPIRY == 0 { Author::Caller } else { Author::Expiry };
        let time = i64::from_be_bytes(take(&mut rest)?);
        let keys = image(&mut rest)?.ok_or(Damaged)?;
        let (new, old) = (image(&mut rest)?, image(&mut rest)?);
        if rest.is_empty() { Ok(Self { event, by, time, keys, new, old }) } else { Err(Damaged) }
    }
}

/// When the record was written whose stored form begins so, in milliseconds since 1970.
pub(super) fn time(stored: &[u8]) -> Result<i64, Damaged> {
    let time = stored.get(1..).and_then(<[u8]>::first_chunk).ok_or(Damaged)?;
    Ok(i64::from_be_bytes(*time))
}

fn take<const N: usize>(rest: &mut Bytes) -> Result<[u8; N], Damaged> {
    let bytes = *rest.first_chunk().ok_or(Damaged)?;
    *rest = rest.slice(N..);
    Ok(bytes)
}

fn image(rest: &mut Bytes) -> Result<Option<Item>, Damaged> {
    let length = u32::from_be_bytes(take(rest)?);
    if length == NO_IMAGE {
        return Ok(None);
    }
    let length = usize::try_from(length).ok().filter(|length| *length <= rest.len()).ok_or(Damaged)?;
    decode(&rest.split_to(length)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::{Attribute, Type},
        definition::KeyAttribute,
    };

    fn item(value: Attribute) -> Item {
        Item::from([("h".into(), Attribute::String("a".into())), ("v".into(), value)])
    }

    fn text(value: &str) -> Attribute {
        Attribute::String(value.into())
    }

    fn entry(view: View, written: &Written) -> Option<Entry> {
        let key = KeySchema::new(KeyAttribute { name: "h".into(), kind: Type::S }, None);
        let occasion = Occasion { now: 1_700_000_000_123, by: Author::Expiry };
        Some(Entry::new(&key, view, Event::of(written)?, written, occasion))
    }

    #[test]
    fn a_view_shows_what_it_says() {
        let written = Written { old: Some(item(text("old"))), version: None, new: Some(item(text("newer"))) };
        for (view, new, old, size) in [
            (View::Keys, false, false, 2),
            (View::New, true, false, 10),
            (View::Old, false, true, 8),
            (View::Both, true, true, 16),
        ] {
            let entry = entry(view, &written).unwrap();
            assert_eq!((entry.new.is_some(), entry.old.is_some(), entry.size()), (new, old, size));
            assert_eq!(time(&entry.encode()), Ok(entry.time));
            assert_eq!(Entry::decode(&entry.encode().into()), Ok(entry));
        }
    }

    #[test]
    fn what_changes_nothing_is_no_event() {
        let set = |members: [&str; 2]| Some(item(Attribute::Strings(members.map(Into::into).into())));
        assert_eq!(Event::of(&Written { old: set(["a", "b"]), version: None, new: set(["b", "a"]) }), None);
        assert_eq!(Event::of(&Written::default()), None);
        assert_eq!(
            Event::of(&Written { old: None, version: None, new: set(["a", "b"]) }),
            Some(Event::Insert)
        );
        assert_eq!(
            Event::of(&Written { old: set(["a", "b"]), version: None, new: None }),
            Some(Event::Remove)
        );
        assert_eq!(
            Event::of(&Written { old: set(["a", "b"]), version: None, new: set(["a", "c"]) }),
            Some(Event::Modify)
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            _ = Entry::decode(&bytes.into());
        }
    }
}
