//! HTTPS to servers of others: one request on a connection of its own, no redirections, a time limit, a length limit.
//!
//! Whoever asks decides whom to trust: the authorities of this machine ([`machine`]), or others beside them.

mod request;
mod trust;

pub use request::{Answer, Ask, OutsideError, send};
pub use trust::{client, machine};
