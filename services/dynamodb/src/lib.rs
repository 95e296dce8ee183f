//! Amazon DynamoDB: tables of items, with permissions that reach down to single items and attributes.
//!
//! Read [`table`] first: it says what every operation demands. `needs` parses a request into a plan and says what the
//! plan touches; [`resources`] carry the plan past the decision; `ops` holds the operations, which do what the plan
//! says and nothing else. [`streams`] is a second service over the same records.

pub mod attribute;
mod backup;
mod definition;
mod encryption;
mod error;
mod exports;
mod expression;
mod facts;
mod history;
mod imports;
mod items;
mod layout;
mod legacy;
mod meter;
pub mod model;
mod names;
mod needs;
pub mod number;
mod ops;
pub mod partiql;
mod plan;
pub mod resources;
mod s3;
mod service;
pub mod streams;
pub mod table;
mod tags;

pub use error::Error;
pub use service::{DynamoDb, Limits};
pub use streams::DynamoDbStreams;
