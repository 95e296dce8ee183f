use std::collections::BTreeMap;

use crate::wrap::{unwrap_under, wrap_under};
use crate::{KeyError, KeyWrap, SecretKey, WrappedKey};

const FORMAT: u8 = 1;
/// The most versions of one keyring that are kept.
const MOST_VERSIONS: usize = 1000;

/// A key of the hierarchy with its versions: the newest wraps, all of them unwrap.
pub struct Keyring {
    earlier: BTreeMap<u32, SecretKey>,
    version: u32,
    newest: SecretKey,
}

/// A keyring, each version wrapped by its parent. Safe to store anywhere; the context under which it was wrapped
/// is needed to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKeyring {
    versions: BTreeMap<u32, WrappedKey>,
}

impl Keyring {
    /// A keyring with one new key.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { earlier: BTreeMap::new(), version: 1, newest: SecretKey::generate()? })
    }

    /// Opens a stored keyring with its parent and the context that it was stored under.
    ///
    /// # Errors
    /// As [`KeyWrap::unwrap`].
    pub fn open(parent: &dyn KeyWrap, context: &[u8], stored: &StoredKeyring) -> Result<Self, KeyError> {
        let open = |(version, wrapped): (&u32, &WrappedKey)| {
            Ok((*version, parent.unwrap(wrapped, &in_place(context, *version))?))
        };
        let versions = stored.versions.iter().map(open).collect::<Result<BTreeMap<_, _>, KeyError>>()?;
        Self::of(versions)
    }

    /// Wraps every version by the parent's newest: to store a keyring, and again after the parent was rotated.
    ///
    /// # Errors
    /// As [`KeyWrap::wrap`].
    pub fn store(&self, parent: &dyn KeyWrap, context: &[u8]) -> Result<StoredKeyring, KeyError> {
        let store =
            |(version, key): (u32, &SecretKey)| Ok((version, parent.wrap(key, &in_place(context, version))?));
        Ok(StoredKeyring { versions: self.versions().map(store).collect::<Result<_, KeyError>>()? })
    }

    /// Adds a new version, which wraps from now on. Store the keyring before using it.
    ///
    /// # Errors
    /// [`KeyError::Random`] and [`KeyError::TooManyVersions`].
    pub fn rotate(&mut self) -> Result<u32, KeyError> {
        let next = self.version.checked_add(1).ok_or(KeyError::TooManyVersions)?;
        if self.earlier.len() + 1 >= MOST_VERSIONS {
            return Err(KeyError::TooManyVersions);
        }
        let before = std::mem::replace(&mut self.newest, SecretKey::generate()?);
        self.earlier.insert(self.version, before);
        self.version = next;
        Ok(next)
    }

    /// Forgets the versions below this one, once nothing is wrapped by them any more. The newest stays.
    pub fn retire_below(&mut self, version: u32) {
        self.earlier.retain(|found, _| *found >= version);
    }

    /// The newest key, for deriving or sealing; and its version, to be kept with what it sealed.
    pub fn newest(&self) -> (u32, &SecretKey) {
        (self.version, &self.newest)
    }

    /// The key of this version.
    ///
    /// # Errors
    /// [`KeyError::NoSuchVersion`].
    pub fn key(&self, version: u32) -> Result<&SecretKey, KeyError> {
        if version == self.version {
            return Ok(&self.newest);
        }
        self.earlier.get(&version).ok_or(KeyError::NoSuchVersion(version))
    }

    pub(crate) fn of(mut versions: BTreeMap<u32, SecretKey>) -> Result<Self, KeyError> {
        let (version, newest) = versions.pop_last().ok_or(KeyError::Malformed)?;
        Ok(Self { earlier: versions, version, newest })
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = (u32, &SecretKey)> {
        self.earlier.iter().map(|(version, key)| (*version, key)).chain([self.newest()])
    }
}

impl KeyWrap for Keyring {
    fn wrap(&self, key: &SecretKey, context: &[u8]) -> Result<WrappedKey, KeyError> {
        wrap_under(&self.newest, self.version, key, context)
    }

    fn unwrap(&self, wrapped: &WrappedKey, context: &[u8]) -> Result<SecretKey, KeyError> {
        unwrap_under(self.key(wrapped.parent())?, wrapped, context)
    }

    fn version(&self) -> u32 {
        self.version
    }
}

impl StoredKeyring {
    /// The versions of the keyring, oldest first, each with the version of the parent that it is wrapped by.
    pub fn versions(&self) -> impl Iterator<Item = (u32, u32)> {
        self.versions.iter().map(|(version, wrapped)| (*version, wrapped.parent()))
    }

