use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use kurodo_keys::SecretKey;

use super::LogError;
use super::disk::Segments;
use super::segment::{FRAME, FrameHead, HEADER, Head, Segment, name};

const WINDOW: usize = 256 << 10;
/// What a disk writes whole or not at all, in bytes.
const SECTOR: u64 = 512;

/// Goes through the frames of one segment.
pub(super) struct Scan {
    segment: Segment,
    window: Window,
    offset: u64,
    index: u32,
    next: u64,
    /// The length that counts, if the segment after this one has said it.
    limit: Option<u64>,
}

/// The entries of a frame, each behind its length in four bytes.
pub(super) struct Frame {
    pub(super) first: u64,
    pub(super) entries: Bytes,
}

/// What comes next in a segment.
pub(super) enum Step {
    Frame(Frame),
    /// Nothing whole; and nothing authentic behind it.
    End,
}

/// What a segment's file holds where its head should be.
pub(super) enum Opened {
    Scan(Box<Scan>),
    Missing,
    /// A head that a crash tore: too short, or never written.
    Torn,
}

impl Scan {
    pub(super) fn open(segments: &Segments, key: &SecretKey, first: u64) -> Result<Opened, LogError> {
        let Some(file) = segments.open(first)? else { return Ok(Opened::Missing) };
        let mut window = Window { file, start: 0, bytes: Vec::new() };
        let Some(head) = window.at(0, HEADER)? else { return Ok(Opened::Torn) };
        if head.iter().all(|byte| *byte == 0) {
            return Ok(Opened::Torn);
        }
        let damaged = |what| LogError::Damaged { segment: name(first), offset: 0, what };
        let segment = Segment::parse(key, head).ok_or_else(|| damaged("the head is not authentic"))?;
        if segment.head.first != first {
            return Err(damaged("the file has another segment's name"));
        }
        let scan = Self { segment, window, offset: HEADER as u64, index: 0, next: first, limit: None };
        Ok(Opened::Scan(Box::new(scan)))
    }

    pub(super) fn head(&self) -> &Head {
        &self.segment.head
    }

    /// The position after the frames that have been read.
    pub(super) fn next_position(&self) -> u64 {
        self.next
    }

    /// The end of the frames that have been read, in bytes.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes that lie behind.
    pub(super) fn behind(&self) -> Result<u64, LogError> {
        Ok(self.window.length()?.saturating_sub(self.offset))
    }

    /// The next segment says that this one ends here.
    pub(super) fn limit(&mut self, length: u64) {
        self.limit = Some(length);
    }

    /// Whether frames were read that the next segment holds again: the disk had failed to make them durable here.
    pub(super) fn passed(&self) -> bool {
        self.limit.is_some_and(|limit| self.offset > limit)
    }

    /// Whether the segment was read to the length that the next one says.
    pub(super) fn complete(&self) -> bool {
        self.limit == Some(self.offset)
    }

    pub(super) fn damaged(&self, what: &'static str) -> LogError {
        LogError::Damaged { segment: name(self.segment.head.first), offset: self.offset, what }
    }

    pub(super) fn step(&mut self) -> Result<Step, LogError> {
        if self.limit.is_some_and(|limit| self.offset >= limit) {
            return Ok(Step::End);
        }
        if let Some(frame) = self.frame()? {
            return Ok(Step::Frame(frame));
        }
        // The frame may have been completed since: what counts is one look at all that there is.
        let rest = self.window.look(self.offset)?;
        if let Some(frame) = self.frame()? {
            return Ok(Step::Frame(frame));
        }
        if self.limit.is_some() || !self.torn(&rest) || self.authentic_behind(&rest) {
            return Err(self.damaged("a frame is missing or not authentic"));
        }
        Ok(Step::End)
    }

    /// The next frame, if it is there, whole and authentic.
    fn frame(&mut self) -> Result<Option<Frame>, LogError> {
        let Some(head) = self.head_at(self.offset)? else { return Ok(None) };
        if (head.index, head.first) != (self.index, self.next) {
            return Ok(None);
        }
        let Some(entries) = self.body(self.offset, head)? else { return Ok(None) };
        self.offset += FRAME as u64 + u64::from(head.length);
        self.index = self.index.saturating_add(1);
        self.next = head.first.saturating_add(u64::from(head.count));
        Ok(Some(Frame { first: head.first, entries }))
    }

