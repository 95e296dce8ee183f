use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use kurodo_authz::{Annexed, Grant, Scope};

use super::backing::{Backing, View};
use super::cursor::{Cursor, Record, Scan};
use super::transaction::{Transaction, Work};
use super::version::Versioned;
use crate::StoreError;

/// Keys up to this long are put together without allocating.
const SHORT_KEY: usize = 512;

/// Reads the records that a permit reaches, all from the one durable state there was when the reader was made.
/// Keys are relative to the permit's scope.
#[derive(Clone)]
pub struct Reader<'p> {
    scope: Scope,
    view: Result<Arc<dyn View>, NoView>,
    permit: PhantomData<&'p ()>,
}

/// There was nothing to read from, as during a check.
#[derive(Clone, Copy)]
struct NoView;

impl Reader<'_> {
    pub(super) fn new(backing: &dyn Backing, scope: Scope) -> Self {
        Self { scope, view: backing.view().map_err(|_| NoView), permit: PhantomData }
    }

    /// The record of this key.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] and [`StoreError::Io`] when it cannot be read; [`StoreError::Interrupted`] when
    /// the store is being reopened.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Versioned<Bytes>>, StoreError> {
        let (view, prefix, key) = (self.view()?, self.scope.prefix(), key.as_ref());
        let mut short = [0; SHORT_KEY];
        let length = prefix.len() + key.len();
        match short.get_mut(..length) {
            Some(whole) => {
                let (head, tail) = whole.split_at_mut(prefix.len());
                head.copy_from_slice(prefix);
                tail.copy_from_slice(key);
                view.get(whole)
            }
            None => view.get(&[prefix, key].concat()),
        }
    }

    /// The records that a scan asks for.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn scan(&self, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        self.cursor(scan)?.take(scan.most()).collect()
    }

    /// The same one by one, and able to jump; the scan's limit is left to the caller.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn cursor(&self, scan: &Scan) -> Result<Cursor, StoreError> {
        scan.cursor(Arc::clone(self.view()?), self.scope.prefix())
    }

    /// Whether no record's key starts with this prefix.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn is_empty(&self, prefix: impl AsRef<[u8]>) -> Result<bool, StoreError> {
        Ok(self.cursor(&Scan::within(prefix))?.next().transpose()?.is_none())
    }

    /// Reads what another permit reaches, from the same state as this reader does.
    pub fn beside<'q, G: Grant>(&self, permit: &'q G) -> Reader<'q> {
        let scope = kurodo_authz::Resource::scope(permit.resource());
        Reader { scope, view: self.view.clone(), permit: PhantomData }
    }

    /// Reads the annex of what a permit reaches, from the same state as this reader does.
    pub fn annex<'q, G: Grant<Resource: Annexed>>(&self, permit: &'q G) -> Reader<'q> {
        Reader { scope: permit.resource().annex(), view: self.view.clone(), permit: PhantomData }
    }

    pub(super) fn absolute(&self, key: &[u8]) -> Bytes {
        [self.scope.prefix(), key].concat().into()
    }

    fn view(&self) -> Result<&Arc<dyn View>, StoreError> {
        self.view.as_ref().map_err(|NoView| StoreError::Interrupted)
    }
}

/// Reads like a [`Reader`], and writes by transactions.
pub struct Writer<'p> {
    reader: Reader<'p>,
    backing: &'p dyn Backing,
}

impl<'p> Writer<'p> {
    pub(super) fn new(backing: &'p dyn Backing, scope: Scope) -> Self {
        Self { reader: Reader::new(backing, scope), backing }
    }

    /// A transaction that does nothing yet.
    pub fn transaction(&self) -> Transaction<'p> {
        Transaction { scope: self.reader.scope.clone(), backing: self.backing, work: Work::default() }
    }
}

impl<'p> Deref for Writer<'p> {
    type Target = Reader<'p>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}
