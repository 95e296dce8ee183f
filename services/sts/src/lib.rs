//! AWS Security Token Service: temporary credentials, and who a caller is.
//!
//! Read [`table`] first: it says what every operation demands. [`resources`] finds what the rows name, and
//! `ops` holds one file per operation.

mod bearer;
mod chain;
mod error;
mod issue;
mod mfa;
pub mod model;
mod needs;
mod ops;
mod policies;
pub mod resources;
mod service;
pub mod table;
mod tags;

pub use error::Error;
pub use service::Sts;
