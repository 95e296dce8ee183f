//! Signature Version 4A: one signature for several regions, by a key pair derived from the secret.
//!
//! The verifying side keeps only the public half. Sources: IAM User Guide, "How AWS SigV4a works";
//! NIST SP 800-108 (counter mode) and FIPS 186-5, A.2.2, for the derivation.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    hmac::{self, HMAC_SHA256},
    signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey},
};
use zeroize::Zeroizing;

use crate::{
    chunked::Verifier,
    claim::Presigned,
    encoding::unhex,
    error::AuthError,
    head::Head,
    payload::{Algorithm, Payload},
    rules::{RegionRule, Rules},
    scope::ScopeDate,
    signed_headers::SignedHeaders,
    verified::Verified,
    verify::View,
};

/// The regions that a request is signed for; entries may hold `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionSet(Box<str>);

const MAX_SET: usize = 1_024;

impl RegionSet {
    /// Accepts a comma-separated list of names and patterns.
    ///
    /// # Errors
    /// An empty list or entry, or characters that no region's name has.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let byte = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'*';
        let entry = |entry: &str| !entry.is_empty() && entry.bytes().all(byte);
        if text.len() <= MAX_SET && text.split(',').all(|name| entry(name.trim())) {
            return Ok(Self(text.into()));
        }
        Err(AuthError::RegionSetShape)
    }

    /// Whether the set holds a region.
    pub fn contains(&self, region: &str) -> bool {
        self.0.split(',').any(|pattern| matches(pattern.trim().as_bytes(), region.as_bytes()))
    }

    /// The set as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a name fits a pattern in which `*` stands for any run of characters.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((b'*', after)), _) => {
                retry = Some((after, name));
                pattern = after;
            }
            (Some((wanted, after)), Some((found, rest))) if wanted == found => {
                (pattern, name) = (after, rest)
            }
            (None, None) => return true,
            _ => {
                let Some((after, from)) = retry else { return false };
                let Some((_, rest)) = from.split_first() else { return false };
                retry = Some((after, rest));
                (pattern, name) = (after, rest);
            }
        }
    }
}

/// What a request signed with Signature Version 4A says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct V4aClaim {
    /// The access key id.
    pub access_key_id: String,
    /// The day of the credential's scope.
    pub date: ScopeDate,
    /// The service's signing name.
    pub service: Box<str>,
    /// The regions that it is signed for.
    pub region_set: RegionSet,
    /// The signed header fields.
    pub signed_headers: SignedHeaders,
    /// The signature, as sent: DER in hex.
    pub signature: String,
    /// The request's time, in seconds since 1970.
    pub time: i64,
    /// The session token of temporary credentials.
    pub token: Option<String>,
    /// Present when the authentication is in the query.
    pub presigned: Option<Presigned>,
    /// What is signed about the body.
    pub payload: Payload,
}

