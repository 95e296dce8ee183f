use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use crate::model::ObjectOwnership;

use super::{BucketId, Owner, codec::Damaged};

/// A bucket itself. Written when it is made and never again, so that whatever depends on the bucket's being there
/// can rely on this record's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: BucketId,
    pub(crate) owner: Owner,
    pub(crate) region: String,
    /// Milliseconds since 1970.
    pub(crate) created_ms: i64,
    /// The bucket's key, wrapped by its account's keyring.
    pub(crate) key: Vec<u8>,
}

impl Identity {
    /// The account that has the bucket; buckets always have one.
    pub(crate) fn account(&self) -> Result<AccountId, Damaged> {
        self.owner.account().ok_or(Damaged("bucket"))
    }
}

/// Who owns the objects of a bucket, and whether access control lists count.
///
/// Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum Ownership {
    /// The bucket's owner, always; there are no access control lists.
    #[default]
    Enforced,
    /// The bucket's owner, of objects that are put with `bucket-owner-full-control`.
    Preferred,
    /// Whoever puts the object. Also what a bucket without any setting does.
    Writer,
}

impl From<ObjectOwnership> for Ownership {
    fn from(word: ObjectOwnership) -> Self {
        match word {
            ObjectOwnership::BucketOwnerEnforced => Self::Enforced,
            ObjectOwnership::BucketOwnerPreferred => Self::Preferred,
            ObjectOwnership::ObjectWriter => Self::Writer,
        }
    }
}

impl From<Ownership> for ObjectOwnership {
    fn from(ownership: Ownership) -> Self {
        match ownership {
            Ownership::Enforced => Self::BucketOwnerEnforced,
            Ownership::Preferred => Self::BucketOwnerPreferred,
            Ownership::Writer => Self::ObjectWriter,
        }
    }
}

/// What keeps a bucket from being public.
///
/// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BlockPublic {
    /// Public access control lists are refused.
    pub acls: bool,
    /// Public access control lists do not count.
    pub ignore_acls: bool,
    /// Public policies are refused.
    pub policy: bool,
    /// A public policy lets in nobody but the owner's account.
    pub restrict: bool,
}

impl BlockPublic {
    /// What either of two blocks.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            acls: self.acls || other.acls,
            ignore_acls: self.ignore_acls || other.ignore_acls,
            policy: self.policy || other.policy,
            restrict: self.restrict || other.restrict,
        }
    }

    /// What a new bucket has.
    pub(crate) const ALL: Self = Self { acls: true, ignore_acls: true, policy: true, restrict: true };
}

/// A bucket's default encryption. Every object is encrypted in any case, by a key of the bucket, of KMS or of the
/// customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Encryption {
    /// Whether objects under customers' keys are refused.
    pub(crate) blocks_customer_keys: bool,
    /// Whether a bucket key is to be used, which is shown again and says nothing without KMS.
    #[serde(default)]
    pub(crate) bucket_key: bool,
    /// What protects objects that are put without a word about it; a key of the bucket where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms: Option<DefaultKms>,
}

/// A key of KMS as a bucket's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DefaultKms {
    /// Whether there are two layers of encryption (DSSE-KMS).
    pub(crate) dual: bool,
    /// The key's id, ARN or alias as it was given; S3's own in the account of whoever puts an object, where there is none.
    pub(crate) key: Option<String>,
}
