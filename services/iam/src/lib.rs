//! AWS Identity and Access Management: users, groups, roles, policies and credentials of an account.
//!
//! Read [`table`] first: it says what every operation demands. [`resources`] finds what the rows name,
//! `ops` holds one file per operation, and `room` is how they read and change an account's records.

mod error;
pub mod model;
mod needs;
mod ops;
mod page;
mod quota;
pub mod resources;
mod room;
mod service;
mod service_linked;
pub mod table;
mod tags;
mod text;
mod view;

pub use error::Error;
pub use service::Iam;
