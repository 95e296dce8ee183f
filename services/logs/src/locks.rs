//! Keys of KMS that protect the messages of a log group, under the encryption that everything has.
//!
//! When a key is associated, KMS makes a data key; its wrapped form lies in the group's definition. Messages are sealed
//! under it, each block under a key of its own. Whatever puts or reads messages asks KMS to open it, in the name of
//! CloudWatch Logs, so that a key that is disabled, or that its policy takes from CloudWatch Logs, holds for the next
//! request. What was sealed under an earlier key stays so: it is opened by that one.
//!
//! Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use kurodo_authz::Caller;
use kurodo_envelope::{EncryptionContext, EnvelopeError, Kms};
use kurodo_keys::{Sealer, SecretKey};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Logs,
    block::{Damaged, SEALED},
    definition::GroupDefinition,
    names::GroupName,
};

/// The service that is asked through.
const HOST: &str = "logs.amazonaws.com";
/// What the encryption context calls the group's ARN.
const ARN: &str = "aws:logs:arn";
/// The most keys that a group had one after the other. Each of them may still have messages.
const MOST: usize = 100;
const SALT: usize = 16;

/// A data key of a group, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lock {
    /// The ARN of the key of KMS.
    pub(crate) key: String,
    /// The data key, wrapped by it, in base64.
    wrapped: String,
}

impl GroupDefinition {
    /// The ARN of the key of KMS that protects what is put now.
    pub(crate) fn key(&self) -> Option<&str> {
        self.lock.and_then(|lock| self.locks.get(lock)).map(|lock| &*lock.key)
    }
}

/// The data keys of a group, as far as KMS opened them for a request.
#[derive(Default)]
pub(crate) struct Locks {
    opened: Vec<Result<SecretKey, EnvelopeError>>,
    /// The one that seals.
    sealing: Option<usize>,
    /// The group's ARN.
    arn: String,
}

impl Logs {
    /// Opens the data keys of a group. That one cannot be opened is told when it is needed.
    pub(crate) async fn open(&self, name: &GroupName, definition: &GroupDefinition) -> Locks {
        let mut locks = Locks { sealing: definition.lock, ..Locks::default() };
        if definition.locks.is_empty() {
            return locks;
        }
        locks.arn = name.arn();
        let (kms, context) = self.kms(name);
        for lock in &definition.locks {
            locks.opened.push(unwrap(&kms, lock, &context).await);
        }
        locks
    }

    /// Associates a key of KMS with a group, whether the group is there already or not.
    ///
    /// # Errors
    /// The key is none that CloudWatch Logs may use; the group had too many.
    pub(crate) async fn lock(
        &self,
        name: &GroupName,
        definition: &mut GroupDefinition,
        key: &str,
    ) -> Result<(), Error> {
        check(key)?;
        let (kms, context) = self.kms(name);
        let unfit = |error| unfit(error, &name.arn());
        if let Some(known) = definition.locks.iter().position(|lock| lock.key == key) {
            let lock = definition.locks.get(known).ok_or(Damaged)?;
            unwrap(&kms, lock, &context).await.map_err(unfit)?;
            definition.lock = Some(known);
            return Ok(());
        }
        if definition.locks.len() == MOST {
            return Err(Error::LimitExceeded);
        }
        let made = kms.generate(key, &context).await.map_err(unfit)?;
        definition.lock = Some(definition.locks.len());
        definition.locks.push(Lock { key: made.arn, wrapped: BASE64.encode(made.wrapped) });
        Ok(())
    }

    /// KMS as CloudWatch Logs asks it about a group, and what data keys are bound to.
    fn kms(&self, name: &GroupName) -> (Kms<'_>, EncryptionContext) {
        let (arn, region) = (name.arn(), name.region.clone());
        let host = format!("logs.{region}.amazonaws.com");
        let caller = Arc::new(Caller::service(&host, &arn, name.account));
        let context = EncryptionContext::from([(ARN.to_owned(), arn)]);
        (Kms { relay: &self.relay, via: HOST, caller, region }, context)
    }
}

async fn unwrap(kms: &Kms<'_>, lock: &Lock, context: &EncryptionContext) -> Result<SecretKey, EnvelopeError> {
    let wrapped = BASE64.decode(&lock.wrapped).map_err(|_| EnvelopeError::Damaged)?;
    kms.decrypt(Some(&lock.key), &wrapped, context).await
}

/// That this may be the ARN of a key: an alias may be another key's tomorrow.
fn check(key: &str) -> Result<(), Error> {
    let is_key = key.starts_with("arn:") && key.contains(":kms:") && key.contains(":key/");
    is_key.then_some(()).ok_or_else(|| Error::invalid(format!("Invalid ARN of a KMS key: {key}")))
}

/// What CloudWatch Logs says of a key that is to be associated with a group, and that KMS does not let it use.
///
/// Source: CloudWatch Logs API Reference, AssociateKmsKey.
fn unfit(error: EnvelopeError, arn: &str) -> Error {
    match error {
        EnvelopeError::Refused { message, .. } => Error::InvalidParameter(message),
        error => denied(error, arn),
    }
}

