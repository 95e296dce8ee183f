use super::version::Version;

/// Where an appended record stands: after all that earlier transactions appended, and after what its own one changed
/// before. Places are unique within the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The transaction, by the version that it gave.
    pub version: Version,
    /// The change within the transaction, counted from 0.
    pub change: u32,
}

impl Place {
    /// How many bytes of a key a place takes.
    pub const BYTES: usize = 12;

    /// The bytes that end the key. They sort as places do.
    pub fn bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (version, change) = bytes.split_at_mut(8);
        version.copy_from_slice(&self.version.0.to_be_bytes());
        change.copy_from_slice(&self.change.to_be_bytes());
        bytes
    }

    /// The place that a key ends in.
    pub fn of(key: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::BYTES] = key.last_chunk()?;
        let (version, change) = (bytes.first_chunk()?, bytes.last_chunk()?);
        Some(Self { version: Version(u64::from_be_bytes(*version)), change: u32::from_be_bytes(*change) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(version: u64, change: u32) -> Place {
        Place { version: Version(version), change }
    }

    #[test]
    fn bytes_sort_as_places_do() {
        let places = [place(0, 0), place(0, 1), place(0, u32::MAX), place(1, 0), place(u64::MAX, 7)];
        assert!(places.is_sorted() && places.map(Place::bytes).is_sorted());
        for place in places {
            assert_eq!(Place::of(&[b"before".as_slice(), &place.bytes()].concat()), Some(place));
        }
        assert_eq!(Place::of(&[0; 11]), None);
    }
}
