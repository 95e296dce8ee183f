use std::path::Path;
use std::sync::Arc;

use kurodo_keys::SecretKey;
use kurodo_store::log::{self, Disk, Log, LogError, MAX_ENTRY, Recovered};
use tokio::task::spawn_blocking;

use crate::anchor::{Anchor, AnchorFile, path};
use crate::chain::{Chain, HASH, link, parse};
use crate::pending::Pending;
use crate::reader::{AuditReader, own_key};
use crate::recent::Recent;
use crate::record::Record;
use crate::{AuditError, Begin, Decision, Progress, Report, Selector, line};

/// What an event may take, so that its end always fits beside it.
const MAX_EVENT: usize = MAX_ENTRY / 2;
/// The memory for the newest lines, in bytes.
const RECENT: usize = 1 << 20;

/// How a trail is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which data events are recorded.
    pub selector: Selector,
    /// The length at which a file of the trail is followed by a new one, in bytes.
    pub segment_bytes: u64,
    /// The bytes of the trail to keep, as whole files: the oldest are dropped beyond that. None keeps everything.
    pub max_bytes: Option<u64>,
    /// The entries that the trail had when that was last noted elsewhere: with fewer, it is not the trail that was
    /// written. None where no trail was begun yet.
    pub at_least: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { selector: Selector::default(), segment_bytes: 16 << 20, max_bytes: None, at_least: None }
    }
}

/// The trail, open for writing. Cloning it is cheap; when the last clone is dropped, what waits is written.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    log: Log,
    selector: Selector,
    reader: AuditReader,
    recent: Arc<Recent>,
}

impl Audit {
    /// Opens the trail in this directory, or begins it.
    ///
    /// # Errors
    /// [`AuditError::Truncated`], [`AuditError::Anchor`], [`AuditError::Chain`] when the trail is not what was written:
    /// the server must not go on as if nothing were. [`AuditError::Unwritable`], also when another process writes it.
    pub fn open(directory: &Path, key: &SecretKey, options: Options) -> Result<Self, AuditError> {
        let recovered = recover(directory, key, &options)?;
        Self::start(recovered, directory, key, options)
    }

    /// As [`Audit::open`], with new files of the trail on another disk.
    ///
    /// # Errors
    /// As [`Audit::open`].
    pub fn open_on(
        disk: impl Disk,
        directory: &Path,
        key: &SecretKey,
        options: Options,
    ) -> Result<Self, AuditError> {
        let recovered = recover(directory, key, &options)?.on(disk);
        Self::start(recovered, directory, key, options)
    }

    fn start(
        recovered: Recovered,
        directory: &Path,
        key: &SecretKey,
        options: Options,
    ) -> Result<Self, AuditError> {
        let reader = AuditReader::new(directory, key);
        let (anchor, hash) = resume(&recovered, &reader, key, options.at_least)?;
        let recent = Arc::new(Recent::new(RECENT));
        let chain = Chain {
            hash,
            anchor: AnchorFile::open(directory, &own_key(key), anchor).map_err(AuditError::Unwritable)?,
            recent: Arc::clone(&recent),
            log: recovered.reader().clone(),
            max_bytes: options.max_bytes,
        };
        let log = recovered.start(chain).map_err(AuditError::Unwritable)?;
        Ok(Self(Arc::new(Inner { log, selector: options.selector, reader, recent })))
    }

    /// Records that a decision was made, before anything is done. Management events and denials are durable on return.
    /// Other events are admitted: their line is written at their end, and is not refused then. An event that the
    /// selector does not take is not recorded.
    ///
    /// # Errors
    /// [`AuditError::Unwritable`], [`AuditError::TooLong`]: then the act must not happen.
    pub async fn begin(&self, event: &Begin<'_>) -> Result<Pending, AuditError> {
        let denied = matches!(event.decision, Decision::Denied { .. });
        if !denied && !self.0.selector.takes(event.class) {
            return Ok(Pending::unrecorded());
        }
        let log = &self.0.log;
        let admission = log.admit().map_err(AuditError::Unwritable)?;
        if !denied && event.class != crate::Class::Management {
            return Ok(Pending::new(admission, short(line::whole(event))?));
        }
        let begun = short(line::begun(event))?;
        let ticket = log.append(&begun).map_err(AuditError::Unwritable)?;
        let pending = Pending::new(admission, line::ended(event.request_id));
        ticket.durable().await.map_err(AuditError::Unwritable)?;
        Ok(pending)
    }

