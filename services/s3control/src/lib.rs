//! S3 Control: what an account decides for all of its buckets, which is the public access block, and its access points.
//!
//! Read [`table`] first: it says what every operation demands.
//!
//! Source: Amazon S3 API Reference, "Amazon S3 Control".

mod access_points;
mod block;
mod error;
pub mod model;
mod needs;
mod ops;
mod policy;
pub mod resources;
mod service;
pub mod table;

pub use access_points::{ACCESS_POINTS, AccessPoint, arn, find, has_some, is_label};
pub use block::{ACCOUNTS, PublicAccessBlock, block_of};
pub use error::Error;
pub use service::{Buckets, Look, S3Control};
