use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use kurodo_keys::SecretKey;

use super::LogError;
use super::disk::Segments;
use super::recover::own_key;
use super::scan::{Opened, Scan, Step};
use super::segment::name;

/// Reads a log, also while another process writes it. Cloning it is cheap. All of it blocks.
#[derive(Clone)]
pub struct Reader {
    segments: Segments,
    key: Arc<SecretKey>,
}

/// An entry as the stage laid it, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Entries count from zero.
    pub position: u64,
    /// The bytes.
    pub bytes: Bytes,
}

impl Reader {
    /// Reads the log in this directory, which need not exist yet.
    pub fn new(path: &Path, key: &SecretKey) -> Self {
        Self { segments: Segments::of(path), key: Arc::new(own_key(key)) }
    }

    /// The segments that there are.
    pub fn segments(&self) -> &Segments {
        &self.segments
    }

    pub(super) fn key(&self) -> &SecretKey {
        &self.key
    }

    /// The entries from this position on, to the end and, asked again, beyond.
    ///
    /// # Errors
    /// [`LogError::Dropped`] when the position lies before the oldest entry; [`LogError::Io`].
    pub fn from(&self, position: u64) -> Result<Entries, LogError> {
        Entries::new(self, position)
    }

    /// All entries, from the oldest.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn all(&self) -> Result<Entries, LogError> {
        self.from(self.first()?)
    }

    /// The position of the oldest entry.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn first(&self) -> Result<u64, LogError> {
        Ok(self.segments.list()?.first().map_or(0, |segment| segment.first))
    }

    /// The mark that the stage gave when the segment with this first position was begun; none if there is no such
    /// segment, or not yet.
    ///
    /// # Errors
    /// [`LogError::Damaged`], [`LogError::Io`].
    pub fn mark(&self, first: u64) -> Result<Option<[u8; 32]>, LogError> {
        match self.open(first)? {
            Opened::Scan(scan) => Ok(Some(scan.head().mark)),
            Opened::Missing | Opened::Torn => Ok(None),
        }
    }

    fn open(&self, first: u64) -> Result<Opened, LogError> {
        Scan::open(&self.segments, &self.key, first)
    }

    /// The segment that holds this position, and what the one after it says of its length.
    fn segment_of(&self, position: u64) -> Result<Option<Box<Scan>>, LogError> {
        let list = self.segments.list()?;
        let Some(at) = list.iter().rposition(|segment| segment.first <= position) else {
            let dropped = list.first().map(|oldest| LogError::Dropped { first: oldest.first });
            return dropped.map_or(Ok(None), Err);
        };
        let mut firsts = list.iter().skip(at).map(|segment| segment.first);
        let (first, next) = (firsts.next().unwrap_or_default(), firsts.next());
        match (self.open(first)?, next) {
            (Opened::Scan(mut scan), Some(next)) => {
                // What is wrong with the next one is told when the reading gets there.
                if let Ok(Opened::Scan(next)) = self.open(next) {
                    let _ = join(&mut scan, &next);
                }
                Ok(Some(scan))
            }
            (Opened::Scan(scan), None) => Ok(Some(scan)),
            (Opened::Torn, Some(_)) => Err(headless(first)),
            (Opened::Missing, Some(next)) => Err(LogError::Dropped { first: next }),
            (Opened::Torn | Opened::Missing, None) => Ok(None),
        }
    }
}

fn headless(first: u64) -> LogError {
    LogError::Damaged { segment: name(first), offset: 0, what: "the head is missing" }
}

/// Takes over what the next segment says of the end of this one.
fn join(scan: &mut Scan, next: &Scan) -> Result<(), LogError> {
    if next.head().previous.id != scan.head().id {
        let what = "the segment before it is another than the one it was written after";
        return Err(LogError::Damaged { segment: name(next.head().first), offset: 0, what });
    }
    scan.limit(next.head().previous.length);
    Ok(())
}

/// The entries of a log, in order. At the end it gives none, and more once there is more.
pub struct Entries {
    reader: Reader,
    /// The next position to give.
    position: u64,
    scan: Option<Box<Scan>>,
    frame: Bytes,
    failed: bool,
}

impl Entries {
    fn new(reader: &Reader, position: u64) -> Result<Self, LogError> {
        let mut entries =
            Self { reader: reader.clone(), position, scan: None, frame: Bytes::new(), failed: false };
        entries.find()?;
        Ok(entries)
    }

    /// The position of the entry that comes next.
    pub fn next_position(&self) -> u64 {
        self.position
    }

    /// Opens the segment of the next position.
    fn find(&mut self) -> Result<bool, LogError> {
        self.scan = self.reader.segment_of(self.position)?;
        if let Some(scan) = &mut self.scan {
            scan.skip_to(self.position)?;
        }
        Ok(self.scan.is_some())
    }

    fn advance(&mut self) -> Result<Option<Entry>, LogError> {
        loop {
            if let Some(bytes) = take(&mut self.frame) {
                let position = self.position;
                self.position += 1;
                return Ok(Some(Entry { position, bytes }));
            }
            if !self.next_frame()? {
                return Ok(None);
            }
        }
    }

    fn next_frame(&mut self) -> Result<bool, LogError> {
        loop {
            let Some(scan) = &mut self.scan else {
                if self.find()? {
                    continue;
                }
                return Ok(false);
            };
            match scan.step()? {
                Step::Frame(frame) => {
                    self.frame = frame.entries;
                    for _ in frame.first..self.position {
                        take(&mut self.frame);
                    }
                    return Ok(true);
                }
                Step::End if !self.follow()? => return Ok(false),
                Step::End => {}
            }
        }
    }

    /// Goes on to the next segment, if there is one. In the newest one there is nothing more, or not yet.
    fn follow(&mut self) -> Result<bool, LogError> {
        let Some(scan) = &mut self.scan else { return Ok(false) };
        let here = scan.head().first;
        let list = self.reader.segments.list()?;
        let mut later = list.iter().map(|segment| segment.first).filter(|first| *first > here);
        let (Some(first), beyond) = (later.next(), later.next()) else { return Ok(false) };
        match (self.reader.open(first)?, beyond) {
            (Opened::Scan(next), _) => join(scan, &next)?,
            (Opened::Torn, Some(_)) => return Err(headless(first)),
            (Opened::Missing, Some(first)) => return Err(LogError::Dropped { first }),
            (Opened::Torn | Opened::Missing, None) => return Ok(false),
        }
        if !scan.complete() && !scan.passed() {
            // It has grown since, or is shorter than the next one says: the next step tells.
            return Ok(true);
        }
        if scan.complete() && first != scan.next_position() {
            return Err(scan.damaged("entries are missing before the next segment"));
        }
        self.find()
    }
}

impl Iterator for Entries {
    type Item = Result<Entry, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let entry = self.advance();
        self.failed = entry.is_err();
        entry.transpose()
    }
}

/// Takes the first of the laid entries.
fn take(laid: &mut Bytes) -> Option<Bytes> {
    let (length, rest) = laid.split_first_chunk()?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > rest.len() {
        *laid = Bytes::new();
        return None;
    }
    let entry = laid.slice(4..4 + length);
    *laid = laid.slice(4 + length..);
    Some(entry)
}

/// The laid entries of a frame.
pub(super) fn split(laid: &Bytes) -> impl Iterator<Item = Bytes> + use<> {
    let mut laid = laid.clone();
    std::iter::from_fn(move || take(&mut laid))
}
