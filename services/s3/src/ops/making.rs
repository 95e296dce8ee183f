//! Making an object of content that was received.

use std::sync::Arc;

use kurodo_gateway::Call;
use kurodo_keys::SecretKey;

use crate::{
    Error,
    acl::Acl,
    checksum::{Algorithm, Hasher, Stored},
    content::{Customer, Plan, Received},
    facts::BucketFacts,
    records::{Class, CustomerKey, ETag, HeadParts, Lock, Meta, Owner, Tags},
    resources::Object,
    versions::NewObject,
};

/// All that an object will have beside its content.
pub(super) struct Making {
    pub(super) meta: Meta,
    pub(super) tags: Tags,
    /// `None` where the object is all the bucket owner's.
    pub(super) rights: Option<(Owner, Acl)>,
    pub(super) sealing: Sealing,
    /// What keeps it from being deleted.
    pub(super) lock: Lock,
    pub(super) class: Class,
    /// The algorithm of its checksum.
    pub(super) algorithm: Algorithm,
}

/// Which key protects a new object's content.
pub(super) struct Sealing {
    pub(super) customer_key: Option<CustomerKey>,
    wrapping: Arc<SecretKey>,
}

/// An object that is ready to be published.
pub(super) struct Made {
    pub(super) object: NewObject,
    pub(super) etag: ETag,
    pub(super) checksum: Option<Stored>,
}

impl Sealing {
    pub(super) fn new(customer: Option<&Customer>, facts: &BucketFacts) -> Result<Self, Error> {
        let (customer_key, wrapping) = Customer::lock(customer, facts)?;
        Ok(Self { customer_key, wrapping })
    }
}

impl Making {
    /// How the content is to be received. The MD5 of what a customer's key protects is computed only `if` the client
    /// gave one to compare.
    pub(super) fn plan(&self, length: u64, md5_given: bool) -> Plan<'_> {
        let md5 = md5_given || self.sealing.customer_key.is_none();
        let hasher = Hasher::new(md5, &[self.algorithm]);
        Plan { length, wrapping: &self.sealing.wrapping, hasher, inline: true }
    }

    /// The object at its place, of content that was found to be what it should be.
    pub(super) async fn make(&self, received: Received, place: &Object, call: &Call) -> Result<Made, Error> {
        let size = received.sums.length;
        let etag = ETag::of_content(received.sums.md5.filter(|_| self.sealing.customer_key.is_none()))?;
        let checksum = received.sums.of(self.algorithm).map(Stored::whole);
        let id = place.new_version(call.now_ms)?;
        let content = received.keep(&self.sealing.wrapping, &place.sealed_at(&id)).await?;
        let record = HeadParts {
            id,
            size,
            modified_ms: call.now_ms,
            etag,
            checksum,
            content: &content,
            customer_key: self.sealing.customer_key,
            lock: self.lock,
            class: self.class,
            restored: None,
            meta: &self.meta,
            tags: &self.tags,
            rights: self.rights.as_ref(),
        };
        Ok(Made { object: NewObject::whole(id, record.to_record()?, &content), etag, checksum })
    }
}