impl fmt::Debug for V4aClaim {
    /// Without the session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("V4aClaim")
            .field("access_key_id", &self.access_key_id)
            .field("region_set", &self.region_set)
            .field("time", &self.time)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl V4aClaim {
    /// Checks everything that needs no secret. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The first thing that the rules do not allow.
    pub fn check(&self, head: &Head<'_>, rules: &Rules<'_>, now: i64) -> Result<(), AuthError> {
        self.view().check(head, rules, now)?;
        match rules.region {
            RegionRule::Only(region) if !self.region_set.contains(region) => {
                Err(AuthError::RegionSetMismatch {
                    region_set: self.region_set.as_str().to_owned(),
                    region: region.to_owned(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Whether the body must be hashed before [`V4aClaim::verify`].
    pub fn needs_body(&self, rules: &Rules<'_>) -> bool {
        self.view().resolve(rules) == Payload::Implicit
    }

    /// Checks the claim and its signature, as [`crate::V4Claim::verify`] does.
    ///
    /// # Errors
    /// Whatever [`V4aClaim::check`] finds; a signature that is not the key's; a body with another hash
    /// than the signed one.
    pub fn verify(
        &self,
        head: &Head<'_>,
        key: &V4aKey,
        rules: &Rules<'_>,
        now: i64,
        body_sha256: Option<[u8; 32]>,
    ) -> Result<Verified, AuthError> {
        self.check(head, rules, now)?;
        let view = self.view();
        let payload = view.payload_line(rules, body_sha256)?;
        let canonical = view.canonical(head, rules, payload.as_str());
        let (hash, complete) = canonical.hash();
        let text = view.string_to_sign(&hash);
        if !complete || !key.holds(&text, &self.signature) {
            return Err(view.mismatch(&text, &canonical));
        }
        view.verified(head, rules, body_sha256, || Verifier::Ecdsa(key.clone()))
    }

    fn view(&self) -> View<'_> {
        View {
            algorithm: Algorithm::Ecdsa,
            access_key_id: &self.access_key_id,
            date: self.date,
            region: None,
            service: &self.service,
            signed_headers: &self.signed_headers,
            signature: &self.signature,
            time: self.time,
            presigned: self.presigned,
            payload: self.payload,
        }
    }
}

/// The public half of an access key's SigV4A key pair. It is the same for every day, region and service,
/// so it is worth caching by access key id.
#[derive(Clone)]
pub struct V4aKey(Arc<ParsedPublicKey>);

impl V4aKey {
    /// Derives the key pair from an access key and keeps the public half. `None` in practice never:
    /// the derivation fails for one secret in 2^8192.
    pub fn derive(access_key_id: &str, secret: &str) -> Option<Self> {
        let scalar = derive_scalar(access_key_id, secret)?;
        let private = PrivateKey::from_private_key(&ECDH_P256, &*scalar).ok()?;
        let public = private.compute_public_key().ok()?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public.as_ref()).ok().map(|key| Self(Arc::new(key)))
    }

    /// Whether a signature (DER in lower-case hex) over some text is this key's.
    pub(crate) fn holds(&self, text: &[u8], signature: &str) -> bool {
        unhex(signature).is_some_and(|signature| self.0.verify_sig(text, &signature).is_ok())
    }
}

/// The order of the curve's group minus two (SEC 2, section 2.4.2), big-endian.
const ORDER_LESS_TWO: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// The private key: candidates from the derivation function until one lies in the group, plus one.
pub(crate) fn derive_scalar(access_key_id: &str, secret: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut input = Zeroizing::new(Vec::with_capacity(secret.len() + 5));
    input.extend_from_slice(b"AWS4A");
    input.extend_from_slice(secret.as_bytes());
    let key = hmac::Key::new(HMAC_SHA256, &input);
    (1..=254_u8).find_map(|counter| {
        let candidate = candidate(&key, access_key_id, counter);
        (!exceeds(&candidate, &ORDER_LESS_TWO)).then(|| plus_one(candidate))
    })
}

/// One block of the derivation function: counter 1, label, zero, context, length in bits.
fn candidate(key: &hmac::Key, access_key_id: &str, counter: u8) -> Zeroizing<[u8; 32]> {
    let mut context = hmac::Context::with_key(key);
    context.update(&1_u32.to_be_bytes());
    context.update(Algorithm::Ecdsa.name().as_bytes());
    context.update(&[0]);
    context.update(access_key_id.as_bytes());
    context.update(&[counter]);
    context.update(&256_u32.to_be_bytes());
    Zeroizing::new(context.sign().as_ref().first_chunk().copied().unwrap_or_default())
}

/// Whether the first number is greater, without a branch on the secret.
fn exceeds(secret: &[u8; 32], limit: &[u8; 32]) -> bool {
    let borrow = limit.iter().zip(secret).rev().fold(0, |borrow: u16, (limit, secret)| {
        (u16::from(*limit).wrapping_sub(u16::from(*secret)).wrapping_sub(borrow) >> 8) & 1
    });
    borrow == 1
}

fn plus_one(mut number: Zeroizing<[u8; 32]>) -> Zeroizing<[u8; 32]> {
    let mut carry = 1_u16;
    for byte in number.iter_mut().rev() {
        let sum = u16::from(*byte) + carry;
        *byte = sum.to_be_bytes()[1];
        carry = sum >> 8;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_sets_match_by_pattern() {
        let set = RegionSet::parse("us-east-1, eu-*,*-2").unwrap();
        for region in ["us-east-1", "eu-west-1", "ap-south-2"] {
            assert!(set.contains(region), "{region}");
        }
        for region in ["us-east-11", "ap-south-1", "xeu-west-1", ""] {
            assert!(!set.contains(region), "{region}");
        }
        assert!(RegionSet::parse("*").unwrap().contains("xx-lab-9"));
        for text in ["", ",", "us-east-1,", "US-EAST-1", "us east"] {
            assert_eq!(RegionSet::parse(text), Err(AuthError::RegionSetShape), "{text:?}");
        }
    }

    #[test]
    fn arithmetic_on_keys() {
        let mut above = ORDER_LESS_TWO;
        above[31] += 1;
        assert!(exceeds(&above, &ORDER_LESS_TWO));
        assert!(!exceeds(&ORDER_LESS_TWO, &ORDER_LESS_TWO));
        assert!(!exceeds(&[0; 32], &ORDER_LESS_TWO));
        assert!(exceeds(&[0xff; 32], &ORDER_LESS_TWO));
        let mut number = [0; 32];
        number[31] = 0xff;
        let mut next = [0; 32];
        next[30] = 1;
        assert_eq!(*plus_one(Zeroizing::new(number)), next);
    }
}
