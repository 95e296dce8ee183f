//! Lists of what is in a bucket, delivered daily or weekly.
//!
//! [`Inventory`] is a configuration as it is kept; `document` takes it from a request and gives it back, `rows` writes the
//! list, and [`Rounds`] knows which lists were delivered.
//!
//! Source: S3 User Guide, "Cataloging and analyzing your data with S3 Inventory".

mod cell;
mod document;
mod files;
mod parquet;
mod rounds;
mod rows;
mod thrift;

use serde::{Deserialize, Serialize};

pub(crate) use files::{Files, Packed, manifests};
pub(crate) use rounds::{Rounds, Work};
pub(crate) use rows::Listing;

use crate::{kms::Asked, model::ServerSideEncryption};

/// What is listed, where the list goes and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inventory {
    pub(crate) id: String,
    pub(crate) enabled: bool,
    /// Whether all versions are listed, or the current ones.
    pub(crate) versions: bool,
    pub(crate) weekly: bool,
    /// What the listed keys begin with.
    pub(crate) filter: Option<String>,
    /// The bucket that gets the lists.
    pub(crate) target: String,
    /// The account that owns it, where the request said so.
    pub(crate) account: Option<String>,
    /// What the lists' keys begin with.
    pub(crate) prefix: Option<String>,
    /// Whether the request asked for encryption, which there is in any case.
    pub(crate) sealed: bool,
    /// The key of KMS that is to protect the lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms: Option<String>,
    pub(crate) fields: Vec<Field>,
    /// Whether the lists are in Parquet, and not comma-separated values.
    #[serde(default)]
    pub(crate) parquet: bool,
}

impl Inventory {
    /// The encryption that the lists are to have; the default of the bucket that gets them where the request said nothing.
    pub(crate) fn encryption(&self) -> Asked<'_> {
        let word =
            if self.kms.is_some() { ServerSideEncryption::AwsKms } else { ServerSideEncryption::Aes256 };
        Asked { algorithm: self.sealed.then_some(word), key: self.kms.as_deref(), ..Asked::default() }
    }
}

/// What a list may say beside bucket and key, in the order in which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Field {
    Size,
    LastModifiedDate,
    ETag,
    StorageClass,
    IsMultipartUploaded,
    ReplicationStatus,
    EncryptionStatus,
    ObjectLockRetainUntilDate,
    ObjectLockMode,
    ObjectLockLegalHoldStatus,
    BucketKeyStatus,
    ChecksumAlgorithm,
    ObjectOwner,
}

impl Field {
    pub(crate) const ALL: [Self; 13] = [
        Self::Size,
        Self::LastModifiedDate,
        Self::ETag,
        Self::StorageClass,
        Self::IsMultipartUploaded,
        Self::ReplicationStatus,
        Self::EncryptionStatus,
        Self::ObjectLockRetainUntilDate,
        Self::ObjectLockMode,
        Self::ObjectLockLegalHoldStatus,
        Self::BucketKeyStatus,
        Self::ChecksumAlgorithm,
        Self::ObjectOwner,
    ];

    /// Its name in requests and in the schema of a list.
    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }
}
