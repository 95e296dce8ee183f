use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kurodo_keys::SecretKey;
use kurodo_store::log::{Entries, LogError, Reader};

use crate::AuditError;
use crate::anchor::Anchor;
use crate::chain::parse;
use crate::line::{Line, is_about, read};
use crate::record::Record;
use crate::verify::{Progress, Report, verify};

/// Reads a trail, also while the server writes it. All of it blocks.
pub struct AuditReader {
    directory: PathBuf,
    key: SecretKey,
    log: Reader,
}

impl AuditReader {
    /// Reads the trail in this directory.
    ///
    /// # Errors
    /// [`AuditError::Anchor`] when there is no trail, or the key is another; [`AuditError::Unreadable`].
    pub fn open(directory: &Path, key: &SecretKey) -> Result<Self, AuditError> {
        let reader = Self::new(directory, key);
        reader.anchor()?;
        Ok(reader)
    }

    pub(crate) fn new(directory: &Path, key: &SecretKey) -> Self {
        let key = own_key(key);
        Self { directory: directory.to_owned(), log: Reader::new(directory, &key), key }
    }

    pub(crate) fn anchor(&self) -> Result<Anchor, AuditError> {
        let anchor = Anchor::read(&self.directory, &self.key).map_err(AuditError::Unreadable)?;
        anchor.ok_or_else(|| AuditError::Anchor(crate::anchor::path(&self.directory)))
    }

    /// Whether one of the anchor's two copies is there and does not open, as when a crash cut off its writing.
    pub fn anchor_is_spoiled(&self) -> bool {
        Anchor::is_spoiled(&self.directory, &self.key)
    }

    pub(crate) fn log(&self) -> &Reader {
        &self.log
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The request with this id; the newest, if the id was used twice. Looks through the newest segments first.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Line`].
    pub fn find(&self, request_id: &str) -> Result<Option<Record>, AuditError> {
        let mut end = None;
        for segment in self.segments_newest_first()? {
            let mut found = None;
            for line in segment {
                let (position, line) = line?;
                if !is_about(&line, request_id) {
                    continue;
                }
                match known(position, &line)? {
                    Line::Record(record) => found = Some(record),
                    Line::End { ending, .. } => end = Some(ending),
                }
            }
            if let Some(record) = found {
                return Ok(Some(record.ended(end)));
            }
        }
        Ok(None)
    }

    /// The newest `count` requests, the oldest of them first.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Line`].
    pub fn tail(&self, count: usize) -> Result<Vec<Record>, AuditError> {
        let mut segments = Vec::new();
        let mut seen = 0;
        for segment in self.segments_newest_first()? {
            let lines = segment.map(|line| line.and_then(|(position, line)| known(position, &line)));
            let lines: Vec<_> = lines.collect::<Result<_, _>>()?;
            seen += lines.iter().filter(|line| matches!(line, Line::Record(_))).count();
            segments.push(lines);
            if seen >= count {
                break;
            }
        }
        let mut records = merge(segments.into_iter().rev().flatten());
        Ok(records.split_off(records.len().saturating_sub(count)))
    }

    /// The requests that end from now on, as they do.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Anchor`].
    pub fn follow(&self) -> Result<Follow, AuditError> {
        let entries = self.log.from(self.anchor()?.end).map_err(AuditError::Unreadable)?;
        Ok(Follow { entries, open: HashMap::new() })
    }

    /// Goes through the whole trail: every frame's authenticity, the chain of hashes from the recorded beginning, and
    /// that it reaches at least as far as the anchor says. `progress` hears of it now and then.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`] when the disk fails. What is wrong with the trail is in the report.
    pub fn verify(&self, progress: impl FnMut(Progress)) -> Result<Report, AuditError> {
        verify(self, progress)
    }

    fn segments_newest_first(&self) -> Result<impl Iterator<Item = Lines>, AuditError> {
        let mut list = self.log.segments().list().map_err(AuditError::Unreadable)?;
        list.reverse();
        let ends = std::iter::once(u64::MAX).chain(list.clone().into_iter().map(|segment| segment.first));
        let log = self.log.clone();
        Ok(list.into_iter().zip(ends).map(move |(segment, end)| Lines::new(&log, segment.first, end)))
    }
}

/// The lines of one segment.
enum Lines {
    Entries(Box<Entries>, u64),
    Failed(Option<LogError>),
}

impl Lines {
    fn new(log: &Reader, first: u64, end: u64) -> Self {
        match log.from(first) {
            Ok(entries) => Self::Entries(Box::new(entries), end),
            // Retention was faster.
            Err(LogError::Dropped { .. }) => Self::Failed(None),
            Err(error) => Self::Failed(Some(error)),
        }
    }
}

impl Iterator for Lines {
    type Item = Result<(u64, Bytes), AuditError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Entries(entries, end) if entries.next_position() < *end => {
                let entry = entries.next()?.map_err(AuditError::Unreadable);
                Some(entry.and_then(|entry| {
                    let (_, line) = parse(&entry.bytes).ok_or(AuditError::Line(entry.position))?;
                    Ok((entry.position, line))
                }))
            }
            Self::Entries(..) => None,
            Self::Failed(error) => error.take().map(|error| Err(AuditError::Unreadable(error))),
        }
    }
}

/// The requests that end, one at a time.
pub struct Follow {
    entries: Entries,
    open: HashMap<String, Record>,
}

impl Follow {
    /// The next request that has ended; none if there is none yet.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Line`].
    pub fn poll(&mut self) -> Result<Option<Record>, AuditError> {
        for entry in self.entries.by_ref() {
            let entry = entry.map_err(AuditError::Unreadable)?;
            let (_, line) = parse(&entry.bytes).ok_or(AuditError::Line(entry.position))?;
            match known(entry.position, &line)? {
                Line::Record(record) if record.is_open() => {
                    self.open.insert(record.request_id.clone(), *record);
                }
                Line::Record(record) => return Ok(Some(*record)),
                Line::End { request_id, ending } => {
                    if let Some(record) = self.open.remove(&request_id) {
                        return Ok(Some(record.ended(Some(ending))));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// The key of a trail, below the one that it is opened with.
pub(crate) fn own_key(key: &SecretKey) -> SecretKey {
    key.derive("audit", b"")
}

fn known(position: u64, line: &[u8]) -> Result<Line, AuditError> {
    read(position, line).ok_or(AuditError::Line(position))
}

/// Puts the ends to their beginnings. Ends whose beginnings lie before are left out.
fn merge(lines: impl Iterator<Item = Line>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut open = HashMap::new();
    for line in lines {
        match line {
            Line::Record(record) => {
                if record.is_open() {
                    open.insert(record.request_id.clone(), records.len());
                }
                records.push(*record);
            }
            Line::End { request_id, ending } => {
                if let Some(record) = open.remove(&request_id).and_then(|at: usize| records.get_mut(at)) {
                    record.ending = ending;
                }
            }
        }
    }
    records
}
