//! Reading the events of streams in the order of their ids, whichever way.

use std::{cmp::Ordering, collections::BinaryHeap, iter::Peekable};

use kurodo_store::{Cursor, Place, Reader, Record, Scan};

use crate::{
    Error,
    block::{BUCKET, Damaged, Head, Messages, bucket},
    event::EventId,
    layout,
    locks::Locks,
};

/// Which events are asked for: from an id on, up to but without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: EventId,
    pub(crate) until: EventId,
}

impl Range {
    /// The events from this time on, up to but without that one.
    pub(crate) fn of_times(from: i64, until: i64) -> Self {
        Self { from: EventId::before(from), until: EventId::before(until) }
    }

    fn holds(self, id: EventId) -> bool {
        self.from <= id && id < self.until
    }
}

/// Which way events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Forward,
    Backward,
}

/// An event that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: EventId,
    /// When it was received, in milliseconds since 1970.
    pub(crate) ingested: i64,
    pub(crate) message: String,
}

/// A walk through the events of one stream. One bucket's heads are in memory at a time, and the messages of those
/// blocks that are being read.
pub(crate) struct Walk<'r> {
    reader: &'r Reader<'r>,
    locks: &'r Locks,
    /// Where the events of the stream lie, below the reader's scope.
    stream: Vec<u8>,
    range: Range,
    way: Way,
    heads: Peekable<Cursor>,
    open: BinaryHeap<Open>,
}

impl<'r> Walk<'r> {
    pub(crate) fn new(
        (reader, locks): (&'r Reader<'r>, &'r Locks),
        stream: Vec<u8>,
        range: Range,
        way: Way,
    ) -> Result<Self, Error> {
        let scan = Scan::within([&stream[..], &layout::heads()].concat());
        let below = |time| [&stream[..], &layout::heads_at(time)].concat();
        let scan = match way {
            Way::Forward => scan.from(below(bucket(range.from.time()).saturating_mul(BUCKET))),
            // A head of the last time itself may be in the range, by what follows the time in its id.
            Way::Backward => scan.backward().after(below(range.until.time().saturating_add(1))),
        };
        let heads = reader.cursor(&scan)?.peekable();
        Ok(Self { reader, locks, stream, range, way, heads, open: BinaryHeap::new() })
    }

    /// The id of the next event.
    pub(crate) fn peek(&mut self) -> Result<Option<EventId>, Error> {
        while self.open.is_empty() {
            if !self.open_bucket()? {
                return Ok(None);
            }
        }
        Ok(self.open.peek().map(|open| open.id))
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Result<Option<Found>, Error> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let Some(mut open) = self.open.pop() else { return Ok(None) };
        let index = open.index;
        let message = open.messages((self.reader, self.locks), &self.stream)?.message(index)?.to_owned();
        let found = Found { id: open.id, ingested: open.ingested, message };
        if open.advance(self.range) {
            self.open.push(open);
        }
        Ok(Some(found))
    }

    /// Opens the blocks of the next bucket; false where there is none.
    fn open_bucket(&mut self) -> Result<bool, Error> {
        let Some((first, ..)) = self.peek_head()? else { return Ok(false) };
        if self.way == Way::Forward && first >= self.range.until.time().saturating_add(1) {
            return Ok(false);
        }
        let this = bucket(first);
        if self.way == Way::Backward && this < bucket(self.range.from.time()) {
            return Ok(false);
        }
        while let Some((first, place, record)) =
            self.peek_head()?.filter(|(first, ..)| bucket(*first) == this)
        {
            let head = Head::decode(first, &record.value)?;
            self.open.extend(Open::new(&head, place, self.way, self.range)?);
            self.heads.next();
        }
        Ok(true)
    }

    fn peek_head(&mut self) -> Result<Option<(i64, Place, Record)>, Error> {
        let record = match self.heads.peek() {
            Some(Ok(record)) => record.clone(),
            Some(Err(_)) => {
                return Err(self.heads.next().and_then(Result::err).map_or(Damaged.into(), Error::from));
            }
            None => return Ok(None),
        };
        let key = record.key.get(self.stream.len()..).unwrap_or_default();
        let (first, place) = layout::parse_head(key).ok_or(Damaged)?;
        Ok(Some((first, place, record)))
    }
}

/// A block that is being read. The one whose event is next is the greatest.
struct Open {
    id: EventId,
    index: usize,
    times: Vec<i64>,
    ingested: i64,
    place: Place,
    way: Way,
    messages: Option<Messages>,
}

impl Open {
    /// The block at its first event that is in the range; `None` where it has none.
    fn new(head: &Head, place: Place, way: Way, range: Range) -> Result<Option<Self>, Error> {
        let times = head.all_times()?;
        let in_range = |(index, time): &(usize, &i64)| range.holds(EventId::new(**time, place, *index));
        let found = match way {
            Way::Forward => times.iter().enumerate().find(in_range),
            Way::Backward => times.iter().enumerate().rfind(in_range),
        };
        let Some((index, id)) = found.map(|(index, time)| (index, EventId::new(*time, place, index))) else {
            return Ok(None);
        };
        Ok(Some(Self { id, index, times, ingested: head.ingested, place, way, messages: None }))
    }

