use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use crate::{
    Error,
    model::{ChecksumAlgorithm, ChecksumType},
};

/// An algorithm that Kurodo computes. Its number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Algorithm {
    Crc32 = 1,
    Crc32c = 2,
    Crc64Nvme = 3,
    Sha1 = 4,
    Sha256 = 5,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The algorithm with this number.
    pub(crate) fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| *algorithm as u8 == number)
    }

    /// The algorithm that the API facts call so, if Kurodo computes it.
    pub(crate) fn of(word: ChecksumAlgorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.word() == word)
    }

    /// The algorithm that a request asks for.
    pub(crate) fn asked(word: ChecksumAlgorithm) -> Result<Self, Error> {
        Self::of(word).ok_or_else(|| Error::NotImplemented(format!("the checksum algorithm {word}").into()))
    }

    /// That its header's value is not a checksum.
    pub(crate) fn invalid_header(self) -> Error {
        Error::InvalidRequest(format!("Value for x-amz-checksum-{} header is invalid.", self.suffix()).into())
    }

    pub(crate) fn word(self) -> ChecksumAlgorithm {
        match self {
            Self::Crc32 => ChecksumAlgorithm::Crc32,
            Self::Crc32c => ChecksumAlgorithm::Crc32c,
            Self::Crc64Nvme => ChecksumAlgorithm::Crc64nvme,
            Self::Sha1 => ChecksumAlgorithm::Sha1,
            Self::Sha256 => ChecksumAlgorithm::Sha256,
        }
    }

    /// The name in headers: `x-amz-checksum-` and this.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Crc32 => "crc32",
            Self::Crc32c => "crc32c",
            Self::Crc64Nvme => "crc64nvme",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// The length of a checksum in bytes.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Whether the whole's checksum follows from those of its parts.
    pub(crate) fn is_crc(self) -> bool {
        matches!(self, Self::Crc32 | Self::Crc32c | Self::Crc64Nvme)
    }
}

/// A checksum of some content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checksum {
    algorithm: Algorithm,
    /// The first [`Algorithm::length`] bytes count, the others are zero.
    value: [u8; 32],
}

impl Checksum {
    /// A checksum with this value, if the value has the algorithm's length.
    pub(crate) fn new(algorithm: Algorithm, value: &[u8]) -> Option<Self> {
        let mut padded = [0; 32];
        padded.get_mut(..value.len())?.copy_from_slice(value);
        (value.len() == algorithm.length()).then_some(Self { algorithm, value: padded })
    }

    /// Reads base64.
    pub(crate) fn parse(algorithm: Algorithm, text: &str) -> Option<Self> {
        Self::new(algorithm, &BASE64.decode(text).ok()?)
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.value.get(..self.algorithm.length()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.bytes())
    }
}

/// What a checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Kind {
    /// The content.
    Whole,
    /// The checksums of the parts.
    Composite,
}

impl Kind {
    pub(crate) fn word(self) -> ChecksumType {
        match self {
            Self::Whole => ChecksumType::FullObject,
            Self::Composite => ChecksumType::Composite,
        }
    }
}

impl From<ChecksumType> for Kind {
    fn from(word: ChecksumType) -> Self {
        match word {
            ChecksumType::FullObject => Self::Whole,
            ChecksumType::Composite => Self::Composite,
        }
    }
}

/// An object's checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) checksum: Checksum,
    pub(crate) kind: Kind,
    /// The parts of a composite one.
    pub(crate) parts: u16,
}

impl Stored {
    /// A checksum of the whole content.
    pub(crate) fn whole(checksum: Checksum) -> Self {
        Self { checksum, kind: Kind::Whole, parts: 0 }
    }

    /// As replies show it: a composite one ends in the number of parts.
    pub(crate) fn text(&self) -> String {
        match self.kind {
            Kind::Whole => self.checksum.text(),
            Kind::Composite => format!("{}-{}", self.checksum.text(), self.parts),
        }
    }
}

impl serde::Serialize for Algorithm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

impl<'de> serde::Deserialize<'de> for Algorithm {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        Self::numbered(number)
            .ok_or_else(|| serde::de::Error::custom("not the number of a checksum algorithm"))
    }
}
