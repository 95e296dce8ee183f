//! Records by typed keys, over the store's doors.

use kurodo_store::{Damage, Reader, Scan, StoreError, Transaction, Versioned};

use crate::{
    Record,
    keys::{Key, Shelf},
};

/// Reads records by typed keys.
pub trait ReadRecords {
    /// The record of this key, with its version.
    ///
    /// # Errors
    /// As [`Reader::get`]; and [`StoreError::Damaged`] for what is no such record.
    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<Versioned<R>>, StoreError>;

    /// At most `limit` records of a shelf, by key; from the one after `after` on.
    ///
    /// # Errors
    /// As [`ReadRecords::record`].
    fn page<R: Record>(
        &self,
        shelf: &Shelf<R>,
        after: Option<&Key<R>>,
        limit: usize,
    ) -> Result<Vec<Versioned<R>>, StoreError>;

    /// All records of a shelf.
    ///
    /// # Errors
    /// As [`ReadRecords::record`].
    fn all<R: Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, StoreError> {
        Ok(self.page(shelf, None, usize::MAX)?.into_iter().map(|found| found.value).collect())
    }
}

impl ReadRecords for Reader<'_> {
    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<Versioned<R>>, StoreError> {
        let Some(Versioned { version, value }) = self.get(key)? else { return Ok(None) };
        Ok(Some(Versioned { version, value: decode(&value)? }))
    }

    fn page<R: Record>(
        &self,
        shelf: &Shelf<R>,
        after: Option<&Key<R>>,
        limit: usize,
    ) -> Result<Vec<Versioned<R>>, StoreError> {
        let scan = Scan::within(shelf).limit(limit);
        let scan = if let Some(key) = after { scan.after(key) } else { scan };
        let typed = |found: kurodo_store::Record| {
            Ok(Versioned { version: found.version, value: decode(&found.value)? })
        };
        self.scan(&scan)?.into_iter().map(typed).collect()
    }
}

/// Writes records by typed keys.
pub trait WriteRecords {
    /// Writes a record, whether or not there was one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; never for the records of this crate.
    fn save<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<&mut Self, StoreError>;

    /// Writes a record that must not be there yet.
    ///
    /// # Errors
    /// As [`WriteRecords::save`]; that it is there fails the commit.
    fn create<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<&mut Self, StoreError>;

    /// Writes a record that must not have changed since it had the version of `old`.
    ///
    /// # Errors
    /// As [`WriteRecords::save`]; that it changed fails the commit.
    fn replace<R: Record>(
        &mut self,
        key: &Key<R>,
        old: kurodo_store::Version,
        new: &R,
    ) -> Result<&mut Self, StoreError>;

    /// Deletes a record that must not have changed since it had this version.
    fn remove<R: Record>(&mut self, key: &Key<R>, old: kurodo_store::Version) -> &mut Self;
}

impl WriteRecords for Transaction<'_> {
    fn save<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<&mut Self, StoreError> {
        Ok(self.put(key, record.encode().map_err(|_| damaged())?))
    }

    fn create<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<&mut Self, StoreError> {
        self.expect_absent(key).save(key, record)
    }

    fn replace<R: Record>(
        &mut self,
        key: &Key<R>,
        old: kurodo_store::Version,
        new: &R,
    ) -> Result<&mut Self, StoreError> {
        self.expect_version(key, old).save(key, new)
    }

    fn remove<R: Record>(&mut self, key: &Key<R>, old: kurodo_store::Version) -> &mut Self {
        self.expect_version(key, old).delete(key)
    }
}

fn decode<R: Record>(bytes: &[u8]) -> Result<R, StoreError> {
    R::decode(bytes).map_err(|_| damaged())
}

fn damaged() -> StoreError {
    StoreError::Damaged(Damage { file: "records", place: "a record of an identity".to_owned() })
}
