use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kurodo_authz::{Annexed, Grant, Write};
use kurodo_keys::SecretKey;

use super::backing::Backing;
use super::door::CoreDoor;
use super::engine::Engine;
use super::reader::{Reader, Writer};
use super::standing::Standing;
use crate::StoreError;

/// How the store uses the machine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoreOptions {
    /// The most memory that cached records take, in bytes. It is taken as it is needed.
    pub cache_bytes: usize,
    /// How long the journal gets, in bytes, before everything is written down and it begins anew. What it holds is
    /// applied again after a crash.
    pub journal_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { cache_bytes: 64 << 20, journal_bytes: 8 << 20 }
    }
}

/// The records, to those who hold permits.
#[derive(Clone)]
pub struct Store(Arc<dyn Backing>);

impl Store {
    /// Opens the store in this directory, or makes one there. `key` seals it, and must be the same every time.
    /// The directory stays locked against other processes until the last clone of store and door is gone.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it, [`StoreError::Damaged`] (also when the key is
    /// another), [`StoreError::File`].
    pub fn open(dir: &Path, key: &SecretKey, options: &StoreOptions) -> Result<(Self, CoreDoor), StoreError> {
        let backing: Arc<dyn Backing> = Arc::new(Engine::open(dir, key, options)?);
        Ok((Self(Arc::clone(&backing)), CoreDoor(backing)))
    }

    /// Whether there is a store in this directory.
    pub fn exists(dir: &Path) -> bool {
        dir.join(crate::error::RECORDS_FILE).exists()
    }

    /// Reads what the permit reaches.
    pub fn read<'p, G: Grant>(&'p self, permit: &'p G) -> Reader<'p> {
        Reader::new(&*self.0, kurodo_authz::Resource::scope(permit.resource()))
    }

    /// Reads and writes what the permit reaches.
    pub fn write<'p, G: Grant<Access = Write>>(&'p self, permit: &'p G) -> Writer<'p> {
        Writer::new(&*self.0, kurodo_authz::Resource::scope(permit.resource()))
    }

    /// Goes on reading what the permit reaches when the request is over, for so long at most.
    pub fn stand<G: Grant>(&self, permit: &G, lasting: Duration) -> Standing {
        Standing::new(Arc::clone(&self.0), kurodo_authz::Resource::scope(permit.resource()), lasting)
    }

    /// The same with the annex of what the permit reaches.
    pub fn stand_in_annex<G: Grant<Resource: Annexed>>(&self, permit: &G, lasting: Duration) -> Standing {
        Standing::new(Arc::clone(&self.0), permit.resource().annex(), lasting)
    }

    /// A number that grows with every commit that wrote a key of this first byte: after the commit can be seen,
    /// before it is acknowledged. A cache that read it before it loaded is current as long as it stays.
    pub fn generation(&self, namespace: u8) -> u64 {
        self.0.generation(namespace)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}
