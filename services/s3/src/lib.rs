//! S3: buckets and objects.
//!
//! [`table`] says which operations there are and what each demands; `ops` has one file for each. `resources` and
//! `needs` find what a decision must know, `records` say what is stored and `layout` where.
//!
//! Source: Amazon S3 API Reference and User Guide.

mod access_points;
mod acl;
mod check;
mod checksum;
mod conditions;
mod content;
mod copy_source;
mod cors;
mod error;
mod facts;
mod figures;
mod inventory;
mod kms;
mod layout;
mod lifecycle;
mod limits;
mod listing;
mod logs;
mod metadata;
mod mfa;
pub mod model;
mod names;
mod needs;
mod object_lock;
mod ops;
mod policy;
mod range;
mod records;
mod replication;
pub mod resources;
mod restore;
mod select;
mod storage;
mod sweep;
pub mod table;
mod tags;
mod times;
mod versions;

use std::sync::Arc;

use kurodo_gateway::{
    Answered, Body, Call, CrossOrigin, Dialect, Failure, Observer, Relay, Room, Service, ServiceFacts,
    Sharing, Turns,
};
use kurodo_identity::StoredDirectory;
use kurodo_store::{AccountKeys, CoreDoor, Reader, Store, blobs::Blobs};
use kurodo_wire::{OperationSchema, Violation};

pub use access_points::{AccessPoint, AccessPoints, Found, home, refuses_public_policies};
pub use check::{Checked, check};
pub use error::Error;
pub use facts::AccountBlocks;
pub use records::BlockPublic;
pub use restore::Restorations;
pub use sweep::live_blobs;
pub use table::action;

/// What S3 Control keeps, and how it is found.
#[derive(Clone, Copy)]
pub struct Control {
    /// What accounts block for all of their buckets.
    pub accounts: AccountBlocks,
    /// Access points.
    pub points: AccessPoints,
}

/// S3. Its operations are the handlers in `ops`.
pub struct S3 {
    store: Store,
    blobs: Blobs,
    /// Wrap the buckets' keys.
    keys: AccountKeys,
    buckets: facts::Cache,
    accounts: AccountBlocks,
    /// Finds access points.
    points: AccessPoints,
    /// Takes the one-time codes that deleting versions may need.
    codes: Arc<StoredDirectory>,
    /// How far the lifecycle rules have been followed today.
    rounds: lifecycle::Rounds,
    restorations: Restorations,
    /// The records of requests that are not delivered yet.
    logs: logs::Logs,
    /// The lists of what is in buckets that were delivered.
    inventories: inventory::Rounds,
    /// The buckets that were measured today.
    measured: storage::Rounds,
    /// Who is told of what is in buckets, and of what is looked through.
    figures: figures::Figures,
    /// The versions that are to be copied to other buckets.
    replication: replication::Queue,
    /// Turns of those who look through objects: no more at once than there are processors.
    turns: Turns,
    /// Room for what they hold of objects meanwhile.
    room: Room,
    /// Leads to KMS.
    relay: Relay,
    readers: Arc<content::Readers>,
    md5s: checksum::Md5s,
}

/// What S3 says of a word in a header field that is none of its own.
///
/// Source: S3 API Reference, "Error responses", `InvalidStorageClass`; clients' records of what S3 answers.
fn word(member: &str, given: &str) -> Option<Error> {
    let (name, message) = match member {
        "StorageClass" => return Some(Error::InvalidStorageClass(given.to_owned())),
        "MetadataDirective" => ("x-amz-metadata-directive", "Unknown metadata directive."),
        "TaggingDirective" => ("x-amz-tagging-directive", "Unknown tagging directive."),
        "ServerSideEncryption" => {
            ("x-amz-server-side-encryption", "The encryption method specified is not supported")
        }
        "ObjectLockMode" => ("x-amz-object-lock-mode", "Unknown wormMode directive."),
        "ObjectLockLegalHoldStatus" => {
            ("x-amz-object-lock-legal-hold", "Legal Hold must be either of 'ON' or 'OFF'")
        }
        "ACL" => ("x-amz-acl", "Invalid canned ACL"),
        _ => return None,
    };
    Some(Error::argument(name, given, message))
}

impl S3 {
    /// S3 over this store. The keyring of a bucket's account wraps the bucket's key; `control` finds what
    /// S3 Control keeps, `codes` takes one-time codes, `restorations` says how long restoring takes,
    /// and `relay` leads to KMS.
    pub fn new(
        store: Store,
        blobs: Blobs,
        keys: AccountKeys,
        Control { accounts, points }: Control,
        codes: Arc<StoredDirectory>,
        restorations: Restorations,
        relay: Relay,
    ) -> Self {
        let readers = content::Readers::new(blobs.clone());
        Self {
            store,
            blobs,
            keys,
            buckets: facts::Cache::default(),
            accounts,
            points,
            codes,
            rounds: lifecycle::Rounds::default(),
            restorations,
            logs: logs::Logs::default(),
            inventories: inventory::Rounds::default(),
            measured: storage::Rounds::default(),
            figures: figures::Figures::default(),
            replication: replication::Queue::default(),
            turns: Turns::default(),
            room: select::room(),
            relay,
            readers,
            md5s: checksum::Md5s::new(),
        }
    }

    /// The same, with somebody who is told of what buckets take up, and of what is looked through.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { figures: figures::Figures(Some(observer)), ..self }
    }
}

/// What CloudTrail calls data events of S3.
///
/// Source: S3 User Guide, "Amazon S3 CloudTrail events".
const DATA_EVENTS: &[&str] = &[
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjects",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAttributes",
    "GetObjectTagging",
    "HeadBucket",
    "HeadObject",
    "ListMultipartUploads",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
    "ListParts",
    "PutObject",
    "PutObjectAcl",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "RestoreObject",
    "SelectObjectContent",
    "UploadPart",
    "UploadPartCopy",
];

impl Service for S3 {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::S3,
        region: None,
        skew_seconds: 900,
        scraped: None,
        data_events: DATA_EVENTS,
    };

    /// A document that lacks what it must have, or has a word that is none of S3's, is no document of S3's. A region is
    /// not taken for such a word.
    ///
    /// Source: S3 API Reference, "Error responses", `InvalidLocationConstraint`, `MalformedACLError`, `MalformedXML`.
    fn invalid(operation: &'static str, violations: &[Violation]) -> Option<Failure> {
        const REGION: &str = "createBucketConfiguration.locationConstraint";
        let quoted = |one: &Violation| one.message.split('\'').nth(1).unwrap_or_default().to_owned();
        let Some(inside) = violations.iter().find(|one| one.path.contains('.')) else {
            return violations.iter().find_map(|one| word(one.member, &quoted(one))).map(Into::into);
        };
        Some(match inside.path.as_str() {
            REGION => Error::InvalidLocationConstraint(quoted(inside)).into(),
            _ if ["PutBucketAcl", "PutObjectAcl"].contains(&operation) => Error::MalformedAcl.into(),
            _ => Error::MalformedXml.into(),
        })
    }

    fn check_content(
        &self,
        call: &Call,
        schema: &OperationSchema,
        content: &[u8],
        body: &Body,
    ) -> Result<(), Error> {
        checksum::check_document(call, schema, content, body)
    }

    fn cross_origin(&self, stored: &Reader<'_>, asked: &CrossOrigin<'_>) -> Option<Result<Sharing, Error>> {
        Some(cors::sharing(self, stored, asked))
    }

    fn answered(&self, door: &CoreDoor, answered: &Answered<'_>) {
        logs::note(self, door, answered);
    }
}
