use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use kurodo_keys::SecretKey;

use super::disk::{Disk, Files, Segments, lock};
use super::queue::Queue;
use super::reader::{Reader, split};
use super::scan::{Opened, Scan, Step};
use super::segment::{Previous, name};
use super::writer::Writer;
use super::{Log, LogError, Options, Stage};

/// What opening a log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The position of the oldest entry.
    pub first: u64,
    /// The position after the newest entry: where the next one goes.
    pub end: u64,
    /// The newest entry, as the stage laid it.
    pub last: Option<Bytes>,
    /// Bytes of a torn end that were cut off. No entry in them was ever acknowledged, unless the disk lied.
    pub torn: u64,
}

/// A log that is open and locked, before its writing thread starts.
pub struct Recovered {
    lock: File,
    key: SecretKey,
    options: Options,
    recovery: Recovery,
    previous: Previous,
    reader: Reader,
    disk: Box<dyn Disk>,
}

impl Recovered {
    pub(super) fn open(path: &Path, key: &SecretKey, options: Options) -> Result<Self, LogError> {
        let lock = lock(path)?;
        let reader = Reader::new(path, key);
        let mut disk = Files::open(path)?;
        let (recovery, previous) = recover(reader.segments(), reader.key(), &mut disk)?;
        if recovery.torn > 0 {
            tracing::warn!(bytes = recovery.torn, end = recovery.end, "cut off the log's torn end");
        }
        let key = own_key(key);
        Ok(Self { lock, key, options, recovery, previous, reader, disk: Box::new(disk) })
    }

    /// What was found.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Reads what is there.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Writes new segments to another place than the directory.
    #[must_use]
    pub fn on(self, disk: impl Disk) -> Self {
        Self { disk: Box::new(disk), ..self }
    }

    /// Starts the writing thread.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn start(self, stage: impl Stage) -> Result<Log, LogError> {
        let (queue, progress) = Queue::new(self.recovery.end, &self.options);
        let writer = Writer {
            key: self.key,
            segment_bytes: self.options.segment_bytes,
            disk: self.disk,
            queue: Arc::clone(&queue),
            progress,
            stage,
            previous: self.previous,
            current: None,
            stale: None,
            rotated: false,
        };
        let lock = self.lock;
        let work = move || {
            writer.run();
            drop(lock);
        };
        let thread = std::thread::Builder::new().name("log".into()).spawn(work);
        Ok(Log::new(queue, self.reader, thread.map_err(LogError::io("start the thread of"))?))
    }
}

/// The key of one log, below the one that it is opened with.
pub(super) fn own_key(key: &SecretKey) -> SecretKey {
    key.derive("log", b"")
}

/// Finds the end. Segments that a crash left without a whole frame are removed, a torn end is cut off.
fn recover(segments: &Segments, key: &SecretKey, disk: &mut Files) -> Result<(Recovery, Previous), LogError> {
    let list = segments.list()?;
    let first = list.first().map_or(0, |segment| segment.first);
    let mut torn = 0;
    for segment in list.iter().rev() {
        let Some((recovery, previous)) = last_segment(segments, key, segment.first, &mut torn)? else {
            torn += segment.bytes;
            disk.remove(&name(segment.first)).map_err(LogError::io("remove a torn segment of"))?;
            continue;
        };
        return Ok((Recovery { first, torn, ..recovery }, previous));
    }
    Ok((Recovery { first, end: first, last: None, torn }, Previous::default()))
}

/// What the segment ends with; none if it has no whole frame.
fn last_segment(
    segments: &Segments,
    key: &SecretKey,
    first: u64,
    torn: &mut u64,
) -> Result<Option<(Recovery, Previous)>, LogError> {
    let Opened::Scan(mut scan) = Scan::open(segments, key, first)? else { return Ok(None) };
    let mut last = None;
    while let Step::Frame(frame) = scan.step()? {
        last = split(&frame.entries).last().or(last);
    }
    if scan.next_position() == first {
        return Ok(None);
    }
    let behind = scan.behind()?;
    if behind > 0 {
        cut(segments, first, scan.offset())?;
        *torn += behind;
    }
    let previous = Previous { id: scan.head().id, length: scan.offset() };
    Ok(Some((Recovery { first, end: scan.next_position(), last, torn: 0 }, previous)))
}

fn cut(segments: &Segments, first: u64, length: u64) -> Result<(), LogError> {
    let act = LogError::io("cut off the torn end of");
    let file = File::options().write(true).open(segments.path().join(name(first))).map_err(&act)?;
    file.set_len(length).and_then(|()| file.sync_all()).map_err(act)
}
