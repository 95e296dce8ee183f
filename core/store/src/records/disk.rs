use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use kurodo_keys::SecretKey;
use redb::Database;

use super::apply::{prepare, replay};
use super::fault::explaining;
use super::store::StoreOptions;
use crate::StoreError;
use crate::error::{JOURNAL_FILE, RECORDS_FILE};
use crate::journal::Journal;
use crate::pages::{Backend, Medium, Pages};

/// The file of records, while it is being made.
const UNFINISHED: &str = "records.kdb.new";

/// The files of a store, and how to open redb on them.
pub(super) struct Disk {
    pub(super) pages: Arc<Pages>,
    pub(super) journal: Journal,
    pub(super) options: StoreOptions,
}

impl Disk {
    /// The files in this directory, which are made when there are none.
    pub(super) fn open(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<Self, StoreError> {
        let path = dir.join(RECORDS_FILE);
        if !path.try_exists().map_err(StoreError::file(&path))? {
            create(dir, key, options)?;
        }
        let file = opening().open(&path).map_err(StoreError::file(&path))?;
        let pages = Pages::open(Box::new(file), key)?;
        // Without its journal the newest of what was acknowledged may be missing.
        let path = dir.join(JOURNAL_FILE);
        let journal = opening().open(&path).map_err(StoreError::file(&path))?;
        Self::new(pages, Box::new(journal), key, options)
    }

    /// What lies on these.
    pub(super) fn new(
        pages: Pages,
        journal: Box<dyn Medium>,
        key: &SecretKey,
        options: &StoreOptions,
    ) -> Result<Self, StoreError> {
        let journal = Journal::open(journal, key, &pages.id(), options.journal_bytes)?;
        Ok(Self { pages: Arc::new(pages), journal, options: options.clone() })
    }

    /// redb on the last durable state, and the number of its last transaction. There must not be another.
    pub(super) fn database(&mut self) -> Result<(Database, u64), StoreError> {
        let (database, written) = written(&self.pages, &self.options)?;
        let sequence = replay(&database, &self.pages, &mut self.journal, written)?;
        Ok((database, sequence))
    }
}

/// redb on what was last written down, and the number of the last transaction in that.
fn written(pages: &Arc<Pages>, options: &StoreOptions) -> Result<(Database, u64), StoreError> {
    let mut builder = Database::builder();
    builder.set_cache_size(options.cache_bytes);
    builder.set_repair_callback(|_| tracing::warn!("records: full repair, which reads everything"));
    let database = builder.create_with_backend(Backend(Arc::clone(pages))).map_err(explaining(pages))?;
    let sequence = prepare(&database, pages)?;
    Ok((database, sequence))
}

/// Makes the directory that holds everything, for this user only.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(StoreError::file(dir))
}

/// Makes an empty store beside its place and moves it there, so that a crash leaves a whole one or none.
fn create(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<(), StoreError> {
    let new = |name: &str| {
        let path = dir.join(name);
        let file = opening().create(true).truncate(true).open(&path);
        file.map_err(StoreError::file(&path)).map(|file| (path, file))
    };
    new(JOURNAL_FILE)?;
    let (path, file) = new(UNFINISHED)?;
    make(Pages::create(Box::new(file), key)?, options)?;
    fs::rename(&path, dir.join(RECORDS_FILE)).map_err(StoreError::file(&path))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(StoreError::file(dir))
}

/// Makes the tables in a new file.
pub(super) fn make(pages: Pages, options: &StoreOptions) -> Result<(), StoreError> {
    let pages = Arc::new(pages);
    drop(written(&pages, options)?);
    Ok(pages.close()?)
}

fn opening() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}
