use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use kurodo_keys::SecretKey;
use redb::Database;

use super::apply::prepare;
use super::fault::explaining;
use super::store::StoreOptions;
use crate::StoreError;
use crate::error::RECORDS_FILE;
use crate::pages::{Backend, Pages};

/// The file of records, while it is being made.
const UNFINISHED: &str = "records.kdb.new";

/// The file of records, and how to open redb on it.
pub(super) struct Disk {
    pub(super) pages: Arc<Pages>,
    pub(super) options: StoreOptions,
}

impl Disk {
    /// The file in this directory, which is made when there is none.
    pub(super) fn open(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<Self, StoreError> {
        let path = dir.join(RECORDS_FILE);
        if !path.try_exists().map_err(StoreError::file(&path))? {
            create(dir, key, options)?;
        }
        let mut open = OpenOptions::new();
        let file = open.read(true).write(true).open(&path).map_err(StoreError::file(&path))?;
        let pages = Arc::new(Pages::open(Box::new(file), key)?);
        Ok(Self { pages, options: options.clone() })
    }

    /// redb on the last durable state, and the number of its last transaction. There must not be another.
    pub(super) fn database(&self) -> Result<(Database, u64), StoreError> {
        let mut builder = Database::builder();
        builder.set_cache_size(self.options.cache_bytes);
        builder.set_repair_callback(|_| tracing::warn!("records: full repair, which reads everything"));
        let backend = Backend(Arc::clone(&self.pages));
        let database = builder.create_with_backend(backend).map_err(explaining(&self.pages))?;
        let sequence = prepare(&database, &self.pages)?;
        Ok((database, sequence))
    }
}

/// Makes the directory that holds everything, for this user only.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(StoreError::file(dir))
}

/// Makes an empty store beside its place and moves it there, so that a crash leaves a whole one or none.
fn create(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<(), StoreError> {
    let path = dir.join(UNFINISHED);
    let mut new = OpenOptions::new();
    new.read(true).write(true).create(true).truncate(true).mode(0o600);
    let file = new.open(&path).map_err(StoreError::file(&path))?;
    let pages = Arc::new(Pages::create(Box::new(file), key)?);
    let disk = Disk { pages, options: options.clone() };
    drop(disk.database()?);
    disk.pages.close()?;
    fs::rename(&path, dir.join(RECORDS_FILE)).map_err(StoreError::file(&path))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(StoreError::file(dir))
}
