//! Server-side encryption: which key of KMS a stream's records are sealed under, and KMS itself, asked in the name of who
//! puts and who reads.
//!
//! KMS is asked on every request, so that a key that is disabled, or a permission that was taken away, holds for the next
//! one. No opened key outlives the request that opened it.
//!
//! Source: Kinesis Developer Guide, "Data protection in Amazon Kinesis Data Streams".

use std::sync::Arc;

use kurodo_authz::Caller;
use kurodo_envelope::{Described, EncryptionContext, Kms, Opener, SealedKey};
use kurodo_gateway::{Call, Relay};
use kurodo_identity::StoredDirectory;
use serde::{Deserialize, Serialize};

use crate::{Error, Kinesis, facts::StreamFacts, names::StreamName};

/// The host name of Kinesis, as policies see it in `aws:CalledVia`.
const VIA: &str = "kinesis.amazonaws.com";
/// What every data key is bound to: the ARN of the stream.
const ARN: &str = "aws:kinesis:arn";

/// A key of KMS that a stream's records are sealed under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamKey {
    /// As it was named: an id, ARN or alias.
    pub(crate) named: String,
    /// Its ARN.
    pub(crate) arn: String,
}

impl StreamKey {
    /// Whether a text names this key: as it was named, or by its id or ARN.
    pub(crate) fn is_called(&self, text: &str) -> bool {
        let by_id = || self.arn.rsplit_once("key/").is_some_and(|(_, id)| id == text);
        let by_alias = || {
            let prefix = self.arn.rsplit_once(":key/").map_or("", |(prefix, _)| prefix);
            let whole = |alias: &str| alias.starts_with("alias/").then(|| format!("{prefix}:{alias}"));
            whole(text).is_some_and(|arn| arn == self.named)
                || whole(&self.named).is_some_and(|arn| arn == text)
        };
        text == self.named || text == self.arn || by_id() || by_alias()
    }
}

/// Records are sealed under another key from some time on, or under none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub(crate) before: Option<StreamKey>,
    pub(crate) after: Option<StreamKey>,
    /// In milliseconds since 1970.
    pub(crate) at: i64,
}

impl Turn {
    /// The key at this time.
    pub(crate) fn key(&self, now: i64) -> Option<&StreamKey> {
        if now < self.at { self.before.as_ref() } else { self.after.as_ref() }
    }
}

/// KMS, in this caller's name, for this stream.
fn kms<'r>(relay: &'r Relay, caller: Arc<Caller>, stream: &StreamName) -> Kms<'r> {
    Kms { relay, via: VIA, caller, region: stream.region.clone() }
}

fn context(stream: &StreamName) -> EncryptionContext {
    [(ARN.to_owned(), stream.arn())].into()
}

impl Kinesis {
    /// What the records of a request are sealed with, if KMS lets the caller; nothing where the stream's are not sealed.
    pub(crate) async fn sealing(
        &self,
        facts: &StreamFacts,
        call: &Call,
    ) -> Result<Option<Arc<SealedKey>>, Error> {
        let Some(key) = facts.definition.key(call.now_ms) else { return Ok(None) };
        let kms = kms(&self.relay, Arc::clone(&call.caller), &facts.name);
        Ok(Some(self.data_keys.current(&kms, &key.arn, &context(&facts.name)).await?))
    }

    /// What opens the records of a request, in the caller's name.
    pub(crate) fn opener(&self, stream: &StreamName, call: &Call) -> Opener<'_> {
        Opener::new(kms(&self.relay, Arc::clone(&call.caller), stream), context(stream))
    }

    /// The key that is named so, if the caller may know of it, and records can be sealed under it.
    pub(crate) async fn stream_key(
        &self,
        stream: &StreamName,
        named: &str,
        call: &Call,
    ) -> Result<StreamKey, Error> {
        let found = kms(&self.relay, Arc::clone(&call.caller), stream).describe(named).await?;
        check(&found)?;
        Ok(StreamKey { named: named.to_owned(), arn: found.arn })
    }
}