/// The same of a key that messages of the group are sealed under.
fn denied(error: EnvelopeError, arn: &str) -> Error {
    match error {
        EnvelopeError::Denied(_) | EnvelopeError::Refused { .. } => Error::KeyDenied(format!(
            "The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
        )),
        EnvelopeError::Unavailable(why) => Error::Relay(why),
        EnvelopeError::Damaged => Damaged.into(),
    }
}

impl Locks {
    fn key(&self, lock: usize) -> Result<&SecretKey, Error> {
        let opened = self.opened.get(lock).ok_or(Damaged)?;
        opened.as_ref().map_err(|error| denied(error.clone(), &self.arn))
    }

    /// Messages as they are stored: sealed, where a key is associated with the group.
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 1 | 2: this form |
    /// | 1 | which of the group's data keys |
    /// | 16 | the salt that the block's key is derived with |
    /// | 12, n, 16 | nonce, messages and tag of AES-256-GCM, with all above authenticated |
    pub(crate) fn seal(&self, messages: Vec<u8>) -> Result<Vec<u8>, Error> {
        let Some(lock) = self.sealing else { return Ok(messages) };
        let mut salt = [0; SALT];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| Error::Random)?;
        let mut stored = vec![SEALED, u8::try_from(lock).map_err(|_| Damaged)?];
        stored.extend_from_slice(&salt);
        let sealer = sealer(self.key(lock)?, &salt);
        stored.extend(sealer.seal_random(&stored, &messages).map_err(|_| Error::Random)?);
        Ok(stored)
    }

    /// Messages that were stored so.
    pub(crate) fn unseal(&self, stored: Bytes) -> Result<Bytes, Error> {
        if stored.first() != Some(&SEALED) {
            return Ok(stored);
        }
        let (head, sealed) = stored.split_at_checked(2 + SALT).ok_or(Damaged)?;
        let (lock, salt) = head.get(1..).and_then(<[u8]>::split_first).ok_or(Damaged)?;
        let sealer = sealer(self.key(usize::from(*lock))?, salt);
        Ok(sealer.open_random(head, sealed).map_err(|_| Damaged)?.into())
    }
}

fn sealer(key: &SecretKey, salt: &[u8]) -> Sealer {
    Sealer::new(&key.derive("log messages", salt))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn locks(keys: &[u8], sealing: Option<usize>) -> Locks {
        let key = |byte: &u8| match byte {
            0 => Err(EnvelopeError::Denied("no".to_owned())),
            byte => Ok(SecretKey::from_bytes([*byte; SecretKey::LEN])),
        };
        Locks { opened: keys.iter().map(key).collect(), sealing, arn: "arn".to_owned() }
    }

    #[test]
    fn each_block_is_opened_by_the_key_that_sealed_it() {
        let text = || b"\x01messages".to_vec();
        let plain = locks(&[], None).seal(text()).unwrap();
        let old = locks(&[1], Some(0)).seal(text()).unwrap();
        let new = locks(&[1, 2], Some(1)).seal(text()).unwrap();
        assert_eq!(plain, text());
        assert_ne!(locks(&[1], Some(0)).seal(text()).unwrap(), old);
        let open = |keys: &[u8], stored: &Vec<u8>| locks(keys, None).unseal(stored.clone().into());
        for stored in [&plain, &old, &new] {
            assert_eq!(open(&[1, 2], stored).unwrap(), text());
        }
        // One of them may be gone.
        assert_eq!(open(&[0, 2], &new).unwrap(), text());
        assert!(matches!(open(&[0, 2], &old), Err(Error::KeyDenied(_))));
        assert!(matches!(open(&[2, 1], &old), Err(Error::Block(_))));
        assert!(matches!(open(&[1], &new), Err(Error::Block(_))));
        assert!(matches!(locks(&[0], Some(0)).seal(text()), Err(Error::KeyDenied(_))));
    }

    #[test]
    fn keys_are_named_by_their_arns() {
        assert!(check("arn:aws:kms:us-east-1:111122223333:key/1234abcd").is_ok());
        for text in
            ["1234abcd", "alias/a", "arn:aws:kms:us-east-1:111122223333:alias/a", "arn:aws:s3:::key/a"]
        {
            assert!(check(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_opened_or_refused(bytes: Vec<u8>, lock: u8) {
            let sealed = [&[SEALED, lock], &bytes[..]].concat();
            prop_assert!(locks(&[1], None).unseal(sealed.into()).is_err());
        }

        #[test]
        fn what_is_changed_does_not_open(at: prop::sample::Index, bit in 0..8) {
            let mut sealed = locks(&[1, 1], Some(0)).seal(b"\x01messages".to_vec()).unwrap();
            let at = at.index(sealed.len());
            // The form apart: what says that it is not sealed is read as it is, and is no block.
            if at > 0 {
                sealed[at] ^= 1u8 << bit;
                prop_assert!(locks(&[1, 1], None).unseal(sealed.into()).is_err());
            }
        }
    }
}
