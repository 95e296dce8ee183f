//! S3 Control: what an account decides for all of its buckets. Of it, the public access block.
//!
//! Read [`table`] first: it says what every operation demands.
//!
//! Source: Amazon S3 API Reference, "Amazon S3 Control".

mod block;
mod error;
pub mod model;
mod ops;
pub mod resources;
mod service;
pub mod table;

pub use block::{ACCOUNTS, PublicAccessBlock, block_of};
pub use error::Error;
pub use service::S3Control;
