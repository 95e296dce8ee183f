use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    thread::available_parallelism,
};

use bytes::Bytes;
use tokio::task::spawn_blocking;

use super::{
    Md5Content,
    block::{Block, Chain, LANES, START},
    lane::{Lane, run},
};

/// What all contents together may let lie, in bytes, before it is hashed; and the bounds of one's share of it.
const TOGETHER: usize = 8 << 20;
const SHARE: (usize, usize) = (64 << 10, 512 << 10);
/// Bytes that make it worth while to take a content along with another that is due.
const WORTH: usize = 4 << 10;
/// Blocks of each content between two looks at what else there is.
const ROUND: usize = 1024;

/// The contents whose MD5 is being computed. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Md5s(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    contents: HashMap<u64, Entry>,
    begun: u64,
    /// The threads at work.
    workers: usize,
}

/// One content.
struct Entry {
    chain: Chain,
    pieces: VecDeque<Bytes>,
    /// Bytes that are not hashed yet.
    waiting: usize,
    /// A thread has its pieces.
    busy: bool,
    /// Nothing follows.
    ended: bool,
    waker: Option<Waker>,
}

impl Md5s {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Begins a content.
    pub(crate) fn begin(&self) -> Md5Content {
        let mut state = self.state();
        state.begun += 1;
        let id = state.begun;
        let (pieces, waker) = (VecDeque::new(), None);
        let entry = Entry { chain: START, pieces, waiting: 0, busy: false, ended: false, waker };
        state.contents.insert(id, entry);
        Md5Content::new(self.clone(), id)
    }

    /// Takes whole blocks of a content.
    pub(super) fn push(&self, id: u64, pieces: [Bytes; 2], ended: bool) {
        let mut state = self.state();
        let Some(entry) = state.contents.get_mut(&id) else { return };
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            entry.waiting += piece.len();
            entry.pieces.push_back(piece);
        }
        entry.ended |= ended;
        if state.wants_worker() {
            state.workers += 1;
            let pool = self.clone();
            drop(spawn_blocking(move || pool.work()));
        }
    }

    /// Whether the content's owner may go on.
    pub(super) fn poll_room(&self, id: u64, context: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        let room = 2 * state.share();
        state.poll(id, context, |entry| (entry.waiting <= room).then_some(()))
    }

    /// The state after the content's last block.
    pub(super) fn poll_end(&self, id: u64, context: &Context<'_>) -> Poll<Chain> {
        self.state().poll(id, context, |entry| (entry.waiting == 0).then_some(entry.chain))
    }

    pub(super) fn forget(&self, id: u64) {
        self.state().contents.remove(&id);
    }

    #[cfg(test)]
    pub(super) fn contents(&self) -> usize {
        self.state().contents.len()
    }

    /// Hashes until little is left of every content.
    fn work(&self) {
        loop {
            let Some(mut lanes) = self.state().next_lanes() else { return };
            run(&mut lanes, ROUND);
            self.state().put_back(lanes);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a content may let lie.
    fn share(&self) -> usize {
        let (least, most) = SHARE;
        (TOGETHER / self.contents.len().max(1)).clamp(least, most)
    }

    /// The contents that must not wait any longer.
    fn due(&self) -> usize {
        let share = self.share();
        self.contents.values().filter(|entry| entry.is_due(share)).count()
    }

    /// One thread serves some four that receive content: a second one begins when the first is far behind.
    fn wants_worker(&self) -> bool {
        let most = available_parallelism().map_or(1, |cores| cores.get().div_ceil(4));
        self.workers < most && self.due() > self.workers * LANES
    }

    /// What a thread is to hash now: what must not lie any longer, and with it what else there is. A thread that came
    /// because one content had its share does not leave before all have much less, so that it need not come often.
    fn next_lanes(&mut self) -> Option<Vec<Lane>> {
        let share = self.share() / 4;
        let open = self.contents.iter().filter(|(_, entry)| !entry.busy);
        let mut found: Vec<_> = open
            .map(|(id, entry)| (entry.is_due(share), entry.waiting, *id))
            .filter(|(due, waiting, _)| *due || *waiting >= WORTH)
            .collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        if !found.first().is_some_and(|(due, ..)| *due) {
            self.workers = self.workers.saturating_sub(1);
            return None;
        }
        Some(found.into_iter().take(LANES).filter_map(|(_, _, id)| self.take(id)).collect())
    }

    fn take(&mut self, id: u64) -> Option<Lane> {
        let entry = self.contents.get_mut(&id)?;
        entry.busy = true;
        Some(Lane { id, chain: entry.chain, pieces: std::mem::take(&mut entry.pieces) })
    }

    fn put_back(&mut self, lanes: Vec<Lane>) {
        for Lane { id, chain, mut pieces } in lanes {
            let Some(entry) = self.contents.get_mut(&id) else { continue };
            pieces.append(&mut entry.pieces);
            entry.waiting = pieces.iter().map(Bytes::len).sum();
            (entry.chain, entry.pieces, entry.busy) = (chain, pieces, false);
            if let Some(waker) = entry.waker.take() {
                waker.wake();
            }
        }
    }

    fn poll<T>(
        &mut self,
        id: u64,
        context: &Context<'_>,
        ready: impl FnOnce(&Entry) -> Option<T>,
    ) -> Poll<T> {
        let Some(entry) = self.contents.get_mut(&id) else { return Poll::Pending };
        let found = ready(entry).map_or(Poll::Pending, Poll::Ready);
        if found.is_pending() {
            entry.waker = Some(context.waker().clone());
        }
        found
    }
}

impl Entry {
    fn is_due(&self, share: usize) -> bool {
        !self.busy && self.waiting >= size_of::<Block>() && (self.ended || self.waiting >= share)
    }
}
