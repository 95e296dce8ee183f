//! The hash-chained trail of decisions and changes.
//!
//! Nothing is done that could not be recorded: [`Audit::begin`] comes before the act, and its failure forbids it.
//! Management events and denials are durable before it returns; data events, if the [`Selector`] takes them, are
//! admitted there and written at their end, as one line.
//!
//! The trail is a [`kurodo_store::log`]: encrypted, and every frame of it authentic. Beyond that, each entry carries the
//! SHA-256 of the entry before it and of itself, so that the order of the whole can be shown to others; and an anchor,
//! sealed under a key of its own, says how far the trail reaches, so that cutting off its end is seen. Whoever can put
//! back an older copy of *both* the trail and the anchor is not seen by this: keep copies of the anchor elsewhere for that.

mod anchor;
mod bytes;
mod chain;
mod error;
mod event;
mod line;
mod pending;
mod reader;
mod recent;
mod record;
#[cfg(test)]
mod tests;
mod trail;
mod verify;

pub use error::AuditError;
pub use event::{Begin, Class, Decision, Outcome, Selector, Tls};
pub use pending::Pending;
pub use reader::{AuditReader, Follow};
pub use record::{Ending, Record, Verdict};
pub use trail::{Audit, Options};
pub use verify::{Bad, Progress, Report};
