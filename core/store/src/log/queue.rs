use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{LogError, MAX_ENTRY, Options};

/// So many waiting bytes are written without further delay.
const EAGER: usize = 256 << 10;

/// What has been appended and not yet been taken by the writing thread.
pub(super) struct Queue {
    backlog: usize,
    linger: Duration,
    state: Mutex<State>,
    turn: Condvar,
    progress: watch::Receiver<Progress>,
}

struct State {
    /// Entries, each behind its length in four bytes.
    bytes: Vec<u8>,
    count: u32,
    next: u64,
    urgent: bool,
    closed: bool,
    failure: Option<LogError>,
    failures: u64,
}

/// What the writing thread has reached.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) end: u64,
    pub(super) failures: u64,
    pub(super) failure: Option<LogError>,
}

/// What the writing thread takes at once.
pub(super) struct Batch {
    pub(super) first: u64,
    pub(super) count: u32,
    pub(super) bytes: Vec<u8>,
}

impl Queue {
    pub(super) fn new(end: u64, options: &Options) -> (Arc<Self>, watch::Sender<Progress>) {
        let (sender, progress) = watch::channel(Progress { end, failures: 0, failure: None });
        let state = State {
            bytes: Vec::new(),
            count: 0,
            next: end,
            urgent: false,
            closed: false,
            failure: None,
            failures: 0,
        };
        let queue = Self {
            backlog: options.backlog_bytes,
            linger: options.linger,
            state: Mutex::new(state),
            turn: Condvar::new(),
            progress,
        };
        (Arc::new(queue), sender)
    }

    pub(super) fn append(self: &Arc<Self>, entry: &[u8]) -> Result<Ticket, LogError> {
        let mut state = self.state();
        state.open(self.backlog)?;
        if entry.len() > MAX_ENTRY {
            return Err(LogError::TooLong(entry.len()));
        }
        Ok(self.push(&mut state, entry))
    }

    pub(super) fn admit(queue: &Arc<Self>) -> Result<Admission, LogError> {
        queue.state().open(queue.backlog)?;
        Ok(Admission(Arc::clone(queue)))
    }

    fn push(self: &Arc<Self>, state: &mut State, entry: &[u8]) -> Ticket {
        let position = state.next;
        let idle = state.bytes.is_empty();
        let before = state.bytes.len();
        state.bytes.extend_from_slice(&(entry.len() as u32).to_be_bytes());
        state.bytes.extend_from_slice(entry);
        state.count += 1;
        state.next += 1;
        if idle || (before < EAGER && state.bytes.len() >= EAGER) {
            self.turn.notify_one();
        }
        Ticket { position, failures: state.failures, queue: Arc::clone(self) }
    }

    /// The last entry appended, unless the log was empty and still is.
    pub(super) fn last(self: &Arc<Self>) -> Option<Ticket> {
        let state = self.state();
        let position = state.next.checked_sub(1)?;
        Some(Ticket { position, failures: state.failures, queue: Arc::clone(self) })
    }

    pub(super) fn durable_end(&self) -> u64 {
        self.progress.borrow().end
    }

    pub(super) async fn beyond(&self, position: u64) -> Result<(), LogError> {
        let reached = self.progress.clone().wait_for(|progress| progress.end > position).await.map(drop);
        reached.map_err(|_| LogError::Closed)
    }

    pub(super) fn close(&self) {
        self.state().closed = true;
        self.turn.notify_one();
    }

    /// Somebody waits for this entry. If the writing thread has it already, there is nothing to hurry.
    fn hurry(&self, position: u64) {
        let mut state = self.state();
        let taken = position < state.next - u64::from(state.count);
        if !taken && !state.urgent {
            state.urgent = true;
            self.turn.notify_one();
        }
    }

    /// Waits for entries, and then for the time to write them. None once the log is closed and all is taken.
    pub(super) fn take(&self, spare: Vec<u8>) -> Option<Batch> {
        let mut state = self.state();
        while state.bytes.is_empty() {
            if state.closed {
                return None;
            }
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let due = Instant::now() + self.linger;
        while !state.urgent && !state.closed && state.bytes.len() < EAGER {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.turn.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.urgent = false;
        let bytes = std::mem::replace(&mut state.bytes, spare);
        let count = std::mem::take(&mut state.count);
        Some(Batch { first: state.next - u64::from(count), count, bytes })
    }

    /// Refuses new entries from now on. Gives the number of this failure.
    pub(super) fn fail(&self, error: &LogError) -> u64 {
        let mut state = self.state();
        state.failure = Some(error.clone());
        state.failures += 1;
        state.failures
    }

    pub(super) fn recover(&self) {
        self.state().failure = None;
    }

    /// Waits before the next attempt to write; true if the log is being closed.
    pub(super) fn rest(&self, pause: Duration) -> bool {
        let state = self.state();
        let wait = self.turn.wait_timeout_while(state, pause, |state| !state.closed);
        wait.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&self, backlog: usize) -> Result<(), LogError> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None if self.closed => Err(LogError::Closed),
            None if self.bytes.len() > backlog => Err(LogError::Behind),
            None => Ok(()),
        }
    }
}

/// An entry that was appended.
pub struct Ticket {
    position: u64,
    failures: u64,
    queue: Arc<Queue>,
}

impl Ticket {
    /// Where in the log the entry is: entries count from zero.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Waits until the entry is durable, sharing the fdatasync with all others who wait.
    ///
    /// # Errors
    /// What hindered writing. The entry may still be written later: whoever is told so does not know.
    pub async fn durable(self) -> Result<(), LogError> {
        let Self { position, failures, queue } = self;
        let mut progress = queue.progress.clone();
        if progress.borrow().end > position {
            return Ok(());
        }
        queue.hurry(position);
        let settled = progress.wait_for(|now| now.end > position || now.failures > failures).await;
        let now = settled.map_err(|_| LogError::Closed)?;
        if now.end > position {
            return Ok(());
        }
        Err(now.failure.clone().unwrap_or(LogError::Closed))
    }
}

/// The right to append one entry that is not refused. Whoever holds admissions bounds their number.
pub struct Admission(Arc<Queue>);

impl Admission {
    /// Appends the entry. While the disk fails it waits in memory.
    ///
    /// # Errors
    /// [`LogError::TooLong`] alone.
    pub fn append(self, entry: &[u8]) -> Result<Ticket, LogError> {
        if entry.len() > MAX_ENTRY {
            return Err(LogError::TooLong(entry.len()));
        }
        Ok(self.0.push(&mut self.0.state(), entry))
    }
}
