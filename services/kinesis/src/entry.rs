//! A record, as it is stored: in one record of the store, or in two where it is as large as records may be.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | marks |
//! | 8 | when it was put |
//! | 4 | only of one that is sealed: what it counts for, in bytes |
//! | 2, n, m | the partition key's length, the partition key, the data; sealed under a data key where the mark says so |

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use kurodo_envelope::{EnvelopeError, Opener, SealedKey, data_key, seal};
use kurodo_store::MAX_VALUE;

use crate::Error;

/// Marks a part that goes on in the next one.
const MORE: u8 = 1;
/// Marks a part that goes on from the one before.
const CONTINUED: u8 = 2;
/// Marks the first part of a record that is sealed under a data key of KMS.
const SEALED: u8 = 4;
/// Bytes before the content: the marks, and when it was put.
const HEAD: usize = 9;

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

    /// The parts that it is stored in; sealed where there is a data key.
    pub(crate) fn encode(&self, key: Option<&SealedKey>) -> Result<Vec<Bytes>, EnvelopeError> {
        let capacity = HEAD + 6 + self.size() + key.map_or(0, SealedKey::overhead);
        let mut out = BytesMut::with_capacity(capacity);
        out.put_u8(key.map_or(0, |_| SEALED));
        out.put_i64(self.time);
        match key {
            None => self.put_content(&mut out),
            Some(key) => {
                let mut content = BytesMut::with_capacity(2 + self.size());
                self.put_content(&mut content);
                out.put_u32(u32::try_from(self.size()).unwrap_or(u32::MAX));
                out.put_slice(&seal(key, &content)?);
            }
        }
        Ok(divide(out))
    }

    fn put_content(&self, out: &mut BytesMut) {
        let key = self.partition_key.as_bytes();
        out.put_u16(u16::try_from(key.len()).unwrap_or(u16::MAX));
        out.put_slice(key);
        out.put_slice(&self.data);
    }

    fn of(time: i64, mut content: Bytes) -> Option<Self> {
        let length = usize::from(content.try_get_u16().ok()?);
        let data = (content.len() >= length).then(|| content.split_off(length))?;
        Some(Self { time, partition_key: std::str::from_utf8(&content).ok()?.to_owned(), data })
    }
}

/// The parts of what does not fit into one record of the store.
fn divide(mut whole: BytesMut) -> Vec<Bytes> {
    if whole.len() <= MAX_VALUE {
        return vec![whole.freeze()];
    }
    let rest = whole.split_off(MAX_VALUE);
    if let Some(mark) = whole.first_mut() {
        *mark |= MORE;
    }
    let rest = [&[CONTINUED], &rest[..]].concat();
    vec![whole.freeze(), rest.into()]
}

/// A record that was found: as it was put, or sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Plain(Entry),
    Sealed(Sealed),
}

/// A record that a data key of KMS seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    time: i64,
    size: usize,
    content: Bytes,
}

impl Found {
    /// When it was put, in milliseconds since 1970.
    pub(crate) fn time(&self) -> i64 {
        match self {
            Self::Plain(entry) => entry.time,
            Self::Sealed(sealed) => sealed.time,
        }
    }

