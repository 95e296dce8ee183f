//! How events are stored: in blocks of one stream, each with a head that has the times, and apart from it the messages.
//!
//! No block reaches over the edge of a [`bucket`], so that a block with events of a time begins in that time's bucket.

use bytes::Bytes;

/// The time that a block is within, in milliseconds.
pub const BUCKET: i64 = 5 * 60 * 1000;
/// Bytes of messages after which a block ends.
const FULL: usize = 64 << 10;
/// The form of both parts.
const FORM: u8 = 1;
/// The form of messages under a key of KMS.
pub(crate) const SEALED: u8 = 2;

/// A stored block cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a block of log events cannot be read; run `kurodo check`")]
pub struct Damaged;

/// The bucket of a time.
pub fn bucket(time: i64) -> i64 {
    time.div_euclid(BUCKET)
}

/// A block that is to be stored.
#[derive(Debug, PartialEq, Eq)]
pub struct Packed {
    /// The time of its first event.
    pub first: i64,
    /// Its head.
    pub head: Vec<u8>,
    /// Its messages.
    pub messages: Vec<u8>,
}

/// Packs events, which are in order, into blocks. All were received at the same time, and have the same origin.
pub fn pack(events: &[(i64, &str)], ingested: i64, origin: &[u8]) -> Vec<Packed> {
    let (mut blocks, mut rest) = (Vec::new(), events);
    while let Some((first, _)) = rest.first() {
        let (block, left) = rest.split_at(fitting(rest, bucket(*first)));
        blocks.push(Packed {
            first: *first,
            head: head(block, *first, ingested),
            messages: messages(block, origin),
        });
        rest = left;
    }
    blocks
}

/// How many of the events go into one block: at least one.
fn fitting(events: &[(i64, &str)], within: i64) -> usize {
    let mut bytes = 0;
    let fits = |(time, message): &&(i64, &str)| {
        bytes += message.len();
        bucket(*time) == within && bytes <= FULL
    };
    events.iter().take_while(fits).count().max(1)
}

fn head(events: &[(i64, &str)], first: i64, ingested: i64) -> Vec<u8> {
    let bytes: usize = events.iter().map(|(_, message)| message.len()).sum();
    let mut out = vec![FORM];
    out.extend_from_slice(&ingested.to_be_bytes());
    put(&mut out, bytes);
    put(&mut out, events.len());
    let mut before = first;
    for (time, _) in events {
        put(&mut out, usize::try_from(time.saturating_sub(before)).unwrap_or_default());
        before = *time;
    }
    out
}

fn messages(events: &[(i64, &str)], origin: &[u8]) -> Vec<u8> {
    let mut out = vec![FORM];
    put(&mut out, origin.len());
    out.extend_from_slice(origin);
    put(&mut out, events.len());
    events.iter().for_each(|(_, message)| put(&mut out, message.len()));
    events.iter().for_each(|(_, message)| out.extend_from_slice(message.as_bytes()));
    out
}

/// The head of a stored block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// When its events were received, in milliseconds since 1970.
    pub ingested: i64,
    /// The bytes of its messages.
    pub bytes: u64,
    /// How many events it has.
    pub count: usize,
    /// The time of the first event.
    pub first: i64,
    times: Bytes,
}

impl Head {
    /// The head that was stored so, of a block whose first event has this time.
    ///
    /// # Errors
    /// It was not.
    pub fn decode(first: i64, stored: &Bytes) -> Result<Self, Damaged> {
        let mut rest = Cut::open(stored)?;
        let ingested = i64::from_be_bytes(rest.array()?);
        let (bytes, count) = (rest.number()?, rest.number()?);
        // Every time takes a byte at least.
        if count == 0 || count > rest.0.len() {
            return Err(Damaged);
        }
        Ok(Self { ingested, bytes: bytes as u64, count, first, times: rest.0 })
    }

    /// The times of its events, in order.
    pub fn times(&self) -> Times<'_> {
        Times { rest: &self.times, left: self.count, time: self.first }
    }

    /// The same all at once.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn all_times(&self) -> Result<Vec<i64>, Damaged> {
        self.times().collect()
    }

    /// The time of the last event.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn last(&self) -> Result<i64, Damaged> {
        self.times().last().ok_or(Damaged)?
    }
}

/// The times of a block's events.
#[derive(Debug)]
pub struct Times<'h> {
    rest: &'h [u8],
    left: usize,
    time: i64,
}

impl Iterator for Times<'_> {
    type Item = Result<i64, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let step = take(&mut self.rest).ok_or(Damaged);
        Some(step.map(|step| {
            self.time = self.time.saturating_add(step.cast_signed());
            self.time
        }))
    }
}

