use std::io;

use crate::StoreError;
use crate::error::{Damage, RECORDS_FILE};
use crate::pages::{Fault, PageError, Pages};

/// What redb's error means. redb reports an error of the file once, and afterwards only that there was one; the
/// file remembers which.
pub(super) fn explain(pages: &Pages, error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::Io(error) => explain_io(&error),
        redb::Error::PreviousIo | redb::Error::DatabaseClosed | redb::Error::LockPoisoned(_) => {
            pages.fault().map_or(StoreError::Interrupted, Into::into)
        }
        redb::Error::DatabaseAlreadyOpen | redb::Error::TransactionInProgress => StoreError::Interrupted,
        _ => damaged_tree(),
    }
}

/// Something that opens and yet makes no sense, such as an old block brought back.
pub(super) fn damaged_tree() -> StoreError {
    StoreError::Damaged(Damage { file: RECORDS_FILE, place: "the tree of records".into() })
}

fn explain_io(error: &io::Error) -> StoreError {
    let page = error.get_ref().and_then(|inner| inner.downcast_ref::<PageError>());
    match page {
        Some(page) => Fault::from(page).into(),
        None if error.kind() == io::ErrorKind::InvalidData => damaged_tree(),
        None => Fault::from(&PageError::Io(error.kind().into())).into(),
    }
}

/// Gives `explain` for this file, to map errors with.
pub(super) fn explaining<E: Into<redb::Error>>(pages: &Pages) -> impl Fn(E) -> StoreError {
    move |error| explain(pages, error)
}
