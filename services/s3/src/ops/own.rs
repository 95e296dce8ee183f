//! Objects that S3 writes of its own accord.

use std::sync::Arc;

use bytes::Bytes;
use kurodo_authz::{Caller, Grant, Write};
use kurodo_gateway::Call;

use super::making::Making;
use crate::{
    Error, S3,
    acl::{Acl, Grantee, Right},
    checksum::Algorithm,
    content::{Source, receive},
    kms::Asked,
    object_lock,
    records::{Class, Lock, Meta, Ownership, Tags},
    resources::Object,
    versions::WriteConditions,
};

/// What S3 has to say, as an object of the bucket's owner.
pub(super) struct Own<'a> {
    pub(super) content: Bytes,
    pub(super) content_type: &'static str,
    pub(super) encryption: Asked<'a>,
    /// Who gets rights on it beside its owner, where lists count.
    pub(super) grants: &'a [(Grantee, Right)],
}

impl S3 {
    /// Puts it where the permit is for, in this caller's name.
    pub(super) async fn put_own<G>(
        &self,
        permit: &G,
        own: Own<'_>,
        caller: &Arc<Caller>,
        call: &Call,
    ) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let (place, facts) = (permit.resource(), permit.resource().facts());
        let lists = facts.ownership() != Ownership::Enforced && !own.grants.is_empty();
        let rights = lists.then(|| {
            let mut acl = Acl::private(&facts.owner);
            acl.0.extend_from_slice(own.grants);
            (facts.owner.clone(), acl)
        });
        let making = Making {
            meta: Meta { content_type: Some(own.content_type.to_owned()), ..Meta::default() },
            tags: Tags::default(),
            rights,
            sealing: self.sealing(None, own.encryption.choose(facts)?, place, caller).await?,
            lock: object_lock::of_new(Lock::default(), facts, call.now_ms)?,
            class: Class::Standard,
            algorithm: Algorithm::Crc64Nvme,
        };
        let plan = making.plan(own.content.len() as u64, false);
        let received = receive(self, Source::Own(Some(own.content)), plan).await?;
        let made = making.make(received, place, call).await?;
        self.publish(permit, &made.object, WriteConditions::default(), None).await.map(drop)
    }
}
