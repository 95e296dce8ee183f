use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};

use redb::{Database, WriteTransaction};
use tokio::sync::oneshot;

use super::apply::{Applied, apply, commit, write_down};
use super::disk::Disk;
use super::encoding::encode;
use super::engine::Shared;
use super::fault::{damaged_tree, explaining};
use super::snapshot::Snapshot;
use super::transaction::Work;
use super::verify::{Check, Progress, verify};
use super::version::Commit;
use crate::StoreError;

/// The most transactions that one commit takes.
const MOST_TOGETHER: usize = 4096;
/// The most bytes of values that one commit takes, beyond its first transaction.
const MOST_BYTES: usize = 16 << 20;

/// When redb wrote so many blocks because its memory was short of room, everything is written down.
const MOST_WRITTEN: usize = 1024;

type Reply = oneshot::Sender<Result<Commit, StoreError>>;

/// What the writing thread is asked to do.
pub(super) enum Job {
    Commit {
        work: Work,
        reply: Reply,
    },
    /// redb gave up on the file.
    Heal,
    Verify {
        progress: Progress,
        reply: Sender<Result<Check, StoreError>>,
    },
}

/// The one thread that writes. It takes whatever is waiting, commits it with one flush, and answers; what comes
/// meanwhile waits for the next turn.
pub(super) struct Worker {
    disk: Disk,
    shared: Arc<Shared>,
    /// None after a fault from which reopening did not help; it is tried again at each turn.
    database: Option<Database>,
    sequence: u64,
}

impl Worker {
    pub(super) fn start(disk: Disk, shared: Arc<Shared>) -> Result<Self, StoreError> {
        let mut worker = Self { disk, shared, database: None, sequence: 0 };
        worker.reopen()?;
        worker.write_down_if(|disk| disk.journal.is_needed());
        Ok(worker)
    }

