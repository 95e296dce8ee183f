use std::fmt;

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use kurodo_keys::KeyError;
use serde::{Deserialize, Serialize};

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| KeyError::Random)?;
    Ok(bytes)
}

fn halves(bytes: [u8; 16]) -> (u64, u64) {
    let whole = u128::from_be_bytes(bytes);
    ((whole >> 64) as u64, whole as u64)
}

/// What a bucket is called inside: never used twice, unlike its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct BucketId([u8; 16]);

impl BucketId {
    pub(crate) fn random() -> Result<Self, KeyError> {
        random().map(Self)
    }

    #[cfg(test)]
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// As two numbers, for keys.
    pub(crate) fn halves(self) -> (u64, u64) {
        halves(self.0)
    }
}

/// A multipart upload's id. Ids of later uploads sort later, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct UploadId([u8; 16]);

impl UploadId {
    /// A new id for an upload that begins now, in milliseconds since 1970.
    pub(crate) fn new(now_ms: i64) -> Result<Self, KeyError> {
        let mut id: [u8; 16] = random()?;
        let (time, _) = id.split_at_mut(6);
        let now = now_ms.to_be_bytes();
        time.copy_from_slice(now.get(2..).unwrap_or(&[0; 6]));
        Ok(Self(id))
    }

    /// The id with this text; `None` for anything that was never an id.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 16] = BASE64URL.decode(text).ok()?.try_into().ok()?;
        Some(Self(bytes))
    }

    /// The id that these numbers spell.
    pub(crate) fn from_halves(high: u64, low: u64) -> Self {
        Self((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }

    pub(crate) fn halves(self) -> (u64, u64) {
        halves(self.0)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL.encode(self.0))
    }
}

/// Random bytes that make one object's keys its own. Not secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Salt([u8; 16]);

impl Salt {
    pub(crate) const LEN: usize = 16;

    pub(crate) fn random() -> Result<Self, KeyError> {
        random().map(Self)
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_uploads_sort_later() {
        let [a, b] = [1_700_000_000_000, 1_700_000_000_001].map(|now| UploadId::new(now).unwrap());
        assert!(a.halves() < b.halves());
        assert_eq!(UploadId::parse(&a.to_string()), Some(a));
        let (high, low) = a.halves();
        assert_eq!(UploadId::from_halves(high, low), a);
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "abc", "../..", "AAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(UploadId::parse(text), None, "{text}");
        }
    }
}
