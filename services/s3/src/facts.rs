//! What decisions need to know of a bucket: read once, then shared until a bucket changes.

mod load;

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_keys::SecretKey;
use kurodo_policy::Attached;
use kurodo_store::{Fact, Reader, StoreError};

/// Facts of the buckets that were asked for lately, by name.
pub(crate) type Cache = kurodo_store::Known<String, BucketFacts>;

use crate::{
    access_points::Passage,
    acl::Acl,
    inventory::Inventory,
    lifecycle::Lifecycle,
    logs::Logging,
    records::{BlockPublic, BucketId, Cors, Encryption, ObjectLock, Owner, Ownership, Tags, Versioning},
    replication::Replication,
};

/// A bucket with its settings.
#[derive(Clone)]
pub(crate) struct BucketFacts {
    pub(crate) name: String,
    pub(crate) id: BucketId,
    pub(crate) account: AccountId,
    pub(crate) owner: Owner,
    pub(crate) region: String,
    /// That the bucket is there. A transaction that relies on it fails once the bucket is deleted.
    pub(crate) exists: Fact,
    /// What the bucket's objects are sealed under.
    pub(crate) key: Arc<SecretKey>,
    pub(crate) policy: Option<BucketPolicy>,
    /// The bucket's own list; `None` where it was never set, which is private.
    pub(crate) acl: Option<Acl>,
    /// `None` where it was deleted.
    pub(crate) ownership: Option<Ownership>,
    /// `None` where it was deleted.
    pub(crate) block_public: Option<BlockPublic>,
    /// What the account blocks for all of its buckets.
    pub(crate) account_block: BlockPublic,
    /// That the bucket and its account block what they do here. A transaction that relies on both fails once either changes.
    pub(crate) blocked: [Fact; 2],
    pub(crate) encryption: Encryption,
    pub(crate) tags: Tags,
    /// `None` where there are no rules.
    pub(crate) cors: Option<Cors>,
    /// Whether who asks pays, instead of the owner.
    pub(crate) requester_pays: bool,
    pub(crate) versioning: Versioning,
    /// That the bucket keeps versions or not, as here. A transaction that relies on it fails once that changes.
    pub(crate) versioned: Fact,
    /// `None` where versions cannot be locked.
    pub(crate) object_lock: Option<ObjectLock>,
    pub(crate) lifecycle: Option<Lifecycle>,
    /// `None` where requests are not logged.
    pub(crate) logging: Option<Logging>,
    /// `None` where objects are not copied to other buckets.
    pub(crate) replication: Option<Replication>,
    /// By their ids.
    pub(crate) inventories: Vec<Inventory>,
    /// Whether its account has access points that lead to it, with the fact that it is so.
    pub(crate) attached: (bool, Fact),
    /// The access point that the request comes through.
    pub(crate) gate: Option<Arc<Passage>>,
}

/// A block, with the fact that it is so.
type Found = Result<(BlockPublic, Fact), StoreError>;

/// Where the accounts' own public access blocks are found. Another service writes them.
#[derive(Clone, Copy)]
pub struct AccountBlocks {
    /// The namespace that they lie in.
    pub namespace: u8,
    /// The block of an account, by a reader of everything.
    pub of: fn(&Reader<'_>, AccountId) -> Found,
}

/// A bucket's policy, compiled.
#[derive(Clone)]
pub(crate) struct BucketPolicy {
    pub(crate) whole: Arc<Attached>,
    /// Its denials alone, which count for objects of other owners too; only where there can be such objects.
    pub(crate) denials: Option<Arc<Attached>>,
    /// Whether it lets in everybody, as S3 sees it.
    pub(crate) public: bool,
}

impl BucketFacts {
    /// Who owns the objects.
    pub(crate) fn ownership(&self) -> Ownership {
        self.ownership.unwrap_or(Ownership::Writer)
    }

    /// What is blocked: by the bucket or by its account.
    pub(crate) fn blocks(&self) -> BlockPublic {
        self.block_public.unwrap_or_default().or(self.account_block)
    }

    /// The list that counts.
    pub(crate) fn acl(&self) -> Acl {
        match (&self.acl, self.ownership()) {
            (Some(acl), Ownership::Preferred | Ownership::Writer) => acl.clone(),
            _ => Acl::private(&self.owner),
        }
    }

    /// The bucket's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }
}
