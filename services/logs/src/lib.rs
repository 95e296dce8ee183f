//! Amazon CloudWatch Logs: groups of streams of events, and what is found in them.
//!
//! Read [`table`] first: it says what every operation demands. `layout` says where everything lies, [`block`] how
//! events are packed, `walk` how they are read in order.

pub mod block;
mod definition;
pub mod emf;
mod error;
mod event;
mod export;
mod facts;
mod filter;
pub mod insights;
mod layout;
mod locks;
pub mod model;
mod names;
mod needs;
mod ops;
mod page;
pub mod pattern;
mod queries;
pub mod resources;
mod scan;
mod service;
pub mod table;
mod tags;
mod tail;
mod walk;

pub use error::Error;
pub use service::Logs;