    /// As [`Scan::step`], without reading the entries of frames that end at or before `position`. What is passed over
    /// is not authenticated.
    pub(super) fn skip_to(&mut self, position: u64) -> Result<(), LogError> {
        while let Some(head) = self.head_at(self.offset)? {
            let end = head.first.saturating_add(u64::from(head.count));
            let behind = self.offset + FRAME as u64 + u64::from(head.length);
            let fits = (head.index, head.first) == (self.index, self.next);
            if !fits || end > position || behind > self.limit.unwrap_or(u64::MAX) {
                break;
            }
            (self.offset, self.index, self.next) = (behind, self.index.saturating_add(1), end);
        }
        Ok(())
    }

    fn head_at(&mut self, offset: u64) -> Result<Option<FrameHead>, LogError> {
        Ok(self.window.at(offset, FRAME)?.and_then(|bytes| self.segment.parse_frame(bytes)))
    }

    fn body(&mut self, offset: u64, head: FrameHead) -> Result<Option<Bytes>, LogError> {
        let body = self.window.at(offset + FRAME as u64, head.length as usize)?;
        Ok(body.and_then(|body| self.segment.open_frame(head, body.to_vec())))
    }

    /// Whether these bytes, which are not a frame, can be what a crash left of one: the file then ends before the frame
    /// does, or a sector of it was never written and reads as zeros. Anything else was changed later.
    fn torn(&self, rest: &[u8]) -> bool {
        let head = self.segment.parse_frame(rest).filter(|head| head.index == self.index);
        let end = head.map_or(FRAME, |head| FRAME + head.length as usize);
        let Some(frame) = rest.get(..end) else { return true };
        let lead = (SECTOR - self.offset % SECTOR) as usize;
        let (first, others) = frame.split_at_checked(lead).unwrap_or((frame, &[]));
        std::iter::once(first)
            .chain(others.chunks(SECTOR as usize))
            .any(|sector| sector.iter().all(|b| *b == 0))
    }

    /// Whether any authentic frame lies behind the place where one is missing: then it is damage, not a torn end.
    fn authentic_behind(&self, rest: &[u8]) -> bool {
        let marker = self.segment.marker();
        let behind = |at: usize| rest.get(at..).filter(|bytes| bytes.starts_with(&marker));
        (1..rest.len()).filter_map(behind).any(|bytes| self.is_frame(bytes))
    }

    fn is_frame(&self, bytes: &[u8]) -> bool {
        let Some(head) = self.segment.parse_frame(bytes) else { return false };
        let body = bytes.get(FRAME..).and_then(|body| body.get(..head.length as usize));
        body.is_some_and(|body| self.segment.open_frame(head, body.to_vec()).is_some())
    }
}

/// A file, read a window at a time.
struct Window {
    file: File,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn length(&self) -> Result<u64, LogError> {
        Ok(self.file.metadata().map_err(LogError::io("look at a segment of"))?.len())
    }

    /// The bytes there; none if the file ends before.
    fn at(&mut self, offset: u64, length: usize) -> Result<Option<&[u8]>, LogError> {
        if self.within(offset, length).is_none() {
            let left = self.length()?.saturating_sub(offset);
            if left < length as u64 {
                return Ok(None);
            }
            self.fill(offset, left.min(length.max(WINDOW) as u64) as usize)?;
        }
        Ok(self.within(offset, length).and_then(|range| self.bytes.get(range)))
    }

    fn within(&self, offset: u64, length: usize) -> Option<std::ops::Range<usize>> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        let end = from.checked_add(length)?;
        (end <= self.bytes.len()).then_some(from..end)
    }

    fn fill(&mut self, offset: u64, length: usize) -> Result<(), LogError> {
        (self.start, self.bytes) = (offset, read(&self.file, offset, length)?);
        Ok(())
    }

    /// Reads everything from there on, once more, and gives it.
    fn look(&mut self, offset: u64) -> Result<Vec<u8>, LogError> {
        let left = self.length()?.saturating_sub(offset);
        self.fill(offset, usize::try_from(left).unwrap_or(usize::MAX))?;
        Ok(self.bytes.clone())
    }
}

/// As much of the range as the file has.
fn read(file: &File, offset: u64, length: usize) -> Result<Vec<u8>, LogError> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read_at(room, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(LogError::io("read")(error)),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
