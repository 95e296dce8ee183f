//! Making a part of content that was received.

use kurodo_gateway::Call;

use super::uploads::Underway;
use crate::{
    Error,
    checksum::{Algorithm, Hasher},
    content::{Keys, Plan, Received},
    records::{Content, Damaged, ETag, Part},
};

/// How the parts of an upload are made.
pub(super) struct Parting {
    algorithm: Algorithm,
    keys: Keys,
    /// Whether a key of the customer or of KMS protects the content: its MD5 is not shown then.
    hidden: bool,
}

impl Parting {
    /// Parts of this upload, under its keys.
    pub(super) fn new(underway: &Underway, keys: Keys) -> Self {
        let upload = &underway.upload;
        let hidden = upload.customer_key.is_some() || upload.kms.is_some();
        Self { algorithm: upload.effective(), keys, hidden }
    }

    /// How the content is to be received; `also` is what the client gave a checksum in.
    pub(super) fn plan(&self, length: u64, md5_given: bool, also: Option<Algorithm>) -> Plan<'_> {
        let algorithms: &[_] = &[self.algorithm, also.unwrap_or(self.algorithm)];
        let hasher = Hasher::new(md5_given || !self.hidden, algorithms);
        Plan { length, keys: &self.keys, hasher, inline: false }
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
        match received.keep(&self.keys, &[]).await? {
            Content::Blob(blob) => {
                Ok(Part { modified_ms: call.now_ms, etag: *etag.digest(), blob, checksum, given })
            }
            _ => Err(Damaged("part").into()),
        }
    }
}
