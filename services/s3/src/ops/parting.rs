//! Making a part of content that was received.

use std::sync::Arc;

use kurodo_gateway::Call;
use kurodo_keys::SecretKey;

use super::uploads::Underway;
use crate::{
    Error,
    checksum::{Algorithm, Hasher},
    content::{Customer, Plan, Received},
    facts::BucketFacts,
    records::{Content, Damaged, ETag, Part},
};

/// How the parts of an upload are made.
pub(super) struct Parting {
    algorithm: Algorithm,
    wrapping: Arc<SecretKey>,
    /// Whether the customer's key protects the content: its MD5 is not shown then.
    hidden: bool,
}

impl Parting {
    pub(super) fn new(
        underway: &Underway,
        customer: Option<&Customer>,
        facts: &BucketFacts,
    ) -> Result<Self, Error> {
        let wrapping = underway.unlock(customer, facts)?;
        Ok(Self { algorithm: underway.upload.effective(), wrapping, hidden: customer.is_some() })
    }

    /// How the content is to be received; `also` is what the client gave a checksum in.
    pub(super) fn plan(&self, length: u64, md5_given: bool, also: Option<Algorithm>) -> Plan<'_> {
        let algorithms: &[_] = &[self.algorithm, also.unwrap_or(self.algorithm)];
        let hasher = Hasher::new(md5_given || !self.hidden, algorithms);
        Plan { length, wrapping: &self.wrapping, hasher, inline: false }
    }

    /// The part, of content that was found to be what it should be.
    pub(super) async fn part(
        &self,
        received: Received,
        given: Option<Algorithm>,
        call: &Call,
    ) -> Result<Part, Error> {
        let etag = ETag::of_content(received.sums.md5.filter(|_| !self.hidden))?;
        let checksum = received.sums.of(self.algorithm);
        let given = given.filter(|given| *given != self.algorithm).and_then(|given| received.sums.of(given));
        match received.keep(&self.wrapping, &[]).await? {
            Content::Blob(blob) => {
                Ok(Part { modified_ms: call.now_ms, etag: *etag.digest(), blob, checksum, given })
            }
            _ => Err(Damaged("part").into()),
        }
    }
}
