use std::marker::PhantomData;

use kurodo_arn::AccountId;
use kurodo_authz::{Grant, Resource};
use kurodo_identity::{
    ReadRecords, Record,
    keys::{Key, Shelf},
};
use kurodo_store::{Cursor, Damage, Reader, Scan, Store, StoreError};

use crate::Error;

/// Looks things up in an account.
pub(crate) trait Look {
    /// The account.
    fn account(&self) -> AccountId;

    /// The record of this key.
    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error>;

    /// The records of a shelf by key, from the one after `after` on.
    fn walk<R: Record>(&self, shelf: &Shelf<R>, after: Option<&Key<R>>) -> Result<Walk<R>, Error>;

    /// Every record of a shelf, by key.
    fn all<R: Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, Error> {
        self.walk(shelf, None)?.collect()
    }

    /// How many records a shelf has.
    fn count<R: Record>(&self, shelf: &Shelf<R>) -> Result<usize, Error> {
        let mut count = 0;
        for record in self.walk(shelf, None)?.cursor {
            record?;
            count += 1;
        }
        Ok(count)
    }
}

/// Records one after the other, read as they are asked for.
pub(crate) struct Walk<R> {
    cursor: Cursor,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Iterator for Walk<R> {
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.cursor.next()?;
        Some(found.map_err(Error::from).and_then(|found| R::decode(&found.value).map_err(|_| damaged())))
    }
}

fn damaged() -> Error {
    let place = "a record of an identity".to_owned();
    StoreError::Damaged(Damage { file: "records.kdb", place }).into()
}

/// What a permit lets an operation read.
pub(crate) struct Room<'p> {
    reader: Reader<'p>,
    account: AccountId,
}

impl<'p> Room<'p> {
    pub(crate) fn open<G: Grant>(store: &'p Store, permit: &'p G) -> Self {
        Self { reader: store.read(permit), account: permit.resource().owner() }
    }
}

impl Look for Room<'_> {
    fn account(&self) -> AccountId {
        self.account
    }

    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error> {
        Ok(self.reader.record(key)?.map(|found| found.value))
    }

    fn walk<R: Record>(&self, shelf: &Shelf<R>, after: Option<&Key<R>>) -> Result<Walk<R>, Error> {
        walk(&self.reader, shelf, after)
    }
}

pub(super) fn walk<R: Record>(
    reader: &Reader<'_>,
    shelf: &Shelf<R>,
    after: Option<&Key<R>>,
) -> Result<Walk<R>, Error> {
    let scan = Scan::within(shelf);
    let scan = if let Some(key) = after { scan.after(key) } else { scan };
    Ok(Walk { cursor: reader.cursor(&scan)?, record: PhantomData })
}
