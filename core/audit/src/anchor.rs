use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use kurodo_keys::{OVERHEAD, Sealer, SecretKey};
use kurodo_store::log::LogError;
use rustix::fs::{Mode, OFlags, open};

const MAGIC: &[u8; 8] = b"kuroanc1";
const SALT: usize = 16;
const PLAIN: usize = 8 + 8 + 32 + 8 + 32;
const SEALED: usize = MAGIC.len() + SALT + PLAIN + OVERHEAD;
/// The two copies lie in different sectors, and are written in turn: a torn write leaves the older one.
const STRIDE: u64 = 4096;
/// So often the anchor is made durable. In between, the page cache keeps it through a crash of the process.
const SYNC: Duration = Duration::from_secs(1);

/// What must be true of the trail: how far it reaches and where it begins, kept beside it under a key of its own. It is
/// renewed only after what it tells of is durable, so that it is never ahead of the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Anchor {
    /// Counts the anchors.
    number: u64,
    /// The position after the last entry.
    pub(crate) end: u64,
    /// The hash of the last entry.
    pub(crate) hash: [u8; 32],
    /// The oldest entry that retention has left, and the hash of the one before it.
    pub(crate) base: u64,
    pub(crate) base_hash: [u8; 32],
}

impl Anchor {
    /// The newer of the two copies; none if there is no authentic one.
    pub(crate) fn read(directory: &Path, key: &SecretKey) -> Result<Option<Self>, LogError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file: File = match open(path(directory), flags, Mode::empty()) {
            Ok(file) => file.into(),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(error) => return Err(LogError::io("open the anchor of")(error.into())),
        };
        let copies = [0, STRIDE].into_iter().filter_map(|offset| {
            let mut bytes = [0; SEALED];
            file.read_exact_at(&mut bytes, offset).ok()?;
            Self::unseal(&bytes, key)
        });
        Ok(copies.max_by_key(|anchor| anchor.number))
    }

    /// Whether a copy is there that is not authentic.
    pub(crate) fn is_spoiled(directory: &Path, key: &SecretKey) -> bool {
        let Ok(bytes) = std::fs::read(path(directory)) else { return false };
        [0, STRIDE as usize].into_iter().any(|at| {
            let copy = bytes.get(at..(at + SEALED).min(bytes.len())).unwrap_or_default();
            copy.iter().any(|byte| *byte != 0) && Self::unseal(copy, key).is_none()
        })
    }

    /// The same trail, to here.
    pub(crate) fn reaching(self, end: u64, hash: [u8; 32]) -> Self {
        Self { end, hash, ..self }
    }

    fn unseal(bytes: &[u8], key: &SecretKey) -> Option<Self> {
        let (salt, sealed) = bytes.strip_prefix(MAGIC)?.split_at_checked(SALT)?;
        let plain = sealer(key, salt).open_random(MAGIC, sealed).ok()?;
        let (number, rest) = plain.split_first_chunk()?;
        let (end, rest) = rest.split_first_chunk()?;
        let (hash, rest) = rest.split_first_chunk()?;
        let (base, rest) = rest.split_first_chunk()?;
        Some(Self {
            number: u64::from_be_bytes(*number),
            end: u64::from_be_bytes(*end),
            hash: *hash,
            base: u64::from_be_bytes(*base),
            base_hash: *rest.first_chunk()?,
        })
    }

    fn plain(&self) -> Vec<u8> {
        let (number, end, base) =
            (self.number.to_be_bytes(), self.end.to_be_bytes(), self.base.to_be_bytes());
        [&number[..], &end, &self.hash, &base, &self.base_hash].concat()
    }
}

/// The anchor's file, open for writing.
pub(crate) struct AnchorFile {
    file: File,
    sealer: Sealer,
    salt: [u8; SALT],
    anchor: Anchor,
    synced: Instant,
}

impl AnchorFile {
    /// Opens or makes the file. A new random salt gives this opening a key of its own, so that random nonces never come
    /// near their limit.
    pub(crate) fn open(directory: &Path, key: &SecretKey, anchor: Anchor) -> Result<Self, LogError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = open(path(directory), flags, Mode::RUSR | Mode::WUSR);
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| LogError::Random)?;
        let mut this = Self {
            file: file.map_err(|error| LogError::io("open the anchor of")(error.into()))?.into(),
            sealer: sealer(key, &salt),
            salt,
            anchor,
            synced: Instant::now(),
        };
        this.write()?;
        this.sync()?;
        let directory = File::open(directory).and_then(|directory| directory.sync_all());
        directory.map_err(LogError::io("make durable the anchor of"))?;
        Ok(this)
    }

    /// The trail reaches to here; durable within about a second of busy time.
    pub(crate) fn reach(&mut self, end: u64, hash: [u8; 32]) -> Result<(), LogError> {
        (self.anchor.end, self.anchor.hash) = (end, hash);
        self.write()?;
        if self.synced.elapsed() >= SYNC { self.sync() } else { Ok(()) }
    }

    /// The trail begins here; durable on return.
    pub(crate) fn rebase(&mut self, base: u64, hash: [u8; 32]) -> Result<(), LogError> {
        (self.anchor.base, self.anchor.base_hash) = (base, hash);
        self.write()?;
        self.sync()
    }

    fn write(&mut self) -> Result<(), LogError> {
        self.anchor.number += 1;
        let sealed = self.sealer.seal_random(MAGIC, &self.anchor.plain()).map_err(|_| LogError::Random)?;
        let bytes = [&MAGIC[..], &self.salt, &sealed].concat();
        let offset = self.anchor.number % 2 * STRIDE;
        self.file.write_all_at(&bytes, offset).map_err(LogError::io("write the anchor of"))
    }

    fn sync(&mut self) -> Result<(), LogError> {
        self.synced = Instant::now();
        self.file.sync_data().map_err(LogError::io("make durable the anchor of"))
    }
}

impl Drop for AnchorFile {
    fn drop(&mut self) {
        if let Err(error) = self.sync() {
            tracing::warn!(%error, "the audit trail's anchor may be older than the trail");
        }
    }
}

pub(crate) fn path(directory: &Path) -> PathBuf {
    directory.join("anchor")
}

fn sealer(key: &SecretKey, salt: &[u8]) -> Sealer {
    Sealer::new(&key.derive("audit anchor", salt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_copy_counts_and_the_older_one_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::from_bytes([1; 32]);
        assert_eq!(Anchor::read(dir.path(), &key).unwrap(), None);
        let mut file = AnchorFile::open(dir.path(), &key, Anchor::default()).unwrap();
        for end in 1..10 {
            file.reach(end, [end as u8; 32]).unwrap();
            let read = Anchor::read(dir.path(), &key).unwrap().unwrap();
            assert_eq!((read.end, read.hash), (end, [end as u8; 32]));
        }
        let whole = std::fs::read(path(dir.path())).unwrap();
        for (offset, left) in [(0, Some(9)), (STRIDE as usize, Some(8))] {
            let mut bent = whole.clone();
            bent[offset + 50] ^= 1;
            std::fs::write(path(dir.path()), bent).unwrap();
            let end = Anchor::read(dir.path(), &key).unwrap().map(|anchor| anchor.end);
            assert!(end == left || end == Some(17 - left.unwrap()), "{end:?}");
            assert!(Anchor::is_spoiled(dir.path(), &key));
        }
        std::fs::write(path(dir.path()), &whole).unwrap();
        assert!(!Anchor::is_spoiled(dir.path(), &key));
        assert_eq!(Anchor::read(dir.path(), &SecretKey::from_bytes([2; 32])).unwrap(), None);
    }
}
