use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use kurodo_authz::Scope;

use super::backing::Backing;
use super::reader::{Reader, Writer};
use super::transaction::Fact;
use super::verify::Check;
use super::version::Versioned;
use crate::StoreError;

/// The door without a permit, to the whole store by whole keys: for what runs before or around the authorizer
/// (the directory of accounts and keys, facts, the audit trail). [`super::Store::open`] gives it out once;
/// services are never handed one.
#[derive(Clone)]
pub struct CoreDoor(pub(super) Arc<dyn Backing>);

impl CoreDoor {
    /// Reads, all from one state.
    pub fn read(&self) -> Reader<'_> {
        Reader::new(&*self.0, everything())
    }

    /// Reads and writes.
    pub fn write(&self) -> Writer<'_> {
        Writer::new(&*self.0, everything())
    }

    /// Reads one record for a decision, and gives the fact of its version along.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn fact(&self, key: &[u8]) -> Result<(Option<Versioned<Bytes>>, Fact), StoreError> {
        self.read().fact(key)
    }

    /// See [`super::Store::generation`].
    pub fn generation(&self, namespace: u8) -> u64 {
        self.0.generation(namespace)
    }

    /// Reads everything on disk and says what is damaged; `progress` is told the steps done and to do. Nothing else
    /// is read or written meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk refuses; [`StoreError::Interrupted`] when readers stay for too long.
    /// Damage is no error but what the check reports.
    pub fn verify(&self, progress: impl FnMut(u64, u64) + Send + 'static) -> Result<Check, StoreError> {
        self.0.verify(Box::new(progress))
    }
}

impl Reader<'_> {
    /// Reads one record for a decision, and gives the fact of its version along.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn fact(&self, key: impl AsRef<[u8]>) -> Result<(Option<Versioned<Bytes>>, Fact), StoreError> {
        let found = self.get(&key)?;
        let version = found.as_ref().map(|found| found.version);
        Ok((found, Fact { key: self.absolute(key.as_ref()), version }))
    }
}

fn everything() -> Scope {
    Scope::new([])
}

impl fmt::Debug for CoreDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CoreDoor")
    }
}
