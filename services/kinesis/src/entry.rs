//! A record, as it is stored: in one record of the store, or in two where it is as large as records may be.

use bytes::{BufMut as _, Bytes, BytesMut};
use kurodo_store::MAX_VALUE;

/// Marks a part that goes on in the next one.
const MORE: u8 = 1;
/// Marks a part that goes on from the one before.
const CONTINUED: u8 = 2;
/// Bytes before the partition key: when it was put, and the key's length.
const HEAD: usize = 10;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// When it was put, in milliseconds since 1970.
    pub(crate) time: i64,
    pub(crate) partition_key: String,
    pub(crate) data: Bytes,
}

/// A stored record that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record of a stream cannot be read; run `kurodo check`")]
pub struct Damaged;

impl Entry {
    /// What it counts for, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.partition_key.len() + self.data.len()
    }

    /// The parts that it is stored in.
    pub(crate) fn encode(&self) -> Vec<Bytes> {
        let key = self.partition_key.as_bytes();
        let mut out = BytesMut::with_capacity(1 + HEAD + self.size());
        out.put_u8(0);
        out.put_i64(self.time);
        out.put_u16(u16::try_from(key.len()).unwrap_or(u16::MAX));
        out.put_slice(key);
        out.put_slice(&self.data);
        if out.len() <= MAX_VALUE {
            return vec![out.freeze()];
        }
        let rest = out.split_off(MAX_VALUE);
        if let Some(mark) = out.first_mut() {
            *mark = MORE;
        }
        let rest = [&[CONTINUED], &rest[..]].concat();
        vec![out.freeze(), rest.into()]
    }

    fn decode(mut stored: Bytes) -> Option<Self> {
        let time = i64::from_be_bytes(*stored.first_chunk()?);
        let length = usize::from(u16::from_be_bytes(*stored.get(8..)?.first_chunk()?));
        stored = stored.slice(HEAD..);
        let data = (stored.len() >= length).then(|| stored.split_off(length))?;
        Some(Self { time, partition_key: std::str::from_utf8(&stored).ok()?.to_owned(), data })
    }
}

/// A part of a stored record.
pub(crate) struct Part(Bytes);

impl Part {
    /// From the store.
    pub(crate) fn new(stored: Bytes) -> Self {
        Self(stored)
    }

    fn has(&self, mark: u8) -> bool {
        self.0.first().is_some_and(|marks| marks & mark != 0)
    }

    /// Whether another part goes on with it.
    pub(crate) fn goes_on(&self) -> bool {
        self.has(MORE)
    }

    /// Whether it goes on from another one.
    pub(crate) fn is_continued(&self) -> bool {
        self.has(CONTINUED)
    }

    /// When a record was put, from its first part.
    pub(crate) fn time(&self) -> Result<i64, Damaged> {
        let time = self.0.get(1..).and_then(<[u8]>::first_chunk).ok_or(Damaged)?;
        Ok(i64::from_be_bytes(*time))
    }

    fn content(&self) -> Bytes {
        self.0.slice(self.0.len().min(1)..)
    }

    /// The record that begins with this part, and perhaps goes on in another.
    pub(crate) fn entry(&self, rest: Option<&Self>) -> Result<Entry, Damaged> {
        let whole = match rest {
            None => self.content(),
            Some(rest) => [self.content(), rest.content()].concat().into(),
        };
        Entry::decode(whole).ok_or(Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(entry: &Entry) -> usize {
        let parts: Vec<Part> = entry.encode().into_iter().map(Part::new).collect();
        assert!(parts.iter().all(|part| part.0.len() <= MAX_VALUE));
        assert_eq!(parts[0].time(), Ok(entry.time));
        assert_eq!((parts[0].goes_on(), parts[0].is_continued()), (parts.len() > 1, false));
        assert!(parts.iter().skip(1).all(|part| part.is_continued() && !part.goes_on()));
        assert_eq!(parts[0].entry(parts.get(1)).as_ref(), Ok(entry));
        parts.len()
    }

    #[test]
    fn records_come_back_from_one_part_or_two() {
        let entry =
            |data: usize| Entry { time: -5, partition_key: "k€y".into(), data: vec![7; data].into() };
        assert_eq!((round(&entry(0)), round(&entry(256))), (1, 1));
        assert_eq!((round(&entry(MAX_VALUE - 16)), round(&entry(MAX_VALUE - 15))), (1, 2));
        assert_eq!(round(&entry(MAX_VALUE)), 2);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>, rest: Vec<u8>) {
            let (first, rest) = (Part::new(bytes.into()), Part::new(rest.into()));
            _ = (first.time(), first.entry(None), first.entry(Some(&rest)), first.goes_on());
        }
    }
}
