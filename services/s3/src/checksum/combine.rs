use crc_fast::{CrcAlgorithm, checksum_combine};

use super::{Algorithm, Checksum, Hasher, Kind, Stored, hasher::from_crc};

/// The checksum of a whole object, made from those of its parts.
///
/// Source: S3 User Guide, "Full object and composite checksum types".
pub(crate) struct Combined {
    algorithm: Algorithm,
    kind: Kind,
    parts: u16,
    register: u64,
    digests: Hasher,
}

impl Combined {
    pub(crate) fn new(algorithm: Algorithm, kind: Kind) -> Self {
        Self { algorithm, kind, parts: 0, register: 0, digests: Hasher::new(false, &[algorithm]) }
    }

    /// Adds the next part's checksum; the part has this length in bytes.
    pub(crate) fn add(&mut self, part: &Checksum, length: u64) {
        if self.kind == Kind::Composite {
            self.digests.update(part.bytes());
        } else if let Some(parameters) = parameters(self.algorithm) {
            let register = part.bytes().iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            self.register = match self.parts {
                0 => register,
                _ => checksum_combine(parameters, self.register, register, length),
            };
        }
        self.parts = self.parts.saturating_add(1);
    }

    /// The whole's checksum; `None` without parts, or for a whole that does not follow from its parts.
    pub(crate) fn finish(self) -> Option<Stored> {
        let checksum = match self.kind {
            _ if self.parts == 0 => None,
            Kind::Composite => self.digests.finish().of(self.algorithm),
            Kind::Whole if self.algorithm.is_crc() => from_crc(self.algorithm, self.register),
            Kind::Whole => None,
        };
        checksum.map(|checksum| Stored { checksum, kind: self.kind, parts: self.parts })
    }
}

fn parameters(algorithm: Algorithm) -> Option<CrcAlgorithm> {
    match algorithm {
        Algorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
        Algorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
        Algorithm::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
        Algorithm::Sha1 | Algorithm::Sha256 => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(algorithm: Algorithm, bytes: &[u8]) -> Checksum {
        let mut hasher = Hasher::new(false, &[algorithm]);
        hasher.update(bytes);
        hasher.finish().of(algorithm).unwrap()
    }

    proptest! {
        #[test]
        fn the_whole_follows_from_its_parts(parts in proptest::collection::vec(any::<Vec<u8>>(), 1..5)) {
            for algorithm in Algorithm::ALL.into_iter().filter(|a| a.is_crc()) {
                let mut combined = Combined::new(algorithm, Kind::Whole);
                parts.iter().for_each(|part| combined.add(&sum(algorithm, part), part.len() as u64));
                prop_assert_eq!(combined.finish().unwrap().checksum, sum(algorithm, &parts.concat()));
            }
        }
    }

    /// Measured against S3: three parts of an upload with SHA-256.
    #[test]
    fn a_composite_checksum_is_of_the_parts_checksums() {
        let parts = [
            "lcKa6Boe7a167tUCN5C4OaFygGSYD8MBnBARTrdL+1w=",
            "gHjhbUT4oo2tSCtSZJdlKi+jeNXJT+VImqdPXsXvkOc=",
            "4l9PQ3zOPZ0oGFvknFX+J4zZwE4WMzO+l3r8XrbWOeM=",
        ];
        let mut combined = Combined::new(Algorithm::Sha256, Kind::Composite);
        for part in parts {
            combined.add(&Checksum::parse(Algorithm::Sha256, part).unwrap(), 1);
        }
        assert_eq!(combined.finish().unwrap().text(), "rVWtNbadtsaKXJAcgWPWjifHzJaXde/iV4jaJAOdivc=-3");
    }

    #[test]
    fn sha_has_no_checksum_of_the_whole() {
        let mut combined = Combined::new(Algorithm::Sha1, Kind::Whole);
        combined.add(&sum(Algorithm::Sha1, b"x"), 1);
        assert_eq!(combined.finish(), None);
        assert_eq!(Combined::new(Algorithm::Crc32, Kind::Whole).finish(), None);
    }
}
