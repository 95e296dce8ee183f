use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use kurodo_keys::SecretKey;
use tokio::sync::oneshot;

use super::backing::{Backing, Committing, View};
use super::disk::{Disk, make_dir};
use super::lock::DirLock;
use super::snapshot::{Health, Snapshot};
use super::store::StoreOptions;
use super::transaction::Work;
use super::verify::{Check, Progress};
use super::worker::{Job, Worker};
use crate::StoreError;

/// The embedded store: redb, one thread that writes, and the state that all others read.
pub(super) struct Engine {
    shared: Arc<Shared>,
    jobs: Option<Sender<Job>>,
    worker: Option<JoinHandle<()>>,
    _lock: DirLock,
}

/// What the writing thread shows to the others.
pub(super) struct Shared {
    pub(super) health: Arc<Health>,
    current: RwLock<Option<Arc<Snapshot>>>,
    generations: [AtomicU64; 256],
}

impl Engine {
    pub(super) fn open(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<Self, StoreError> {
        make_dir(dir)?;
        let lock = DirLock::take(dir)?;
        Self::start(Disk::open(dir, key, options)?, lock)
    }

    pub(super) fn start(disk: Disk, lock: DirLock) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(&disk));
        let worker = Worker::start(disk, Arc::clone(&shared))?;
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new().name("records".into());
        let worker =
            thread.spawn(move || worker.run(&queue)).map_err(|error| StoreError::Io(error.kind()))?;
        Ok(Self { shared, jobs: Some(jobs), worker: Some(worker), _lock: lock })
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(job).map_err(|_| StoreError::Stopped)
    }
}

impl Backing for Engine {
    fn view(&self) -> Result<Arc<dyn View>, StoreError> {
        if self.shared.health.hurt.swap(false, Ordering::AcqRel) {
            self.send(Job::Heal)?;
        }
        let current = self.shared.current.read().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some(snapshot) => Ok(Arc::clone(snapshot) as Arc<dyn View>),
            None => Err(StoreError::Interrupted),
        }
    }

    fn submit(&self, work: Work) -> Committing {
        let (reply, answer) = oneshot::channel();
        let sent = self.send(Job::Commit { work, reply });
        Box::pin(async move {
            sent?;
            answer.await.unwrap_or(Err(StoreError::Stopped))
        })
    }

    fn generation(&self, namespace: u8) -> u64 {
        self.shared.generation(namespace).load(Ordering::Acquire)
    }

    fn verify(&self, progress: Progress) -> Result<Check, StoreError> {
        let (reply, answer) = mpsc::channel();
        self.send(Job::Verify { progress, reply })?;
        answer.recv().unwrap_or(Err(StoreError::Stopped))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(worker) = self.worker.take() {
            // A panic of the thread was answered to its callers already.
            let _ = worker.join();
        }
    }
}

impl Shared {
    fn new(disk: &Disk) -> Self {
        let health = Health { pages: Arc::clone(&disk.pages), hurt: false.into() };
        Self {
            health: Arc::new(health),
            current: RwLock::new(None),
            generations: [const { AtomicU64::new(0) }; 256],
        }
    }

    /// Shows this state to all readers that come, or none.
    pub(super) fn show(&self, snapshot: Option<Snapshot>) {
        let next = snapshot.map(Arc::new);
        let before =
            std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), next);
        drop(before);
    }

    #[expect(clippy::indexing_slicing, reason = "there are as many generations as bytes")]
    pub(super) fn generation(&self, namespace: u8) -> &AtomicU64 {
        &self.generations[usize::from(namespace)]
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("pages", &self.shared.health.pages).finish_non_exhaustive()
    }
}
