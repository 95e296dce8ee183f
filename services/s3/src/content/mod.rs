//! Objects' bytes: taken in, sealed, and given out again.

mod customer;
mod inline;
mod intake;
mod keys;
mod outlet;
mod readers;

pub(crate) use customer::{Customer, customer};
pub(crate) use intake::{Plan, Received, Source, receive};
pub(crate) use keys::Keys;
pub(crate) use outlet::{Opened, Reading};
pub(crate) use readers::Readers;

/// Content up to this many bytes lies in the object's record, where one group commit makes it durable and one look-up
/// finds it; longer content lies in a blob.
pub(crate) const INLINE: usize = 16 * 1024;
