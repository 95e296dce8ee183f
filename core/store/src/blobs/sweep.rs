use std::path::PathBuf;
use std::sync::Arc;

use super::folder::Folder;
use super::{BlobError, BlobId};

/// The right to remove, once, what earlier runs of the program left unpublished.
///
/// There is one for each opening of the directory, because the blobs made since then are remembered, and spared,
/// only until it is used or dropped.
pub struct Sweep {
    folder: Arc<Folder>,
}

/// What a sweep found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs that were referenced, or made since the directory was opened.
    pub kept: u64,
    /// Blobs that nothing referenced; their files are gone.
    pub removed: Vec<BlobId>,
    /// Files that are no blobs. They were left alone.
    pub strangers: Vec<PathBuf>,
}

impl Sweep {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self { folder }
    }

    /// Removes every blob of an earlier run that is not live. `live` answers from one consistent view of the records,
    /// taken after the directory was opened. Blocks; other blobs may be written and read meanwhile.
    ///
    /// # Errors
    /// [`BlobError::Io`]; what was removed until then stays removed.
    pub fn run(self, live: impl Fn(&BlobId) -> bool) -> Result<Swept, BlobError> {
        let mut swept = Swept::default();
        for shard in 0..=u8::MAX {
            self.shard(shard, &live, &mut swept)?;
        }
        Ok(swept)
    }

    fn shard(&self, shard: u8, live: &impl Fn(&BlobId) -> bool, swept: &mut Swept) -> Result<(), BlobError> {
        let shard = format!("{shard:02x}");
        let act = BlobError::io("list a directory");
        for entry in std::fs::read_dir(self.folder.path.join(&shard)).map_err(&act)? {
            let entry = entry.map_err(&act)?;
            let id = entry.file_name().to_str().and_then(|name| format!("{shard}{name}").parse().ok());
            match id {
                None => swept.strangers.push(entry.path()),
                Some(id) if self.folder.is_fresh(&id) || live(&id) => swept.kept += 1,
                Some(id) => {
                    self.folder.remove(id)?;
                    swept.removed.push(id);
                }
            }
        }
        Ok(())
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.folder.forget_fresh();
    }
}
