//! Partitions, accounts, regions and ARNs as types: parse once, then trust.
//!
//! Source: AWS General Reference, "Amazon Resource Names (ARNs)".

mod account;
mod arn;
mod region;

pub use account::AccountId;
pub use arn::Arn;
pub use region::Region;

/// The partition of every ARN that Kurodo makes.
pub const PARTITION: &str = "aws";

/// Why a text is not what its type promises. The text itself is named, so it must never be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not twelve decimal digits.
    #[error("{0:?} is not an account id: write its 12 digits")]
    Account(String),
    /// Not of the form of a region name.
    #[error("{0:?} is not a region name: write it like eu-central-1")]
    Region(String),
    /// Not `arn:partition:service:region:account:resource`.
    #[error("{0:?} is not an ARN: write it like arn:aws:s3:::bucket/key")]
    Arn(String),
}
