//! What tables were: for backups, and for recovery to a point in time.
//!
//! A backup copies nothing. It marks a table's items with the number of the transaction that made it, and from then
//! on the first change of an item keeps what the item was. A table that can be recovered to a point in time keeps it
//! at every change, with the time. Both are written in the transaction of the change itself, so that nothing is ever
//! missing, and what a table was can be read piece by piece while the table changes on.

mod clock;
mod keep;
mod known;
mod noting;
mod past;
#[cfg(test)]
mod tests;

pub(crate) use clock::Clock;
pub(crate) use keep::{Continuous, History, Restore};
pub(crate) use known::{Known, KnownPast};
pub(crate) use noting::{Noting, journal_anew};
pub(crate) use past::{Cut, events, page};
