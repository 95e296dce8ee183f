//! Making an object of content that was received.

use std::sync::Arc;

use kurodo_authz::Caller;
use kurodo_gateway::Call;

use crate::{
    Error, S3,
    acl::Acl,
    checksum::{Algorithm, Hasher, Stored},
    content::{Customer, Keys, Plan, Received},
    kms::{Asked, Wish, check_signature},
    records::{Class, CustomerKey, ETag, HeadParts, KmsKey, Lock, Meta, Owner, Tags},
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

/// The key of KMS that is to protect what a request puts here.
pub(super) fn wish(asked: Asked<'_>, place: &Object, call: &Call) -> Result<Option<Wish>, Error> {
    let wish = asked.choose(place.facts())?;
    if wish.is_some() {
        check_signature(call)?;
    }
    Ok(wish)
}

/// Which key protects a new object's content.
pub(super) struct Sealing {
    pub(super) customer_key: Option<CustomerKey>,
    pub(super) kms: Option<Arc<KmsKey>>,
    keys: Keys,
}

/// An object that is ready to be published.
pub(super) struct Made {
    pub(super) object: NewObject,
    pub(super) etag: ETag,
    pub(super) checksum: Option<Stored>,
    /// The key of KMS that protects it.
    pub(super) kms: Option<Arc<KmsKey>>,
}

impl Sealing {
    /// Whether the content's MD5 is not told: who holds the key alone may know anything of the content.
    fn hides(&self) -> bool {
        self.customer_key.is_some() || self.kms.is_some()
    }
}

impl S3 {
    /// The key for a new object at this place: the one of KMS that is wished for, if KMS lets this caller use it; the
    /// customer's; or the bucket's.
    pub(super) async fn sealing(
        &self,
        customer: Option<&Customer>,
        wish: Option<Wish>,
        place: &Object,
        caller: &Arc<Caller>,
    ) -> Result<Sealing, Error> {
        let Some(wish) = wish else {
            let (customer_key, wrapping) = Customer::lock(customer, place.facts())?;
            return Ok(Sealing { customer_key, kms: None, keys: Keys::one(wrapping) });
        };
        let (kms, keys) = Box::pin(self.lock_by_kms(wish, place, Arc::clone(caller))).await?;
        Ok(Sealing { customer_key: None, kms: Some(Arc::new(kms)), keys })
    }
}

impl Making {
    /// How the content is to be received. The MD5 that is not told is computed only `if` the client gave one to compare.
    pub(super) fn plan(&self, length: u64, md5_given: bool) -> Plan<'_> {
        let md5 = md5_given || !self.sealing.hides();
        let hasher = Hasher::new(md5, &[self.algorithm]);
        Plan { length, keys: &self.sealing.keys, hasher, inline: true }
    }

    /// The object at its place, of content that was found to be what it should be.
    pub(super) async fn make(&self, received: Received, place: &Object, call: &Call) -> Result<Made, Error> {
        let size = received.sums.length;
        let etag = ETag::of_content(received.sums.md5.filter(|_| !self.sealing.hides()))?;
        let checksum = received.sums.of(self.algorithm).map(Stored::whole);
        let id = place.new_version(call.now_ms)?;
        let content = received.keep(&self.sealing.keys, &place.sealed_at(&id)).await?;
        let record = HeadParts {
            id,
            size,
            modified_ms: call.now_ms,
            etag,
            checksum,
            content: &content,
            customer_key: self.sealing.customer_key,
            kms: self.sealing.kms.as_deref(),
            lock: self.lock,
            class: self.class,
            restored: None,
            meta: &self.meta,
            tags: &self.tags,
            rights: self.rights.as_ref(),
        };
        let kms = self.sealing.kms.clone();
        Ok(Made { object: NewObject::whole(id, record.to_record()?, &content), etag, checksum, kms })
    }
}
