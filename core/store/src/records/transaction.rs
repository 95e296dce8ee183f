use std::fmt;

use bytes::Bytes;
use kurodo_authz::{Annexed, Grant, Resource, Scope, Write};

use super::place::Place;
use super::version::Version;
use crate::StoreError;

/// The longest key, scope included, in bytes.
pub const MAX_KEY: usize = 8 << 10;
/// The longest value, in bytes: a megabyte of content, and what its service keeps with it. Up to about 64 KiB is what
/// records are meant for; blobs take more.
pub const MAX_VALUE: usize = (1 << 20) + (16 << 10);

/// What a transaction relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// That there is no such record.
    Absent,
    /// That a record still has its version.
    Version,
    /// That a record has this value.
    Value,
    /// That no record starts with this prefix.
    Empty,
    /// That a fact that a decision was made on still holds.
    Fact,
    /// That nothing was written under keys of a first byte.
    Unwritten,
}

/// A precondition that did not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "precondition {which} ({expectation:?}) of the transaction does not hold; read again and decide anew"
)]
pub struct Conflict {
    /// The first that failed, counted from 0 in the order in which they were stated.
    pub which: usize,
    /// What it expected.
    pub expectation: Expectation,
}

/// That a record had a version, or was absent, when something was decided by it. A transaction that depends on
/// it can say so, and reaches nothing by it.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    pub(super) key: Bytes,
    pub(super) version: Option<Version>,
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fact").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A precondition, by whole key.
pub(super) enum Condition {
    Is(Bytes, Option<Version>),
    Value(Bytes, Bytes),
    Empty(Bytes),
    /// That this is still the generation of a first byte.
    Unwritten(u8, u64),
}

/// A change, by whole key; no value deletes.
pub(super) struct Change {
    pub(super) key: Bytes,
    pub(super) value: Option<Bytes>,
    /// Whether the key goes on with the change's [`Place`], which the commit gives.
    pub(super) appended: bool,
}

/// A transaction, ready for whatever keeps the records.
#[derive(Default)]
pub(super) struct Work {
    pub(super) conditions: Vec<(Expectation, Condition)>,
    pub(super) changes: Vec<Change>,
    /// First bytes whose generation grows though nothing is written.
    pub(super) announced: Vec<u8>,
}

impl Work {
    /// How much it writes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.changes.iter().map(|change| change.key.len() + change.value.as_ref().map_or(0, Bytes::len)).sum()
    }

    /// Refuses keys and values over the limits.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for Change { key, value, appended } in &self.changes {
            within("key", key.len() + if *appended { Place::BYTES } else { 0 }, MAX_KEY)?;
            within("value", value.as_ref().map_or(0, Bytes::len), MAX_VALUE)?;
        }
        Ok(())
    }
}

fn within(what: &'static str, length: usize, limit: usize) -> Result<(), StoreError> {
    if length > limit { Err(StoreError::TooLarge { what, length, limit }) } else { Ok(()) }
}

/// Changes that happen together or not at all, and what they rely on. Keys are relative to the scope of the
/// permit; [`Transaction::under`] goes on under another one. Later changes of the same key win.
#[must_use = "a transaction does nothing until it is committed"]
pub struct Transaction<'w> {
    pub(super) scope: Scope,
    pub(super) backing: &'w dyn super::backing::Backing,
    pub(super) work: Work,
}

impl<'w> Transaction<'w> {
    /// What follows is under this permit, and its keys are relative to that one's scope.
    pub fn under<G: Grant<Access = Write>>(&mut self, permit: &'w G) -> &mut Self {
        self.scope = permit.resource().scope();
        self
    }

    /// What follows is in the annex of what this permit reaches.
    pub fn in_annex<G: Grant<Access = Write, Resource: Annexed>>(&mut self, permit: &'w G) -> &mut Self {
        self.scope = permit.resource().annex();
        self
    }

