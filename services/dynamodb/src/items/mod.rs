//! Items, read and written as plans say.

mod capacity;
mod change;
mod collections;
mod expiry;
mod metrics;
mod page;
mod read;
mod search;
mod select;
mod token;
mod write;

pub(crate) use capacity::{Consumed, read_units, wants, write_units};
pub(crate) use change::{Author, Occasion, looks_back, stage};
pub(crate) use collections::{Collections, Hold, LARGEST};
pub(crate) use expiry::{Rounds, TOGETHER as EXPIRED_TOGETHER, is_over};
pub(crate) use metrics::collection;
pub(crate) use page::{Mark, Page};
pub(crate) use read::{found, get, some};
pub(crate) use search::{Found, search};
pub(crate) use select::select;
pub(crate) use token::{Digest, Tokens};
pub(crate) use write::{ATTEMPTS, Written, changed, write};