    /// Goes on to the next event; false where that is not in the range.
    fn advance(&mut self, range: Range) -> bool {
        let next = match self.way {
            Way::Forward => self.index.checked_add(1),
            Way::Backward => self.index.checked_sub(1),
        };
        let Some((index, time)) = next.and_then(|index| Some((index, *self.times.get(index)?))) else {
            return false;
        };
        (self.index, self.id) = (index, EventId::new(time, self.place, index));
        range.holds(self.id)
    }

    fn messages(&mut self, from: (&Reader<'_>, &Locks), stream: &[u8]) -> Result<&Messages, Error> {
        if self.messages.is_none() {
            self.messages = Some(messages(from, stream, self.place)?);
        }
        self.messages.as_ref().ok_or_else(|| Damaged.into())
    }
}

/// The messages of the block whose head has this place.
pub(crate) fn messages(
    (reader, locks): (&Reader<'_>, &Locks),
    stream: &[u8],
    head: Place,
) -> Result<Messages, Error> {
    let found = reader.get([stream, &layout::messages_of(head)].concat())?;
    Ok(Messages::decode(&locks.unseal(found.ok_or(Damaged)?.value)?)?)
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.way {
            Way::Forward => other.id.cmp(&self.id),
            Way::Backward => self.id.cmp(&other.id),
        }
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

/// A walk through the events of several streams at once.
pub(crate) struct Merge<'r> {
    walks: Vec<(String, Walk<'r>)>,
    /// Which walk has the next event. The greatest rank is next.
    next: BinaryHeap<(EventId, usize)>,
    way: Way,
}

impl<'r> Merge<'r> {
    /// The events of these streams, which have names and ids.
    pub(crate) fn new(
        from: (&'r Reader<'r>, &'r Locks),
        streams: Vec<(String, u64)>,
        range: Range,
        way: Way,
    ) -> Result<Self, Error> {
        let mut merge = Self { walks: Vec::new(), next: BinaryHeap::new(), way };
        for (name, id) in streams {
            let mut walk = Walk::new(from, layout::events_below(id), range, way)?;
            if let Some(id) = walk.peek()? {
                merge.next.push((rank(way, id), merge.walks.len()));
                merge.walks.push((name, walk));
            }
        }
        Ok(merge)
    }

    /// The next event, and its stream.
    pub(crate) fn next(&mut self) -> Result<Option<(&str, Found)>, Error> {
        let Some((_, at)) = self.next.pop() else { return Ok(None) };
        let (way, Some((name, walk))) = (self.way, self.walks.get_mut(at)) else { return Ok(None) };
        let found = walk.next()?;
        if let Some(id) = walk.peek()? {
            self.next.push((rank(way, id), at));
        }
        Ok(found.map(|found| (&**name, found)))
    }
}

fn rank(way: Way, id: EventId) -> EventId {
    match way {
        Way::Forward => id.reversed(),
        Way::Backward => id,
    }
}
