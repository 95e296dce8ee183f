use std::sync::Arc;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use crate::scope::{ScopeDate, TERMINAL};

/// The key that signs one day's requests of one access key to one service in one region.
///
/// Held as a prepared HMAC, which the library wipes when dropped; it can be neither printed nor
/// serialised. Deriving costs four HMACs: worth caching by access key id and scope.
#[derive(Clone)]
pub struct SigningKey(Arc<hmac::Key>);

impl SigningKey {
    /// Derives the key from an access key's secret.
    /// Source: IAM User Guide, "Create a signed AWS API request", step 4.
    pub fn derive(secret: &str, date: ScopeDate, region: &str, service: &str) -> Self {
        let mut first = Zeroizing::new(Vec::with_capacity(secret.len() + 4));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.as_bytes());
        let day = mac(&first, date.as_str());
        let region = mac(&*day, region);
        let service = mac(&*region, service);
        Self(Arc::new(hmac::Key::new(HMAC_SHA256, &*mac(&*service, TERMINAL))))
    }

    /// The MAC of some bytes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> [u8; 32] {
        tag(&hmac::sign(&self.0, bytes))
    }
}

fn mac(key: &[u8], text: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(tag(&hmac::sign(&hmac::Key::new(HMAC_SHA256, key), text.as_bytes())))
}

fn tag(tag: &hmac::Tag) -> [u8; 32] {
    tag.as_ref().first_chunk().copied().unwrap_or_default()
}

/// Whether two signatures are the same text, in time that does not depend on where they differ.
pub(crate) fn same(expected: &[u8], provided: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(expected, provided).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::unhex32;

    #[test]
    fn the_documented_key_comes_out() {
        // AWS General Reference, "Examples of how to derive a signing key for Signature Version 4".
        let date = ScopeDate::parse("20120215").unwrap();
        let key = SigningKey::derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", date, "us-east-1", "iam");
        let documented = unhex32("f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d").unwrap();
        assert_eq!(key.sign(b"text"), *mac(&documented, "text"));
    }

    #[test]
    fn only_equal_texts_are_the_same() {
        assert!(same(b"ab", b"ab"));
        assert!(!same(b"ab", b"aB"));
        assert!(!same(b"ab", b"abc"));
    }
}