    /// The request with this id, also if it has only just been answered.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Line`].
    pub async fn find(&self, request_id: &str) -> Result<Option<Record>, AuditError> {
        if let Err(error) = self.0.log.sync().await {
            tracing::warn!(%error, "looking for a request without what waits to be written");
        }
        if let Some(record) = self.0.recent.find(request_id) {
            return Ok(Some(record));
        }
        let request_id = request_id.to_owned();
        self.blocking(move |reader| reader.find(&request_id)).await
    }

    /// The newest `count` requests, the oldest of them first.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`], [`AuditError::Line`].
    pub async fn tail(&self, count: usize) -> Result<Vec<Record>, AuditError> {
        self.flush().await?;
        self.blocking(move |reader| reader.tail(count)).await
    }

    /// Verifies the whole trail: see [`AuditReader::verify`].
    ///
    /// # Errors
    /// [`AuditError::Unreadable`].
    pub async fn verify(
        &self,
        progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Report, AuditError> {
        self.blocking(move |reader| reader.verify(progress)).await
    }

    /// The number of entries that there have been, and are durable.
    pub fn end(&self) -> u64 {
        self.0.log.end()
    }

    /// Waits until everything recorded so far is durable.
    ///
    /// # Errors
    /// [`AuditError::Unwritable`].
    pub async fn flush(&self) -> Result<(), AuditError> {
        self.0.log.sync().await.map_err(AuditError::Unwritable)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AuditReader) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, AuditError> {
        let this = self.clone();
        spawn_blocking(move || work(&this.0.reader)).await.map_err(|_| AuditError::Stopped)?
    }
}

fn recover(directory: &Path, key: &SecretKey, options: &Options) -> Result<Recovered, AuditError> {
    let options = log::Options { segment_bytes: options.segment_bytes, ..log::Options::default() };
    Log::recover(directory, &own_key(key), options).map_err(AuditError::Unwritable)
}

fn short(line: Vec<u8>) -> Result<Vec<u8>, AuditError> {
    if line.len() > MAX_EVENT { Err(AuditError::TooLong(line.len())) } else { Ok(line) }
}

/// The anchor and the hash to go on from, once what was recovered is found to reach as far as the anchor says.
fn resume(
    recovered: &Recovered,
    reader: &AuditReader,
    key: &SecretKey,
    at_least: Option<u64>,
) -> Result<(Anchor, [u8; HASH]), AuditError> {
    let recovery = recovered.recovery();
    let anchor = Anchor::read(reader.directory(), &own_key(key)).map_err(AuditError::Unreadable)?;
    let anchor = match anchor {
        Some(anchor) => anchor,
        None if recovery.end == 0 && at_least.is_none() && !path(reader.directory()).exists() => {
            Anchor::default()
        }
        None => return Err(AuditError::Anchor(path(reader.directory()))),
    };
    let expected = anchor.end.max(at_least.unwrap_or_default());
    if recovery.end < expected {
        let directory = reader.directory().to_owned();
        return Err(AuditError::Truncated { expected, found: recovery.end, directory });
    }
    let hash = catch_up(recovered.reader(), anchor)?;
    recovered.reader().segments().drop_before(anchor.base).map_err(AuditError::Unwritable)?;
    Ok((anchor.reaching(recovery.end, hash), hash))
}

/// Follows the chain from the anchor to the end: what was durable before the anchor could be renewed.
fn catch_up(log: &log::Reader, anchor: Anchor) -> Result<[u8; HASH], AuditError> {
    let unreadable = |error: LogError| AuditError::Unreadable(error);
    if anchor.end == anchor.base {
        return chain_from(log, anchor.base, anchor.base_hash);
    }
    let last = log.from(anchor.end - 1).map_err(unreadable)?.next().transpose().map_err(unreadable)?;
    let hash = last.and_then(|entry| parse(&entry.bytes)).map(|(hash, _)| hash);
    if hash != Some(anchor.hash) {
        return Err(AuditError::Chain(anchor.end - 1));
    }
    chain_from(log, anchor.end, anchor.hash)
}

fn chain_from(log: &log::Reader, position: u64, mut before: [u8; HASH]) -> Result<[u8; HASH], AuditError> {
    for entry in log.from(position).map_err(AuditError::Unreadable)? {
        let entry = entry.map_err(AuditError::Unreadable)?;
        let follows = parse(&entry.bytes).filter(|(hash, line)| *hash == link(&before, line));
        before = follows.ok_or(AuditError::Chain(entry.position))?.0;
    }
    Ok(before)
}