    /// Writes a record, whether or not there was one.
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl Into<Bytes>) -> &mut Self {
        let key = self.absolute(key.as_ref());
        self.work.changes.push(Change { key, value: Some(value.into()), appended: false });
        self
    }

    /// Writes a record after all others below this prefix that were appended: the key ends in the [`Place`] that the
    /// commit gives it. Whoever sees a place sees all places before it, and nobody has to wait for anybody's turn.
    pub fn append(&mut self, prefix: impl AsRef<[u8]>, value: impl Into<Bytes>) -> &mut Self {
        let key = self.absolute(prefix.as_ref());
        self.work.changes.push(Change { key, value: Some(value.into()), appended: true });
        self
    }

    /// Deletes a record, if there is one.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) -> &mut Self {
        let key = self.absolute(key.as_ref());
        self.work.changes.push(Change { key, value: None, appended: false });
        self
    }

    /// Relies on there being no such record.
    pub fn expect_absent(&mut self, key: impl AsRef<[u8]>) -> &mut Self {
        let key = self.absolute(key.as_ref());
        self.expect(Expectation::Absent, Condition::Is(key, None))
    }

    /// Relies on a record's not having been written since it had this version.
    pub fn expect_version(&mut self, key: impl AsRef<[u8]>, version: Version) -> &mut Self {
        let key = self.absolute(key.as_ref());
        self.expect(Expectation::Version, Condition::Is(key, Some(version)))
    }

    /// Relies on a record's having this value.
    pub fn expect_value(&mut self, key: impl AsRef<[u8]>, value: impl Into<Bytes>) -> &mut Self {
        let key = self.absolute(key.as_ref());
        self.expect(Expectation::Value, Condition::Value(key, value.into()))
    }

    /// Relies on no record's key starting with this prefix.
    pub fn expect_empty(&mut self, prefix: impl AsRef<[u8]>) -> &mut Self {
        let prefix = self.absolute(prefix.as_ref());
        self.expect(Expectation::Empty, Condition::Empty(prefix))
    }

    /// Relies on a fact's still holding, wherever its record lies.
    pub fn expect_fact(&mut self, fact: &Fact) -> &mut Self {
        self.expect(Expectation::Fact, Condition::Is(fact.key.clone(), fact.version))
    }

    /// Relies on nothing having been written under keys of this first byte since its
    /// [generation](super::Store::generation) was this. It costs no look at any record.
    pub fn expect_unwritten(&mut self, namespace: u8, generation: u64) -> &mut Self {
        self.expect(Expectation::Unwritten, Condition::Unwritten(namespace, generation))
    }

    /// Lets the generation of a first byte grow as if something were written there: what is kept in memory of what
    /// this transaction changes is outdated.
    pub fn announce(&mut self, namespace: u8) -> &mut Self {
        self.work.announced.push(namespace);
        self
    }

    /// Takes in a transaction of another permit: all of both happens, or nothing. What it relies on is counted
    /// after what this one does.
    pub fn join(&mut self, other: Transaction<'_>) -> &mut Self {
        self.work.conditions.extend(other.work.conditions);
        self.work.changes.extend(other.work.changes);
        self.work.announced.extend(other.work.announced);
        self
    }

    /// Commits, and returns when the transaction outlives a power cut. A caller that stops waiting does not stop
    /// the transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a precondition fails, [`StoreError::Full`], [`StoreError::TooLarge`],
    /// [`StoreError::Io`] and [`StoreError::Damaged`]: nothing was written. [`StoreError::Stopped`]: unknown.
    pub async fn commit(self) -> Result<super::Commit, StoreError> {
        self.work.check()?;
        self.backing.submit(self.work).await
    }

    fn expect(&mut self, expectation: Expectation, condition: Condition) -> &mut Self {
        self.work.conditions.push((expectation, condition));
        self
    }

    fn absolute(&self, key: &[u8]) -> Bytes {
        [self.scope.prefix(), key].concat().into()
    }
}
