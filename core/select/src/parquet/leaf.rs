use std::ops::Range;

use bytes::Bytes;

use super::{
    BAD,
    bits::Hybrid,
    footer::Chunk,
    page::{Header, Kind},
    schema::Column,
    thrift::Stop,
    unpack::Unpacking,
    values::{Dictionary, Values},
};
use crate::{MOST_RECORD, SelectError, json::Node};

/// The longest header of a page, which may have a least and a greatest value in it.
const MOST_HEADER: usize = MOST_RECORD;

/// A value with its levels, or none where there is a null or an empty list.
pub(super) struct Triple {
    pub(super) rep: u32,
    pub(super) def: u32,
    pub(super) value: Option<Node>,
}

/// What a column needs before it has its part of the next row.
pub(super) enum Need {
    Nothing,
    /// These bytes of the object.
    Bytes(Range<u64>),
    /// It has done some work, and goes on when it is asked again.
    Pause,
}

/// What all columns have in common.
#[derive(Default)]
pub(super) struct Meter {
    /// Bytes that the other columns hold.
    pub(super) held: usize,
    /// Bytes that were unpacked, in all and in the group of rows.
    pub(super) processed: u64,
    pub(super) group: u64,
    /// Bytes that were worked on and not told yet.
    pub(super) work: usize,
    /// About how many bytes the row has.
    pub(super) row: usize,
}

/// A column of a group of rows, on its way through its pages.
pub(super) struct Leaf {
    column: Column,
    chunk: Chunk,
    /// How many bytes are asked for at once.
    ahead: u64,
    /// What came and was not looked at yet begins here.
    raw: Vec<u8>,
    at: usize,
    unpacking: Option<(Header, Bytes, Unpacking)>,
    dictionary: Option<Dictionary>,
    page: Option<Page>,
    /// Levels that were read and belong to the next row.
    peeked: Option<(u32, u32)>,
    record: Vec<Triple>,
    whole: bool,
}

struct Page {
    reps: Option<Hybrid>,
    defs: Option<Hybrid>,
    values: Values,
    left: usize,
    size: usize,
}

impl Leaf {
    pub(super) fn new(column: Column, chunk: Chunk, ahead: u64) -> Self {
        Self {
            column,
            chunk,
            ahead,
            raw: Vec::new(),
            at: 0,
            unpacking: None,
            dictionary: None,
            page: None,
            peeked: None,
            record: Vec::new(),
            whole: false,
        }
    }

    /// The bytes that it holds.
    pub(super) fn held(&self) -> usize {
        let packed = self.unpacking.as_ref().map_or(0, |(header, ..)| header.packed + header.unpacked);
        let dictionary = self.dictionary.as_ref().map_or(0, Dictionary::size);
        self.raw.capacity() + packed + dictionary + self.page.as_ref().map_or(0, |page| page.size)
    }

