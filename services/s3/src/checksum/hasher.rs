use ::md5::{Digest as _, Md5};
use aws_lc_rs::digest;
use crc_fast::{CrcAlgorithm, Digest};

use super::{Algorithm, Checksum};

/// Computes everything that is asked of a content in one pass, while it is still in the processor's cache.
pub(crate) struct Hasher {
    md5: Option<Md5>,
    sums: Vec<Sum>,
    length: u64,
}

/// What a [`Hasher`] found.
#[derive(Debug)]
pub(crate) struct Sums {
    /// The MD5, if it was asked for.
    pub(crate) md5: Option<[u8; 16]>,
    /// The checksums, in the order in which they were asked for.
    pub(crate) checksums: Vec<Checksum>,
    /// The content's length in bytes.
    pub(crate) length: u64,
}

impl Sums {
    /// The checksum of this algorithm.
    pub(crate) fn of(&self, algorithm: Algorithm) -> Option<Checksum> {
        self.checksums.iter().copied().find(|sum| sum.algorithm() == algorithm)
    }
}

enum Sum {
    Crc(Algorithm, Box<Digest>),
    Sha(Algorithm, digest::Context),
}

impl Hasher {
    pub(crate) fn new(md5: bool, algorithms: &[Algorithm]) -> Self {
        let mut sums: Vec<Sum> = Vec::with_capacity(algorithms.len());
        for algorithm in algorithms {
            if !sums.iter().any(|sum| sum.algorithm() == *algorithm) {
                sums.push(Sum::new(*algorithm));
            }
        }
        Self { md5: md5.then(Md5::new), sums, length: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        // A piece at a time, so that the second pass over it finds it in the first-level cache.
        for piece in bytes.chunks(16 * 1024) {
            if let Some(md5) = &mut self.md5 {
                md5.update(piece);
            }
            self.sums.iter_mut().for_each(|sum| sum.update(piece));
        }
        self.length += bytes.len() as u64;
    }

    /// Leaves the MD5, if it is asked for, to somebody else.
    pub(crate) fn leave_md5(&mut self) -> bool {
        self.md5.take().is_some()
    }

    /// The bytes seen so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn finish(self) -> Sums {
        Sums {
            md5: self.md5.map(|md5| md5.finalize().into()),
            checksums: self.sums.into_iter().filter_map(Sum::finish).collect(),
            length: self.length,
        }
    }
}

impl Sum {
    fn new(algorithm: Algorithm) -> Self {
        let crc = |parameters| Self::Crc(algorithm, Box::new(Digest::new(parameters)));
        match algorithm {
            Algorithm::Crc32 => crc(CrcAlgorithm::Crc32IsoHdlc),
            Algorithm::Crc32c => crc(CrcAlgorithm::Crc32Iscsi),
            Algorithm::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme),
            Algorithm::Sha1 => Self::Sha(algorithm, digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            Algorithm::Sha256 => Self::Sha(algorithm, digest::Context::new(&digest::SHA256)),
        }
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Crc(algorithm, _) | Self::Sha(algorithm, _) => *algorithm,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(_, digest) => digest.update(bytes),
            Self::Sha(_, context) => context.update(bytes),
        }
    }

    fn finish(self) -> Option<Checksum> {
        match self {
            Self::Crc(algorithm, digest) => from_crc(algorithm, digest.finalize()),
            Self::Sha(algorithm, context) => Checksum::new(algorithm, context.finish().as_ref()),
        }
    }
}

/// The checksum with this register.
pub(super) fn from_crc(algorithm: Algorithm, register: u64) -> Option<Checksum> {
    let bytes = register.to_be_bytes();
    Checksum::new(algorithm, bytes.get(8 - algorithm.length().min(8)..)?)
}

/// The MD5 of bytes that are all at hand.
pub(crate) fn md5_of(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the CRC catalogue and of FIPS 180 and RFC 1321 for these inputs.
    #[test]
    fn known_answers() {
        let mut hasher = Hasher::new(true, &Algorithm::ALL);
        hasher.update(b"12345");
        hasher.update(b"6789");
        assert_eq!(hasher.length(), 9);
        let sums = hasher.finish();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let found: Vec<_> = sums.checksums.iter().map(|sum| hex(sum.bytes())).collect();
        assert_eq!(
            found,
            [
                "cbf43926",
                "e3069283",
                "ae8b14860a799888",
                "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
            ]
        );
        assert_eq!(hex(&sums.md5.unwrap()), "25f9e794323b453885f5181f1b624d0b");
    }

    #[test]
    fn an_algorithm_asked_for_twice_is_computed_once() {
        let hasher = Hasher::new(false, &[Algorithm::Crc32, Algorithm::Crc32]);
        assert_eq!(hasher.finish().checksums.len(), 1);
    }
}
