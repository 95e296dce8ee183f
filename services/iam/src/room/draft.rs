use std::cell::RefCell;

use kurodo_arn::AccountId;
use kurodo_authz::{Grant, Resource, Write};
use kurodo_identity::{
    ReadRecords, Record, WriteRecords,
    keys::{Key, Shelf},
};
use kurodo_store::{Transaction, Writer};

use super::look::{Look, Walk, walk};
use crate::{Error, Iam, resources::Subject};

/// How often a change is tried when others change the same records at the same time. Each time, one of them
/// gets through.
const ATTEMPTS: usize = 64;

/// A change in the making: it reads, and collects what is to be written.
pub(crate) struct Draft<'w> {
    writer: &'w Writer<'w>,
    account: AccountId,
    transaction: RefCell<Transaction<'w>>,
}

impl Iam {
    /// Makes a change that `decide` draws up from what is stored. When what it read has changed in the
    /// meantime, `decide` is asked again.
    ///
    /// # Errors
    /// What `decide` fails with; [`Error::ConcurrentModification`] when others were always quicker.
    pub(crate) async fn change<G, T>(
        &self,
        permit: &G,
        decide: impl Fn(&Draft<'_>) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        G: Grant<Access = Write>,
    {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let draft = Draft {
                writer: &writer,
                account: permit.resource().owner(),
                transaction: RefCell::new(writer.transaction()),
            };
            let decided = decide(&draft)?;
            match draft.transaction.into_inner().commit().await {
                Ok(_) => return Ok(decided),
                Err(error) if error.conflict().is_some() => tokio::task::yield_now().await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::ConcurrentModification)
    }
}

impl Draft<'_> {
    /// Writes a record.
    pub(crate) fn put<R: Record>(&self, key: &Key<R>, record: &R) -> Result<(), Error> {
        self.transaction.borrow_mut().save(key, record)?;
        Ok(())
    }

    /// Writes a record where it belongs.
    pub(crate) fn keep<R: Subject>(&self, record: &R) -> Result<(), Error> {
        self.put(&record.key(), record)
    }

    /// Writes a record as it is, so that a change that read it at the same time is decided anew.
    pub(crate) fn touch<R: Subject>(&self, record: &R) -> Result<(), Error> {
        self.keep(record)
    }

    /// Deletes a record.
    pub(crate) fn delete<R: Record>(&self, key: &Key<R>) {
        self.transaction.borrow_mut().delete(key);
    }
}

impl Look for Draft<'_> {
    fn account(&self) -> AccountId {
        self.account
    }

    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error> {
        let found = self.writer.record(key)?;
        let mut transaction = self.transaction.borrow_mut();
        match &found {
            Some(found) => transaction.expect_version(key, found.version),
            None => transaction.expect_absent(key),
        };
        Ok(found.map(|found| found.value))
    }

    fn walk<R: Record>(&self, shelf: &Shelf<R>, after: Option<&Key<R>>) -> Result<Walk<R>, Error> {
        walk(self.writer, shelf, after)
    }
}
