//! Transactions as the journal holds them: those that were accepted, with the numbers that they got.

use bytes::{Buf, Bytes};

use super::fault::damaged_tree;
use super::place::Place;
use super::transaction::{Change, Conflict, Work};
use super::version::{Commit, Version};
use crate::StoreError;

const DELETED: u8 = 0;
const PUT: u8 = 1;
const APPENDED: u8 = 2;

/// The changes of the transactions that were accepted, as far as they have any.
pub(super) fn encode(batch: &[&Work], verdicts: &[Result<Commit, Conflict>]) -> Vec<u8> {
    let accepted = || {
        let decided = batch.iter().zip(verdicts).filter(|(work, _)| !work.changes.is_empty());
        decided.filter_map(|(work, verdict)| Some((work, verdict.as_ref().ok()?)))
    };
    let room = accepted().map(|(work, _)| 12 + work.bytes() + 9 * work.changes.len()).sum();
    let mut bytes = Vec::with_capacity(room);
    for (work, commit) in accepted() {
        bytes.extend_from_slice(&commit.version.0.to_be_bytes());
        put_length(&mut bytes, work.changes.len());
        work.changes.iter().for_each(|change| put(&mut bytes, change));
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, change: &Change) {
    bytes.push(match &change.value {
        None => DELETED,
        Some(_) if change.appended => APPENDED,
        Some(_) => PUT,
    });
    for part in [Some(&change.key), change.value.as_ref()].into_iter().flatten() {
        put_length(bytes, part.len());
        bytes.extend_from_slice(part);
    }
}

/// Lengths are within the limits of keys and values, and a batch holds fewer changes than bytes.
fn put_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

/// What [`encode`] was given, change by change, each with its place.
pub(super) fn changes(content: Vec<u8>) -> Changes {
    Changes { rest: content.into(), version: Version(0), left: 0, next: 0 }
}

/// See [`changes`].
pub(super) struct Changes {
    rest: Bytes,
    version: Version,
    /// Changes of this transaction that are still to come, and the place of the next.
    left: u32,
    next: u32,
}

impl Changes {
    fn read(&mut self) -> Option<(Place, Change)> {
        while self.left == 0 {
            self.version = Version(self.rest.try_get_u64().ok()?);
            (self.left, self.next) = (self.rest.try_get_u32().ok()?, 0);
        }
        let place = Place { version: self.version, change: self.next };
        (self.left, self.next) = (self.left - 1, self.next + 1);
        let kind = self.rest.try_get_u8().ok()?;
        let key = self.piece()?;
        let value = if kind == DELETED { None } else { Some(self.piece()?) };
        (kind <= APPENDED).then_some((place, Change { key, value, appended: kind == APPENDED }))
    }

    fn piece(&mut self) -> Option<Bytes> {
        let length = self.rest.try_get_u32().ok()? as usize;
        (length <= self.rest.len()).then(|| self.rest.split_to(length))
    }
}

impl Iterator for Changes {
    type Item = Result<(Place, Change), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() && self.left == 0 {
            return None;
        }
        let read = self.read().ok_or_else(damaged_tree);
        if read.is_err() {
            (self.rest, self.left) = (Bytes::new(), 0);
        }
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::transaction::Expectation;
    use super::*;

    fn a_change() -> impl Strategy<Value = (Vec<u8>, Option<Vec<u8>>, bool)> {
        (any::<Vec<u8>>(), any::<Option<Vec<u8>>>(), any::<bool>())
    }

    proptest! {
        #[test]
        fn accepted_changes_come_back_with_their_places(
            batch in prop::collection::vec((any::<bool>(), prop::collection::vec(a_change(), 0..4)), 0..5),
        ) {
            let conflict = Conflict { which: 0, expectation: Expectation::Fact };
            let (mut works, mut verdicts, mut expected) = (Vec::new(), Vec::new(), Vec::new());
            for (number, (accepted, changes)) in batch.into_iter().enumerate() {
                let version = Version(number as u64);
                verdicts.push(if accepted { Ok(Commit { version }) } else { Err(conflict) });
                let mut work = Work::default();
                for (at, (key, value, appended)) in changes.into_iter().enumerate() {
                    let appended = appended && value.is_some();
                    if accepted {
                        expected.push((version, at as u32, key.clone(), value.clone(), appended));
                    }
                    work.changes.push(Change { key: key.into(), value: value.map(Into::into), appended });
                }
                works.push(work);
            }
            let encoded = encode(&works.iter().collect::<Vec<_>>(), &verdicts);
            let found: Vec<_> = changes(encoded)
                .map(|found| {
                    let (place, Change { key, value, appended }) = found.unwrap();
                    (place.version, place.change, key.to_vec(), value.map(|value| value.to_vec()), appended)
                })
                .collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = changes(bytes).count();
        }
    }
}
