//! AWS Key Management Service: keys that encrypt and sign, and never leave.
//!
//! Read [`table`] first: it says what every operation demands. A key has a record with its policy and its material, which
//! the account's keyring wraps; `cipher` seals and opens with it. [`resources`] say what of that a permit reaches; grants
//! stand beside the key.

mod alias;
mod check;
mod cipher;
mod encryption_context;
mod error;
mod grant;
mod key;
mod known;
mod layout;
pub mod model;
mod names;
mod needs;
mod ops;
mod pages;
mod policy;
pub mod resources;
mod service;
pub mod table;
mod tags;
mod view;

pub use check::{Checked, check};
pub use cipher::opens;
pub use error::Error;
pub use service::Kms;