fn check(key: &Described) -> Result<(), Error> {
    let Described { arn, key_state, key_usage, key_spec, .. } = key;
    match (key_state.as_str(), key_usage.as_str(), key_spec.as_str()) {
        ("Enabled", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT") => Ok(()),
        (_, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT") => match key_state.as_str() {
            "Disabled" => Err(Error::kms("KMSDisabledException", format!("{arn} is disabled."))),
            state => {
                let message = format!("{arn} is in state {state}; name a key that is Enabled.");
                Err(Error::kms("KMSInvalidStateException", message))
            }
        },
        _ => Err(Error::invalid(format!(
            "{arn} is a key of {key_spec} for {key_usage}; records are encrypted under keys of SYMMETRIC_DEFAULT for \
             ENCRYPT_DECRYPT."
        ))),
    }
}

/// Who is pushed records, for as long as that lasts.
pub(crate) struct Listener {
    relay: Relay,
    directory: Arc<StoredDirectory>,
    caller: Arc<Caller>,
    token: Option<String>,
}

impl Listener {
    /// Who made this call.
    pub(crate) fn new(service: &Kinesis, call: &Call) -> Self {
        let (relay, directory) = (service.relay.clone(), Arc::clone(&service.directory));
        Self { relay, directory, caller: Arc::clone(&call.caller), token: call.session_token() }
    }

    /// What opens records. Where there are some that are sealed, what the caller's policies let it do now counts, and not
    /// what they did when it subscribed; the time is in milliseconds since 1970.
    pub(crate) fn opener(&self, stream: &StreamName, sealed: bool, now: i64) -> Result<Opener<'_>, Error> {
        let caller = if sealed { self.renewed(now)? } else { Arc::clone(&self.caller) };
        Ok(Opener::new(kms(&self.relay, caller, stream), context(stream)))
    }

    fn renewed(&self, now: i64) -> Result<Arc<Caller>, Error> {
        use kurodo_identity::{CredentialError::Unavailable, Directory as _};
        let Some(id) = &self.caller.access_key_id else { return Ok(Arc::clone(&self.caller)) };
        match self.directory.credential(id, self.token.as_deref(), now.div_euclid(1000)) {
            Ok(found) => Ok(Arc::clone(&found.caller)),
            Err(error @ Unavailable) => Err(Error::Envelope(error.to_string())),
            Err(error) => {
                let message =
                    format!("The credentials that the subscription began with are no longer valid: {error}.");
                Err(Error::kms("KMSAccessDeniedException", message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_called_by_what_named_it_and_by_its_id_and_arn() {
        let arn = "arn:aws:kms:us-east-1:111122223333:key/5-6";
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/a";
        for named in [arn, "5-6", "alias/a", alias] {
            let key = StreamKey { named: named.to_owned(), arn: arn.to_owned() };
            for text in [arn, "5-6"] {
                assert!(key.is_called(text), "{text}");
            }
            for text in ["alias/a", alias] {
                assert_eq!(key.is_called(text), named.contains("alias/"), "{named} {text}");
            }
            for text in ["", "6", "key/5-6", "alias/b", "a", "arn:aws:kms:us-east-1:444455556666:alias/a"] {
                assert!(!key.is_called(text), "{text}");
            }
        }
    }

    #[test]
    fn only_symmetric_keys_that_are_on_seal_records() {
        let found = |state: &str, usage: &str, spec: &str| {
            let arn = "arn".to_owned();
            let (key_state, key_usage, key_spec) = (state.to_owned(), usage.to_owned(), spec.to_owned());
            let told =
                check(&Described { arn, key_state, key_usage, key_spec, key_manager: "CUSTOMER".into() });
            told.map_err(|error| kurodo_gateway::Failure::from(error).code.into_owned())
        };
        let symmetric = |state| found(state, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT");
        assert_eq!(symmetric("Enabled"), Ok(()));
        assert_eq!(symmetric("Disabled"), Err("KMSDisabledException".into()));
        assert_eq!(symmetric("PendingDeletion"), Err("KMSInvalidStateException".into()));
        for (usage, spec) in [("GENERATE_VERIFY_MAC", "HMAC_256"), ("ENCRYPT_DECRYPT", "RSA_2048")] {
            assert_eq!(found("Enabled", usage, spec), Err("InvalidArgumentException".into()));
        }
    }
}