    /// What it counts for, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Plain(entry) => entry.size(),
            Self::Sealed(sealed) => sealed.size,
        }
    }

    /// Whether a data key seals it.
    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed(_))
    }

    /// The data key that seals it, as it is stored.
    pub(crate) fn data_key(&self) -> Result<Option<&[u8]>, Damaged> {
        match self {
            Self::Plain(_) => Ok(None),
            Self::Sealed(sealed) => data_key(&sealed.content).map(Some).map_err(|_| Damaged),
        }
    }

    /// The record, as it was put.
    pub(crate) async fn open(self, opener: &mut Opener<'_>) -> Result<Entry, Error> {
        match self {
            Self::Plain(entry) => Ok(entry),
            Self::Sealed(sealed) => {
                let content = opener.open(&sealed.content).await?;
                Ok(Entry::of(sealed.time, content.into()).ok_or(Damaged)?)
            }
        }
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

    fn from(&self, start: usize) -> Bytes {
        self.0.slice(self.0.len().min(start)..)
    }

    /// The record that begins with this part, and perhaps goes on in another.
    pub(crate) fn entry(&self, rest: Option<&Self>) -> Result<Found, Damaged> {
        let time = self.time()?;
        let mut content = match rest {
            None => self.from(HEAD),
            Some(rest) => [self.from(HEAD), rest.from(1)].concat().into(),
        };
        if !self.has(SEALED) {
            return Entry::of(time, content).map(Found::Plain).ok_or(Damaged);
        }
        let size = usize::try_from(content.try_get_u32().map_err(|_| Damaged)?).map_err(|_| Damaged)?;
        Ok(Found::Sealed(Sealed { time, size, content }))
    }
}

#[cfg(test)]
mod tests {
    use kurodo_envelope::Made;
    use kurodo_keys::SecretKey;

    use super::*;

    fn entry(data: usize) -> Entry {
        Entry { time: -5, partition_key: "k€y".into(), data: vec![7; data].into() }
    }

    fn key() -> SealedKey {
        let data = SecretKey::from_bytes([3; SecretKey::LEN]);
        Made { arn: "arn".into(), wrapped: vec![9; 200], data }.into()
    }

    fn found(entry: &Entry, key: Option<&SealedKey>) -> (usize, Found) {
        let parts: Vec<Part> = entry.encode(key).unwrap().into_iter().map(Part::new).collect();
        assert!(parts.iter().all(|part| part.0.len() <= MAX_VALUE));
        assert_eq!(parts[0].time(), Ok(entry.time));
        assert_eq!((parts[0].goes_on(), parts[0].is_continued()), (parts.len() > 1, false));
        assert!(parts.iter().skip(1).all(|part| part.is_continued() && !part.goes_on()));
        let found = parts[0].entry(parts.get(1)).unwrap();
        assert_eq!((found.time(), found.size()), (entry.time, entry.size()));
        (parts.len(), found)
    }

    fn round(entry: &Entry) -> usize {
        let (parts, found) = found(entry, None);
        assert_eq!(found.data_key(), Ok(None));
        assert_eq!(found, Found::Plain(entry.clone()));
        parts
    }

    #[test]
    fn records_come_back_from_one_part_or_two() {
        assert_eq!((round(&entry(0)), round(&entry(256))), (1, 1));
        assert_eq!((round(&entry(MAX_VALUE - 16)), round(&entry(MAX_VALUE - 15))), (1, 2));
        assert_eq!(round(&entry(MAX_VALUE)), 2);
    }

    #[test]
    fn sealed_records_tell_their_time_size_and_data_key_and_nothing_else() {
        let key = key();
        let overhead = HEAD + 6 + "k€y".len() + key.overhead();
        for (data, parts) in
            [(0, 1), (256, 1), (MAX_VALUE - overhead, 1), (MAX_VALUE - overhead + 1, 2), (MAX_VALUE, 2)]
        {
            let entry = entry(data);
            let (found_parts, found) = found(&entry, Some(&key));
            assert_eq!(found_parts, parts, "{data}");
            assert_eq!(found.data_key(), Ok(Some(&[9; 200][..])));
            let stored = entry.encode(Some(&key)).unwrap().concat();
            assert!(!stored.windows(5).any(|window| window == "k€y".as_bytes() || window == [7; 5]));
            assert_ne!(stored, entry.encode(Some(&key)).unwrap().concat(), "each has a nonce of its own");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>, rest: Vec<u8>) {
            let (first, rest) = (Part::new(bytes.into()), Part::new(rest.into()));
            _ = (first.time(), first.entry(None), first.entry(Some(&rest)), first.goes_on());
            if let Ok(found) = first.entry(Some(&rest)) {
                _ = (found.time(), found.size(), found.data_key());
            }
        }
    }
}