    /// Works until nobody can send any more, then closes the file.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let (batch, other) = gather(first, queue);
            if !batch.is_empty() {
                self.commit(batch);
                self.write_down_if(|disk| disk.journal.is_due() || disk.pages.written() > MOST_WRITTEN);
            }
            match other {
                Some(Job::Heal) => self.heal_if_hurt(),
                Some(Job::Verify { progress, reply }) => {
                    let _ = reply.send(self.verify(progress));
                }
                Some(Job::Commit { .. }) | None => {}
            }
        }
        self.close();
    }

    fn commit(&mut self, batch: Vec<(Work, Reply)>) {
        match self.attempt(&batch.iter().map(|(work, _)| work).collect::<Vec<_>>()) {
            Ok(applied) => self.publish(applied, batch.into_iter().map(|(_, reply)| reply)),
            Err(StoreError::Stopped) => answer_all(batch, || StoreError::Stopped),
            // One transaction may have been too much for the disk where others are not.
            Err(_) if batch.len() > 1 => batch.into_iter().for_each(|one| self.commit(vec![one])),
            Err(error) => {
                if let Some((_, reply)) = batch.into_iter().next() {
                    answer(reply, Err(error));
                }
            }
        }
    }

    /// Applies a batch, puts it into the journal, and only then commits it to the tree that readers see.
    fn attempt(&mut self, batch: &[&Work]) -> Result<Applied, StoreError> {
        let (transaction, applied) = self.apply(batch)?;
        let pages = Arc::clone(&self.disk.pages);
        if applied.namespaces.is_empty() {
            transaction.abort().map_err(explaining(&pages))?;
            return Ok(applied);
        }
        self.disk.journal.append(applied.sequence, &encode(batch, &applied.verdicts))?;
        // From here on it lasts: a tree that does not take it is opened anew, and gets it from the journal.
        if guarded(|| commit(transaction, &pages)).is_err() && self.reopen().is_err() {
            return Err(StoreError::Stopped);
        }
        Ok(applied)
    }

    fn apply(&mut self, batch: &[&Work]) -> Result<(WriteTransaction, Applied), StoreError> {
        self.heal_if_hurt();
        let pages = Arc::clone(&self.disk.pages);
        let Some(database) = &self.database else {
            return Err(pages.fault().map_or(StoreError::Interrupted, Into::into));
        };
        if !pages.has_room() {
            return Err(StoreError::Full);
        }
        let generation = |namespace| self.shared.generation(namespace).load(Ordering::Acquire);
        let applied = guarded(|| apply(database, &pages, batch, self.sequence, &generation));
        if applied.is_err() {
            self.reopen_or_hide();
        }
        applied
    }

    /// Makes the tree durable by itself, so that the journal can begin anew.
    fn write_down_if(&mut self, is_due: impl Fn(&Disk) -> bool) {
        let Some(database) = self.database.as_ref().filter(|_| is_due(&self.disk)) else { return };
        let written = guarded(|| write_down(database, &self.disk.pages, self.sequence));
        match written.and_then(|()| self.disk.journal.restart(self.sequence)) {
            Ok(()) => self.show(),
            Err(error) => {
                tracing::error!(%error, "records: they cannot be written down; the journal keeps them");
                self.disk.journal.postpone();
                self.reopen_or_hide();
            }
        }
    }

    /// Shows what was committed: first the records, then the generations, then the answers.
    fn publish(&mut self, applied: Applied, replies: impl Iterator<Item = Reply>) {
        self.sequence = applied.sequence;
        if !applied.namespaces.is_empty() {
            self.show();
        }
        for namespace in &applied.namespaces {
            self.shared.generation(*namespace).fetch_add(1, Ordering::AcqRel);
        }
        for (reply, verdict) in replies.zip(applied.verdicts) {
            answer(reply, verdict.map_err(StoreError::Conflict));
        }
    }

    fn show(&self) {
        let snapshot = self.database.as_ref().and_then(|database| {
            Snapshot::take(database, &self.shared.health)
                .inspect_err(|error| tracing::error!(%error, "records: nothing can be read"))
                .ok()
        });
        self.shared.show(snapshot);
    }

    fn heal_if_hurt(&mut self) {
        if self.database.is_none() || self.disk.pages.fault().is_some() {
            self.reopen_or_hide();
        }
    }

    fn reopen_or_hide(&mut self) {
        if let Err(error) = self.reopen() {
            tracing::error!(%error, "records: reopening after a fault failed");
        }
    }

    /// Opens redb anew on the last durable state. Readers keep what they have, and get errors where it no longer
    /// can be read.
    fn reopen(&mut self) -> Result<(), StoreError> {
        self.database = None;
        self.disk.pages.roll_back()?;
        let (database, sequence) = guarded(|| self.disk.database())?;
        self.sequence = self.sequence.max(sequence);
        self.database = Some(database);
        self.show();
        Ok(())
    }

    fn verify(&mut self, progress: Progress) -> Result<Check, StoreError> {
        self.heal_if_hurt();
        self.write_down_if(|disk| disk.journal.is_needed());
        self.shared.show(None);
        let pages = Arc::clone(&self.disk.pages);
        let torn = u64::from(self.disk.journal.is_torn());
        let checked = guarded(|| verify(self.database.as_mut(), &pages, progress));
        self.reopen_or_hide();
        checked.map(|check| Check { spoiled: check.spoiled + torn, ..check })
    }

    fn close(&mut self) {
        self.write_down_if(|disk| disk.journal.is_needed());
        self.shared.show(None);
        self.database = None;
        if let Err(error) = self.disk.pages.close() {
            tracing::error!(%error, "records: closing failed; the next start recovers");
        }
    }
}

/// Whatever is waiting, up to the limits; and the job that ended it, if it was another kind.
fn gather(first: Job, queue: &Receiver<Job>) -> (Vec<(Work, Reply)>, Option<Job>) {
    let (mut batch, mut bytes, mut next) = (Vec::new(), 0, Some(first));
    while let Some(job) = next {
        let Job::Commit { work, reply } = job else { return (batch, Some(job)) };
        bytes += work.bytes();
        batch.push((work, reply));
        next = if batch.len() < MOST_TOGETHER && bytes < MOST_BYTES { queue.try_recv().ok() } else { None };
    }
    (batch, None)
}

/// redb may panic on trees that make no sense, which only someone who writes the disk can bring about.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged_tree()))
}

fn answer_all(batch: Vec<(Work, Reply)>, error: impl Fn() -> StoreError) {
    batch.into_iter().for_each(|(_, reply)| answer(reply, Err(error())));
}

fn answer(reply: Reply, result: Result<Commit, StoreError>) {
    // Whoever stopped waiting does not want to know.
    let _ = reply.send(result);
}