/// The messages of a stored block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages {
    /// Where the events come from, as the sender said; empty where it did not.
    pub origin: Bytes,
    text: Bytes,
    /// Where each message ends.
    ends: Vec<usize>,
}

impl Messages {
    /// The messages that were stored so.
    ///
    /// # Errors
    /// They were not.
    pub fn decode(stored: &Bytes) -> Result<Self, Damaged> {
        let mut rest = Cut::open(stored)?;
        let length = rest.number()?;
        let origin = rest.bytes(length)?;
        let count = rest.number()?;
        if count > rest.0.len() {
            return Err(Damaged);
        }
        let (mut ends, mut end) = (Vec::with_capacity(count), 0usize);
        for _ in 0..count {
            end = end.checked_add(rest.number()?).ok_or(Damaged)?;
            ends.push(end);
        }
        if end == rest.0.len() { Ok(Self { origin, text: rest.0, ends }) } else { Err(Damaged) }
    }

    /// The message of the event of this index.
    ///
    /// # Errors
    /// There is none, or it is no text.
    pub fn message(&self, index: usize) -> Result<&str, Damaged> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before).ok_or(Damaged)?,
            None => 0,
        };
        let bytes = self.text.get(start..*self.ends.get(index).ok_or(Damaged)?).ok_or(Damaged)?;
        std::str::from_utf8(bytes).map_err(|_| Damaged)
    }
}

/// Bytes that are taken off one by one.
struct Cut(Bytes);

impl Cut {
    fn open(stored: &Bytes) -> Result<Self, Damaged> {
        let mut cut = Self(stored.clone());
        if cut.array::<1>()? == [FORM] { Ok(cut) } else { Err(Damaged) }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let bytes = *self.0.first_chunk().ok_or(Damaged)?;
        self.0 = self.0.slice(N..);
        Ok(bytes)
    }

    fn bytes(&mut self, length: usize) -> Result<Bytes, Damaged> {
        if length > self.0.len() { Err(Damaged) } else { Ok(self.0.split_to(length)) }
    }

    fn number(&mut self) -> Result<usize, Damaged> {
        let mut rest = &self.0[..];
        let number = take(&mut rest).ok_or(Damaged)?;
        let used = self.0.len() - rest.len();
        self.0 = self.0.slice(used..);
        usize::try_from(number).map_err(|_| Damaged)
    }
}

/// Adds a number, seven bits a byte.
fn put(out: &mut Vec<u8>, number: usize) {
    let mut number = number;
    while number > 0x7F {
        out.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7F) as u8);
}

/// Takes a number off.
fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..63).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unpack(blocks: Vec<Packed>) -> Vec<(i64, String)> {
        let mut events = Vec::new();
        for block in blocks {
            let head = Head::decode(block.first, &block.head.into()).unwrap();
            let messages = Messages::decode(&block.messages.into()).unwrap();
            assert_eq!((head.ingested, &messages.origin[..]), (99, &b"{}"[..]));
            assert_eq!(head.last(), Ok(*head.all_times().unwrap().last().unwrap()));
            assert_eq!(bucket(head.first), bucket(head.last().unwrap()));
            for (index, time) in head.all_times().unwrap().into_iter().enumerate() {
                events.push((time, messages.message(index).unwrap().to_owned()));
            }
            assert_eq!(messages.message(head.count), Err(Damaged));
        }
        events
    }

    #[test]
    fn large_batches_and_edges_of_time_end_a_block() {
        let long = "x".repeat(FULL);
        let events = [(0, "a"), (BUCKET - 1, "b"), (BUCKET, "c"), (BUCKET, &long), (BUCKET, "d")];
        let blocks = pack(&events, 99, b"{}");
        assert_eq!(blocks.iter().map(|block| block.first).collect::<Vec<_>>(), [0, BUCKET, BUCKET, BUCKET]);
        assert_eq!(unpack(blocks).len(), events.len());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(steps in prop::collection::vec((0i64..200_000, ".{0,20}"), 0..50)) {
            let mut time = 1_700_000_000_000;
            let events: Vec<(i64, String)> = steps.into_iter().map(|(step, message)| { time += step; (time, message) }).collect();
            let given: Vec<_> = events.iter().map(|(time, message)| (*time, message.as_str())).collect();
            prop_assert_eq!(unpack(pack(&given, 99, b"{}")), events);
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let bytes = Bytes::from([&[FORM], &bytes[..]].concat());
            if let Ok(head) = Head::decode(7, &bytes) { _ = head.all_times(); }
            if let Ok(messages) = Messages::decode(&bytes) { _ = messages.message(0); }
        }
    }
}
