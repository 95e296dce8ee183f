//! AWS Organizations, as far as enforcement needs it: accounts, organizational units, and the policies that
//! limit what accounts may do and what may be done to their resources.
//!
//! Read [`table`] first: it says what every operation demands. [`resources`] finds what the rows name, `ops`
//! holds one file per operation, and `room` is how they read and change the organisation.

mod document;
mod error;
mod kind;
mod limits;
pub mod model;
mod needs;
mod ops;
mod page;
pub mod resources;
mod room;
mod service;
pub mod table;
mod tags;
mod thing;
mod view;

pub use error::Error;
pub use service::Organizations;
