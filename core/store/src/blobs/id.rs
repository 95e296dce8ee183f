use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rand;

use super::BlobError;

/// The name of a blob: 16 bytes, 15 of them random, never used twice. Its text is 32 lowercase hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId([u8; BlobId::LEN]);

impl BlobId {
    /// The length in bytes.
    pub const LEN: usize = 16;

    /// The id that these bytes spell.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// A new id in this shard: the first byte names the shard, the others are random.
    pub(super) fn random(shard: u8) -> Result<Self, BlobError> {
        let mut bytes = [shard; Self::LEN];
        if let Some(rest) = bytes.get_mut(1..) {
            rand::fill(rest).map_err(|_| BlobError::Random)?;
        }
        Ok(Self(bytes))
    }

    /// The path below the blob directory: `ab/cdef..`.
    pub(super) fn path(&self) -> String {
        let mut text = self.to_string();
        text.insert(2, '/');
        text
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

/// The text is not 32 lowercase hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a blob id: write its 32 lowercase hex digits")]
pub struct NotAnId;

impl FromStr for BlobId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.as_bytes();
        let (pairs, []) = digits.as_chunks::<2>() else { return Err(NotAnId) };
        if pairs.len() != Self::LEN {
            return Err(NotAnId);
        }
        let mut bytes = [0; Self::LEN];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = hex(*high)? << 4 | hex(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn hex(digit: u8) -> Result<u8, NotAnId> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NotAnId),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 16]) {
            let id = BlobId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn no_text_panics(text: String) {
            if let Ok(id) = text.parse::<BlobId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn the_shard_leads_the_path() {
        let path = BlobId::random(0xab).unwrap().path();
        assert!(path.starts_with("ab/"), "{path}");
        assert_eq!(path.len(), 33);
    }
}
