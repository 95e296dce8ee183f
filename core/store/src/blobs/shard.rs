use std::fs::File;
use std::io;
use std::sync::{Condvar, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags, openat};

use super::BlobId;

/// One of the 256 directories, with an fsync that writers share.
pub(super) struct Shard {
    number: u8,
    directory: File,
    state: Mutex<Syncs>,
    turn: Condvar,
}

#[derive(Default)]
struct Syncs {
    started: u64,
    finished: u64,
    running: bool,
    /// The kernel reports a failed fsync once; later ones would claim what was lost.
    failed: bool,
}

/// Every fsync of the directory with a higher number makes the entry durable.
#[derive(Clone, Copy)]
pub(super) struct Mark(u64);

impl Shard {
    pub(super) fn open(root: &File, number: u8) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = openat(root, format!("{number:02x}"), flags, Mode::empty())?.into();
        Ok(Self { number, directory, state: Mutex::default(), turn: Condvar::new() })
    }

    pub(super) fn number(&self) -> u8 {
        self.number
    }

    /// Makes the blob's file, empty, readable by its owner alone.
    pub(super) fn create(&self, id: BlobId) -> io::Result<(File, Mark)> {
        let path = id.path();
        let name = path.split_once('/').map_or(path.as_str(), |(_, name)| name);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.directory, name, flags, Mode::RUSR | Mode::WUSR)?.into();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((file, Mark(state.started)))
    }

    /// Returns once the entry made at `mark` is durable; does the fsync itself when no other thread is about to.
    pub(super) fn settle(&self, mark: Mark) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.finished > mark.0 {
                return Ok(());
            }
            if state.failed {
                return Err(io::Error::other("an earlier fsync of the directory failed"));
            }
            if !state.running {
                break;
            }
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.running = true;
        state.started += 1;
        let number = state.started;
        drop(state);
        self.sync(number)
    }

    fn sync(&self, number: u64) -> io::Result<()> {
        let result = self.directory.sync_all();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running = false;
        match &result {
            Ok(()) => state.finished = number,
            Err(_) => state.failed = true,
        }
        self.turn.notify_all();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_covers_only_entries_made_before_it_began() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("07")).unwrap();
        let root = File::open(dir.path()).unwrap();
        let shard = Shard::open(&root, 7).unwrap();
        let ids: Vec<_> = (0..3).map(|_| BlobId::random(7).unwrap()).collect();
        let (_, first) = shard.create(ids[0]).unwrap();
        let (_, second) = shard.create(ids[1]).unwrap();
        shard.settle(first).unwrap();
        shard.settle(second).unwrap();
        assert_eq!(shard.state.lock().unwrap().started, 1);
        let (_, third) = shard.create(ids[2]).unwrap();
        shard.settle(third).unwrap();
        assert_eq!(shard.state.lock().unwrap().started, 2);
        assert!(shard.create(ids[2]).is_err(), "a name is made once");
    }

    #[test]
    fn threads_settle_together() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("07")).unwrap();
        let shard = Shard::open(&File::open(dir.path()).unwrap(), 7).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let (_, mark) = shard.create(BlobId::random(7).unwrap()).unwrap();
                        shard.settle(mark).unwrap();
                    }
                });
            }
        });
        let state = shard.state.lock().unwrap();
        assert_eq!(state.started, state.finished);
        assert!(!state.running);
    }
}
