use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kurodo_keys::SecretKey;
use tokio::sync::watch;

use super::disk::{Disk, SegmentFile};
use super::queue::{Batch, Progress, Queue};
use super::segment::{Previous, Segment, name};
use super::{LogError, Stage};

/// After a failure, the next attempt.
const PAUSE: Duration = Duration::from_millis(250);
/// A frame is closed when its entries reach this length, in bytes.
const FRAME_BYTES: usize = 1 << 20;

/// The writing thread.
pub(super) struct Writer<S> {
    pub(super) key: SecretKey,
    pub(super) segment_bytes: u64,
    pub(super) disk: Box<dyn Disk>,
    pub(super) queue: Arc<Queue>,
    pub(super) progress: watch::Sender<Progress>,
    pub(super) stage: S,
    pub(super) previous: Previous,
    pub(super) current: Option<Current>,
    /// A segment that failed before its first frame was durable: its name is needed again.
    pub(super) stale: Option<String>,
    /// A segment was begun that the stage has not heard of.
    pub(super) rotated: bool,
}

/// The segment that is being written.
pub(super) struct Current {
    segment: Segment,
    file: Box<dyn SegmentFile>,
    index: u32,
    written: u64,
    /// The part of `written` that is durable.
    synced: u64,
}

/// Entries as the stage laid them, kept until they are durable.
struct Laid {
    first: u64,
    count: u32,
    bytes: Vec<u8>,
    mark: [u8; 32],
}

impl<S: Stage> Writer<S> {
    pub(super) fn run(mut self) {
        let mut spare = Vec::new();
        while let Some(batch) = self.queue.take(std::mem::take(&mut spare)) {
            let end = batch.first + u64::from(batch.count);
            let mut frames = self.lay(&batch);
            while let Err(error) = self.flush(&mut frames, end) {
                self.report(&error);
                if self.queue.rest(PAUSE) && self.flush(&mut frames, end).is_err() {
                    let lost = frames.iter().map(|frame| frame.count).sum::<u32>();
                    tracing::error!(%error, lost, "closing the log without its last entries");
                    return;
                }
            }
            self.queue.recover();
            self.progress.send_modify(|progress| (progress.end, progress.failure) = (end, None));
            spare = batch.bytes;
            spare.clear();
        }
    }

    fn lay(&mut self, batch: &Batch) -> VecDeque<Laid> {
        let mut frames = VecDeque::new();
        let mut frame = self.frame(batch.first);
        let mut rest = batch.bytes.as_slice();
        while let Some((length, behind)) = rest.split_first_chunk() {
            let (entry, behind) =
                behind.split_at_checked(u32::from_be_bytes(*length) as usize).unwrap_or_default();
            rest = behind;
            if frame.bytes.len() >= FRAME_BYTES {
                let next = self.frame(frame.first + u64::from(frame.count));
                frames.push_back(std::mem::replace(&mut frame, next));
            }
            self.lay_entry(&mut frame, entry);
        }
        frames.push_back(frame);
        frames
    }

    fn frame(&self, first: u64) -> Laid {
        Laid { first, count: 0, bytes: Vec::new(), mark: self.stage.mark() }
    }

    fn lay_entry(&mut self, frame: &mut Laid, entry: &[u8]) {
        let at = frame.bytes.len();
        frame.bytes.extend_from_slice(&[0; 4]);
        self.stage.lay(frame.first + u64::from(frame.count), entry, &mut frame.bytes);
        let length = (frame.bytes.len() - at - 4) as u32;
        if let Some(place) = frame.bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *place = length.to_be_bytes();
        }
        frame.count += 1;
    }

    /// Writes the frames, makes them durable and tells the stage. On an error the segment is given up, and what is not
    /// durable goes to a new one, under a new key.
    fn flush(&mut self, frames: &mut VecDeque<Laid>, end: u64) -> Result<(), LogError> {
        if let Err(error) = self.write(frames) {
            self.give_up();
            return Err(error);
        }
        self.stage.durable(end, self.rotated)?;
        self.rotated = false;
        Ok(())
    }

    fn write(&mut self, frames: &mut VecDeque<Laid>) -> Result<(), LogError> {
        let mut pending = 0;
        let mut sealed = Vec::new();
        while let Some(frame) = frames.get(pending) {
            if self.current.as_ref().is_some_and(|current| current.written >= self.segment_bytes) {
                self.sync(frames, &mut pending)?;
                self.close_segment();
                continue;
            }
            if self.current.is_none() {
                self.begin(frame.first, frame.mark)?;
            }
            let Some(current) = &mut self.current else { return Err(LogError::Closed) };
            sealed.clear();
            current.append(frame, &mut sealed)?;
            pending += 1;
        }
        self.sync(frames, &mut pending)
    }

    fn begin(&mut self, first: u64, mark: [u8; 32]) -> Result<(), LogError> {
        let act = LogError::io("begin a segment of");
        if let Some(stale) = &self.stale {
            self.disk.remove(stale).map_err(&act)?;
            self.stale = None;
        }
        let (segment, head) = Segment::make(&self.key, first, mark, self.previous)?;
        let file = self.disk.create(&name(first)).map_err(&act)?;
        let current = self.current.insert(Current { segment, file, index: 0, written: 0, synced: 0 });
        current.file.append(&head).map_err(&act)?;
        current.written = head.len() as u64;
        self.rotated = true;
        Ok(())
    }

    /// The first `pending` frames are durable after this.
    fn sync(&mut self, frames: &mut VecDeque<Laid>, pending: &mut usize) -> Result<(), LogError> {
        let Some(current) = &mut self.current else { return Ok(()) };
        if *pending > 0 {
            current.file.sync().map_err(LogError::io("make durable"))?;
            current.synced = current.written;
            frames.drain(..*pending);
            *pending = 0;
        }
        Ok(())
    }

    fn close_segment(&mut self) {
        if let Some(current) = self.current.take() {
            self.previous = Previous { id: current.segment.head.id, length: current.synced };
        }
    }

    /// Cuts off what is not durable. If that fails too, the next segment's head still says where this one ends.
    fn give_up(&mut self) {
        let Some(mut current) = self.current.take() else { return };
        if current.synced == 0 {
            self.stale = Some(name(current.segment.head.first));
            return;
        }
        if let Err(error) = current.file.cut(current.synced) {
            tracing::warn!(%error, "cannot cut off the log's unacknowledged end");
        }
        self.previous = Previous { id: current.segment.head.id, length: current.synced };
    }

    fn report(&self, error: &LogError) {
        let failures = self.queue.fail(error);
        tracing::error!(%error, failures, "the log cannot be written");
        self.progress.send_modify(|progress| {
            progress.failures = failures;
            progress.failure = Some(error.clone());
        });
    }
}

impl Current {
    fn append(&mut self, frame: &Laid, sealed: &mut Vec<u8>) -> Result<(), LogError> {
        self.segment.seal_frame(self.index, frame.first, frame.count, &frame.bytes, sealed)?;
        self.file.append(sealed).map_err(LogError::io("write"))?;
        self.written += sealed.len() as u64;
        self.index = self.index.checked_add(1).ok_or(LogError::Closed)?;
        Ok(())
    }
}
