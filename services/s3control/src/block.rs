//! An account's public access block, as it is stored.

use kurodo_arn::AccountId;
use kurodo_authz::Scope;
use kurodo_store::{Fact, KeyBuilder, Reader, StoreError};
use serde::{Deserialize, Serialize};

/// The namespace of what accounts decide for their buckets: `13` account.
pub const ACCOUNTS: u8 = 13;

/// What keeps the buckets of an account from being public, beside what each of them says itself.
///
/// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// Public access control lists are refused.
    pub block_public_acls: bool,
    /// Public access control lists do not count.
    pub ignore_public_acls: bool,
    /// Public policies are refused.
    pub block_public_policy: bool,
    /// A public policy lets in nobody but the bucket's account.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// Everything is blocked.
    pub(crate) const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// Where an account's block lies.
pub(crate) fn scope(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(ACCOUNTS).part(account.to_string()).build())
}

/// The block of an account, through a door to everything, with the fact that it is so; nothing is blocked where the
/// account never said so.
///
/// # Errors
/// As [`Reader::get`]; a record that cannot be read blocks everything.
pub fn block_of(reader: &Reader<'_>, account: AccountId) -> Result<(PublicAccessBlock, Fact), StoreError> {
    let (found, fact) = reader.fact(scope(account).prefix())?;
    let block = found.map_or_else(PublicAccessBlock::default, |found| {
        serde_json::from_slice(&found.value).unwrap_or(PublicAccessBlock::ALL)
    });
    Ok((block, fact))
}
