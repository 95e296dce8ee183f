use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open, openat};

use super::LogError;
use super::segment::parse_name;

/// Where a log's segments are written. [`Files`] is the file system; a test may stand another in that fails.
pub trait Disk: Send + 'static {
    /// Makes a new segment; its name is durable on return.
    ///
    /// # Errors
    /// The file system's, also if the segment exists.
    fn create(&mut self, name: &str) -> io::Result<Box<dyn SegmentFile>>;

    /// Removes a segment.
    ///
    /// # Errors
    /// The file system's.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}

/// A segment that is being written.
pub trait SegmentFile: Send {
    /// Appends all of the bytes.
    ///
    /// # Errors
    /// The file system's; a part of the bytes may then have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was appended durable.
    ///
    /// # Errors
    /// The file system's; what was appended since the last success may then be lost.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the segment back to this length.
    ///
    /// # Errors
    /// The file system's.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// Segments as files of one directory, readable by their owner alone.
pub struct Files(File);

impl Files {
    /// The directory, which must exist.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn open(path: &Path) -> Result<Self, LogError> {
        open_directory(path).map(Self).map_err(LogError::io("open the directory of"))
    }
}

impl Disk for Files {
    fn create(&mut self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file: File = openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into();
        if let Err(error) = self.0.sync_all() {
            let _ = self.remove(name);
            return Err(error);
        }
        Ok(Box::new(file))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        rustix::fs::unlinkat(&self.0, name, rustix::fs::AtFlags::empty())?;
        self.0.sync_all()
    }
}

impl SegmentFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_all()
    }
}

/// The segments of a directory.
#[derive(Debug, Clone)]
pub struct Segments(PathBuf);

/// One segment, as the directory shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentInfo {
    /// The position of its first entry.
    pub first: u64,
    /// The length of its file in bytes.
    pub bytes: u64,
}

impl Segments {
    /// The segments in this directory.
    pub fn of(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn list(&self) -> Result<Vec<SegmentInfo>, LogError> {
        let act = LogError::io("list the segments of");
        let mut segments = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(&act)? {
            let entry = entry.map_err(&act)?;
            let Some(first) = entry.file_name().to_str().and_then(parse_name) else { continue };
            match entry.metadata() {
                Ok(metadata) => segments.push(SegmentInfo { first, bytes: metadata.len() }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(act(error)),
            }
        }
        segments.sort_by_key(|segment| segment.first);
        Ok(segments)
    }

    /// Removes the segments all of whose entries lie before `position`, oldest first, but never the newest segment.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn drop_before(&self, position: u64) -> Result<(), LogError> {
        let act = LogError::io("drop segments of");
        for pair in self.list()?.windows(2) {
            if let [old, next] = pair
                && next.first <= position
            {
                std::fs::remove_file(self.0.join(super::segment::name(old.first))).map_err(&act)?;
            }
        }
        open_directory(&self.0).and_then(|directory| directory.sync_all()).map_err(&act)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Opens a segment for reading; none if there is none.
    pub(super) fn open(&self, first: u64) -> Result<Option<File>, LogError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match open(self.0.join(super::segment::name(first)), flags, Mode::empty()) {
            Ok(file) => Ok(Some(file.into())),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(LogError::io("open a segment of")(error.into())),
        }
    }
}

/// Makes the directory if it is not there, and locks it against other writers until the file is closed.
pub(super) fn lock(path: &Path) -> Result<File, LogError> {
    let act = LogError::io("make the directory of");
    let new = !path.exists();
    std::fs::create_dir_all(path).map_err(&act)?;
    if let (true, Some(parent)) = (new, path.parent()) {
        open_directory(parent).and_then(|directory| directory.sync_all()).map_err(&act)?;
    }
    let directory = open_directory(path).map_err(&act)?;
    match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(directory),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(LogError::Locked(path.to_owned())),
        Err(error) => Err(LogError::io("lock the directory of")(error.into())),
    }
}

fn open_directory(path: &Path) -> io::Result<File> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(open(path, flags, Mode::empty())?.into())
}