    /// Takes bytes that it needed.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.raw.drain(..self.at);
        self.at = 0;
        self.raw.extend_from_slice(bytes);
        self.chunk.next += bytes.len() as u64;
    }

    /// Its part of the row, once it needs nothing.
    pub(super) fn record(&mut self) -> &mut Vec<Triple> {
        &mut self.record
    }

    pub(super) fn next_row(&mut self) {
        self.record.clear();
        self.whole = false;
    }

    /// Whether all of its values were given.
    pub(super) fn is_spent(&self) -> bool {
        self.chunk.values == 0
            && self.peeked.is_none()
            && self.page.as_ref().is_none_or(|page| page.left == 0)
    }

    /// Reads on until its part of the next row is there.
    pub(super) fn fill(&mut self, meter: &mut Meter, room: usize) -> Result<Need, SelectError> {
        while !self.whole {
            if self.page.as_ref().is_some_and(|page| page.left > 0) {
                self.take(meter)?;
                continue;
            }
            self.page = None;
            if self.chunk.values == 0 {
                if self.record.is_empty() {
                    return Err(BAD);
                }
                self.whole = true;
                continue;
            }
            match self.next_page(meter, room)? {
                Need::Nothing => {}
                need => return Ok(need),
            }
        }
        Ok(Need::Nothing)
    }

    /// Takes a value, unless it belongs to the next row.
    fn take(&mut self, meter: &mut Meter) -> Result<(), SelectError> {
        let Some(page) = &mut self.page else { return Err(BAD) };
        let (rep, def) = match self.peeked.take() {
            Some(levels) => levels,
            None => page.levels(&self.column)?,
        };
        match (rep, self.record.is_empty()) {
            (0, false) => {
                (self.peeked, self.whole) = (Some((rep, def)), true);
                return Ok(());
            }
            (1.., true) => return Err(BAD),
            _ => {}
        }
        let value = match def == self.column.def {
            true => Some(self.column.kind.node(page.values.next(self.dictionary.as_ref())?)?),
            false => None,
        };
        meter.row += self.column.names;
        meter.row += match &value {
            Some(Node::Text(text)) => text.len() + 2,
            _ => 4,
        };
        if meter.row > MOST_RECORD {
            return Err(SelectError::OverMaxRecordSize);
        }
        page.left -= 1;
        self.record.push(Triple { rep, def, value });
        self.whole = self.column.rep == 0;
        Ok(())
    }

    /// Makes the next page ready.
    fn next_page(&mut self, meter: &mut Meter, room: usize) -> Result<Need, SelectError> {
        if self.unpacking.is_none() {
            match self.begin(meter, room)? {
                Need::Nothing => {}
                need => return Ok(need),
            }
        }
        let Some((header, levels, unpacking)) = &mut self.unpacking else { return Ok(Need::Nothing) };
        meter.work += header.unpacked.min(1024 * 1024);
        let wanted = header.unpacked.checked_sub(levels.len()).ok_or(BAD)?;
        let Some(body) = unpacking.next(wanted)? else { return Ok(Need::Pause) };
        let (header, levels) = (*header, std::mem::take(levels));
        self.unpacking = None;
        self.open(header, levels, body)?;
        Ok(Need::Nothing)
    }

    /// Begins with a page, once all of it is there.
    fn begin(&mut self, meter: &mut Meter, room: usize) -> Result<Need, SelectError> {
        let raw = self.raw.get(self.at..).unwrap_or_default();
        let (header, length) = match Header::read(raw) {
            Ok(header) => header,
            Err(Stop::Short) if raw.len() <= MOST_HEADER => return self.want(raw.len() + 1),
            Err(stop) => return Err(stop.into()),
        };
        if header.packed.saturating_add(header.unpacked) > room {
            return Err(SelectError::OverMaxParquetBlockSize);
        }
        let Some(body) = raw.get(length..length + header.packed) else {
            return self.want(length + header.packed);
        };
        check(&header, body)?;
        let kind = header.kind(self.column.def, self.column.rep)?;
        let levels = match kind {
            Kind::Second(rep, def) => rep.checked_add(def).ok_or(BAD)?,
            _ => 0,
        };
        let (levels, body) = body.split_at_checked(levels).ok_or(BAD)?;
        if kind != Kind::Other {
            let codec = if header.is_plain() { super::unpack::Codec::Plain } else { self.chunk.codec };
            let unpacking = Unpacking::new(codec, Bytes::copy_from_slice(body));
            self.unpacking = Some((header, Bytes::copy_from_slice(levels), unpacking));
            meter.processed += header.unpacked as u64;
            meter.group += header.unpacked as u64;
        }
        self.at += length + header.packed;
        Ok(Need::Nothing)
    }

    /// Asks for bytes, so that there are so many, or some more.
    fn want(&self, count: usize) -> Result<Need, SelectError> {
        let more = (count - (self.raw.len() - self.at)) as u64;
        let left = self.chunk.end.saturating_sub(self.chunk.next);
        if more > left {
            return Err(BAD);
        }
        let end = self.chunk.next + more.max(self.ahead).min(left);
        Ok(Need::Bytes(self.chunk.next..end))
    }

    fn open(&mut self, header: Header, levels: Bytes, body: Bytes) -> Result<(), SelectError> {
        let Column { def, rep, physical, .. } = self.column;
        let kind = header.kind(def, rep)?;
        if kind == Kind::Dictionary {
            self.dictionary = Some(Dictionary::new(body, header.values, physical)?);
            return Ok(());
        }
        let (mut rest, size) = (body, header.unpacked);
        let (reps, defs) = match kind {
            Kind::Second(reps, _) => (levels.slice(..reps), levels.slice(reps..)),
            _ => (before(rep, &mut rest)?, before(def, &mut rest)?),
        };
        self.chunk.values = self.chunk.values.checked_sub(header.values as u64).ok_or(BAD)?;
        self.page = Some(Page {
            reps: self::levels(rep, reps)?,
            defs: self::levels(def, defs)?,
            values: Values::new(header.encoding, rest, physical)?,
            left: header.values,
            size,
        });
        Ok(())
    }
}

/// Levels that lie before the values, behind their length in four bytes.
fn before(most: u32, rest: &mut Bytes) -> Result<Bytes, SelectError> {
    if most == 0 {
        return Ok(Bytes::new());
    }
    let length = u32::from_le_bytes(*rest.first_chunk().ok_or(BAD)?) as usize;
    if length > rest.len() - 4 {
        return Err(BAD);
    }
    let mut levels = rest.split_to(4 + length);
    Ok(levels.split_off(4))
}

/// Levels up to this one.
fn levels(most: u32, bytes: Bytes) -> Result<Option<Hybrid>, SelectError> {
    (most > 0).then(|| Hybrid::new(bytes, u32::BITS - most.leading_zeros())).transpose()
}

fn check(header: &Header, body: &[u8]) -> Result<(), SelectError> {
    let Some(told) = header.crc else { return Ok(()) };
    let mut crc = flate2::Crc::new();
    crc.update(body);
    if crc.sum() == told { Ok(()) } else { Err(BAD) }
}

impl Page {
    /// The next levels, of repetition and of definition.
    fn levels(&mut self, column: &Column) -> Result<(u32, u32), SelectError> {
        let rep = self.reps.as_mut().map_or(Ok(0), Hybrid::next)?;
        let def = self.defs.as_mut().map_or(Ok(0), Hybrid::next)?;
        if rep > column.rep || def > column.def { Err(BAD) } else { Ok((rep, def)) }
    }
}
