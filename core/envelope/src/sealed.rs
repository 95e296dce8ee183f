use kurodo_keys::{Sealer, SecretKey};

use crate::{EnvelopeError, Made};

/// Seals content under a data key; the wrapped key goes with it.
///
/// | bytes | what |
/// |---|---|
/// | 2 | the length of the wrapped key |
/// | n | the wrapped key, as KMS gave it |
/// | 12, m, 16 | nonce, content and tag of AES-256-GCM, with the wrapped key authenticated |
///
/// # Errors
/// [`EnvelopeError::Unavailable`]: there is no randomness.
pub fn seal(key: &SealedKey, content: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let sealed = key.sealer.seal_random(&key.wrapped, content);
    let sealed = sealed.map_err(|error| EnvelopeError::Unavailable(error.to_string()))?;
    let length = u16::try_from(key.wrapped.len()).map_err(|_| EnvelopeError::strange())?;
    Ok([&length.to_be_bytes(), &key.wrapped[..], &sealed].concat())
}

/// A data key that seals, with what opens it.
pub struct SealedKey {
    arn: String,
    wrapped: Vec<u8>,
    sealer: Sealer,
}

impl SealedKey {
    /// The ARN of the key of KMS that wraps it.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// How many bytes [`seal`] adds to content.
    pub fn overhead(&self) -> usize {
        2 + self.wrapped.len() + kurodo_keys::NONCE_LEN + kurodo_keys::TAG_LEN
    }
}

impl From<Made> for SealedKey {
    fn from(made: Made) -> Self {
        let Made { arn, wrapped, data } = made;
        Self { arn, wrapped, sealer: sealer(&data) }
    }
}

/// Keys of one kind each: what a data key seals here, it seals nowhere else.
pub(crate) fn sealer(data: &SecretKey) -> Sealer {
    Sealer::new(&data.derive("envelope", &[]))
}

/// The wrapped key of what [`seal`] made: the same for all that was sealed under one data key.
///
/// # Errors
/// [`EnvelopeError::Damaged`]: it is nothing that was sealed so.
pub fn data_key(stored: &[u8]) -> Result<&[u8], EnvelopeError> {
    parts(stored).map(|(wrapped, _)| wrapped)
}

/// Takes apart what [`seal`] made: the wrapped key, and what it sealed.
pub(crate) fn parts(stored: &[u8]) -> Result<(&[u8], &[u8]), EnvelopeError> {
    let (length, rest) = stored.split_first_chunk().ok_or(EnvelopeError::Damaged)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(EnvelopeError::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> (SealedKey, Sealer) {
        let data = SecretKey::from_bytes([byte; SecretKey::LEN]);
        let sealer = sealer(&data);
        (Made { arn: "a".into(), wrapped: vec![byte; 99], data }.into(), sealer)
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_under_its_key_alone(content: Vec<u8>, flip: proptest::sample::Index) {
            let ((sealing, opening), (_, other)) = (key(1), key(2));
            let mut sealed = seal(&sealing, &content).unwrap();
            prop_assert_eq!(sealed.len(), content.len() + sealing.overhead());
            let (wrapped, inner) = parts(&sealed).unwrap();
            prop_assert_eq!(data_key(&sealed).unwrap(), &[1; 99]);
            prop_assert_eq!(opening.open_random(wrapped, inner).unwrap(), content);
            prop_assert!(other.open_random(wrapped, inner).is_err());
            let at = flip.index(sealed.len());
            sealed[at] ^= 1;
            let opened = parts(&sealed).map(|(wrapped, inner)| opening.open_random(wrapped, inner));
            prop_assert!(!matches!(opened, Ok(Ok(_))));
        }

        #[test]
        fn any_bytes_are_taken_apart_or_refused(bytes: Vec<u8>) {
            _ = parts(&bytes);
        }
    }
}