    /// Whether every version is wrapped by the parent's newest.
    pub fn is_fresh(&self, parent: &dyn KeyWrap) -> bool {
        self.versions.values().all(|wrapped| wrapped.parent() == parent.version())
    }

    /// A form to store: a format byte, then each version as number (4 bytes), length (2) and wrapped key.
    ///
    /// # Errors
    /// [`KeyError::TooLong`] when a wrapper made a key of over 64 KiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, KeyError> {
        let mut bytes = vec![FORMAT];
        for (version, wrapped) in &self.versions {
            let wrapped = wrapped.to_bytes();
            let length = u16::try_from(wrapped.len()).map_err(|_| KeyError::TooLong)?;
            bytes.extend_from_slice(&version.to_be_bytes());
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&wrapped);
        }
        Ok(bytes)
    }

    /// Reads what [`StoredKeyring::to_bytes`] made.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut rest = bytes.strip_prefix(&[FORMAT]).ok_or(KeyError::Malformed)?;
        let mut versions = BTreeMap::new();
        while !rest.is_empty() {
            let (version, after) = rest.split_first_chunk().ok_or(KeyError::Malformed)?;
            let (length, after) = after.split_first_chunk().ok_or(KeyError::Malformed)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (wrapped, after) = after.split_at_checked(length).ok_or(KeyError::Malformed)?;
            versions.insert(u32::from_be_bytes(*version), WrappedKey::from_bytes(wrapped)?);
            rest = after;
        }
        if versions.is_empty() { Err(KeyError::Malformed) } else { Ok(Self { versions }) }
    }
}

/// Each version is wrapped for its number, so that versions cannot be exchanged.
fn in_place(context: &[u8], version: u32) -> Vec<u8> {
    [b"keyring", &version.to_be_bytes()[..], context].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stored(keyring: &Keyring, parent: &Keyring, context: &[u8]) -> StoredKeyring {
        let bytes = keyring.store(parent, context).unwrap().to_bytes().unwrap();
        StoredKeyring::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn data_keys_survive_rotation_all_the_way_up() {
        let (mut root, mut account) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        let mut bucket = Keyring::generate().unwrap();
        let data = SecretKey::generate().unwrap();
        let wrapped = bucket.wrap(&data, b"object 1").unwrap();
        for keyring in [&mut root, &mut account, &mut bucket] {
            keyring.rotate().unwrap();
        }
        let stored_account = stored(&account, &root, b"account");
        let stored_bucket = stored(&bucket, &account, b"bucket");
        assert!(stored_bucket.is_fresh(&account));

        let account = Keyring::open(&root, b"account", &stored_account).unwrap();
        let bucket = Keyring::open(&account, b"bucket", &stored_bucket).unwrap();
        assert_eq!(bucket.unwrap(&wrapped, b"object 1").unwrap().expose(), data.expose());
        let anew = bucket.wrap(&data, b"object 1").unwrap();
        assert_eq!((wrapped.parent(), anew.parent()), (1, 2));
    }

    #[test]
    fn wrapping_anew_lets_the_parent_retire_versions() {
        let (mut parent, child) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        let before = stored(&child, &parent, b"c");
        parent.rotate().unwrap();
        assert!(!before.is_fresh(&parent));
        let after = stored(&child, &parent, b"c");
        parent.retire_below(2);
        assert!(matches!(Keyring::open(&parent, b"c", &before), Err(KeyError::NoSuchVersion(1))));
        let child_again = Keyring::open(&parent, b"c", &after).unwrap();
        assert_eq!(child_again.newest().1.expose(), child.newest().1.expose());
        parent.retire_below(9);
        assert!(Keyring::open(&parent, b"c", &after).is_ok(), "the newest version stays");
    }

    #[test]
    fn versions_and_contexts_cannot_be_exchanged() {
        let (parent, mut child) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        child.rotate().unwrap();
        let mut stored = stored(&child, &parent, b"c");
        assert!(matches!(Keyring::open(&parent, b"other", &stored), Err(KeyError::NotAuthentic)));
        let (first, second) = (stored.versions[&1].clone(), stored.versions[&2].clone());
        stored.versions = BTreeMap::from([(1, second), (2, first)]);
        assert!(matches!(Keyring::open(&parent, b"c", &stored), Err(KeyError::NotAuthentic)));
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_fail(bytes: Vec<u8>) {
            let _ = StoredKeyring::from_bytes(&[&[FORMAT][..], &bytes].concat());
            let _ = StoredKeyring::from_bytes(&bytes);
        }
    }
}
