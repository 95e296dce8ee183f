use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use kurodo_arn::AccountId;
use kurodo_keys::{KeyError, KeyWrap, Keyring, StoredKeyring};

use crate::{CoreDoor, Key, KeyBuilder, Scan, StoreError};

/// The namespace of the accounts' keyrings.
const NAMESPACE: u8 = 5;

/// The keyring of each account: the root of trust wraps it, and it wraps the keys of the account's buckets, tables and
/// streams. This is all of the hierarchy that services are handed. Cloning it is cheap.
#[derive(Clone)]
pub struct AccountKeys(Arc<Inner>);

struct Inner {
    door: CoreDoor,
    root: Arc<dyn KeyWrap>,
    /// Keyrings that are open. Rotation needs the whole store for itself, so none of them grows old.
    open: RwLock<HashMap<AccountId, Arc<Keyring>>>,
}

impl AccountKeys {
    /// The keyrings behind this door, wrapped by this root of trust.
    pub fn new(door: CoreDoor, root: Arc<dyn KeyWrap>) -> Self {
        Self(Arc::new(Inner { door, root, open: RwLock::default() }))
    }

    /// The keyring of an account that has one.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the root does not open it; as [`crate::Reader::get`].
    pub fn find(&self, account: AccountId) -> Result<Option<Arc<Keyring>>, StoreError> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner).get(&account).cloned();
        if open.is_some() {
            return Ok(open);
        }
        let Some(found) = self.0.door.read().get(key(account))? else { return Ok(None) };
        let stored = StoredKeyring::from_bytes(&found.value)?;
        let keyring = Keyring::open(&*self.0.root, &context(account), &stored)?;
        Ok(Some(self.remember(account, keyring)))
    }

    /// The keyring of an account; made when it has none, and on disk before this returns.
    ///
    /// # Errors
    /// As [`AccountKeys::find`] and [`crate::Transaction::commit`].
    pub async fn keyring(&self, account: AccountId) -> Result<Arc<Keyring>, StoreError> {
        if let Some(found) = self.find(account)? {
            return Ok(found);
        }
        let keyring = Keyring::generate()?;
        let stored = keyring.store(&*self.0.root, &context(account))?.to_bytes()?;
        let writer = self.0.door.write();
        let mut transaction = writer.transaction();
        transaction.expect_absent(key(account)).put(key(account), stored);
        match transaction.commit().await {
            Ok(_) => Ok(self.remember(account, keyring)),
            // Another request was first.
            Err(StoreError::Conflict(_)) => self.find(account)?.ok_or(StoreError::Interrupted),
            Err(error) => Err(error),
        }
    }

    /// Every account that has a keyring, with the keyring as it is stored.
    ///
    /// # Errors
    /// [`StoreError::Keys`] for what is no keyring; as [`crate::Reader::get`].
    pub fn list(&self) -> Result<Vec<(AccountId, StoredKeyring)>, StoreError> {
        let mut list = Vec::new();
        for record in self.0.door.read().scan(&Scan::within([NAMESPACE]))? {
            let number = record.key.get(1..).and_then(|rest| rest.try_into().ok()).map(u64::from_be_bytes);
            let account = number.and_then(AccountId::new).ok_or(KeyError::Malformed)?;
            list.push((account, StoredKeyring::from_bytes(&record.value)?));
        }
        Ok(list)
    }

    /// Whether the root of trust opens what is stored.
    ///
    /// # Errors
    /// [`KeyError`], of the first version that does not open.
    pub fn opens(&self, account: AccountId, stored: &StoredKeyring) -> Result<(), KeyError> {
        Keyring::open(&*self.0.root, &context(account), stored).map(drop)
    }

    /// Wraps every keyring by the root's newest version; with `renew`, adds a version to each first. All of them or none.
    /// Gives their number.
    ///
    /// # Errors
    /// As [`AccountKeys::find`] and [`crate::Transaction::commit`].
    pub async fn rewrap(&self, renew: bool) -> Result<usize, StoreError> {
        let writer = self.0.door.write();
        let mut transaction = writer.transaction();
        let accounts = self.list()?;
        for (account, stored) in &accounts {
            let mut keyring = Keyring::open(&*self.0.root, &context(*account), stored)?;
            if renew {
                keyring.rotate()?;
            }
            transaction
                .expect_value(key(*account), stored.to_bytes()?)
                .put(key(*account), keyring.store(&*self.0.root, &context(*account))?.to_bytes()?);
        }
        transaction.commit().await?;
        self.0.open.write().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(accounts.len())
    }

    fn remember(&self, account: AccountId, keyring: Keyring) -> Arc<Keyring> {
        let keyring = Arc::new(keyring);
        let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(open.entry(account).or_insert(keyring))
    }
}

fn key(account: AccountId) -> Key {
    KeyBuilder::new(NAMESPACE).number(account.value()).build()
}

fn context(account: AccountId) -> Vec<u8> {
    format!("account {account}").into_bytes()
}

#[cfg(test)]
mod tests {
    use kurodo_keys::{SecretKey, WrappedKey};

    use super::*;
    use crate::{Store, StoreOptions};

    struct Place {
        dir: tempfile::TempDir,
        door: CoreDoor,
    }

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let key = SecretKey::from_bytes([1; 32]);
            let (_, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
            Self { dir, door }
        }

        fn keys(&self, root: &Arc<Keyring>) -> AccountKeys {
            AccountKeys::new(self.door.clone(), Arc::clone(root) as Arc<dyn KeyWrap>)
        }
    }

    fn root(versions: u32) -> Arc<Keyring> {
        let mut root = Keyring::generate().unwrap();
        for _ in 1..versions {
            root.rotate().unwrap();
        }
        Arc::new(root)
    }

    fn account(number: u64) -> AccountId {
        AccountId::new(number).unwrap()
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn bucket_key(keyring: &Keyring) -> (SecretKey, Vec<u8>) {
        let bucket = SecretKey::generate().unwrap();
        let wrapped = keyring.wrap(&bucket, b"bucket").unwrap().to_bytes();
        (bucket, wrapped)
    }

    fn opens(keyring: &Keyring, bucket: &SecretKey, wrapped: &[u8]) -> bool {
        let wrapped = WrappedKey::from_bytes(wrapped).unwrap();
        keyring.unwrap(&wrapped, b"bucket").is_ok_and(|found| found.expose() == bucket.expose())
    }

    #[test]
    fn an_account_has_one_keyring_and_no_two_share() {
        let (place, root) = (Place::new(), root(1));
        let keys = place.keys(&root);
        assert!(keys.find(account(1)).unwrap().is_none());
        let first = run(keys.keyring(account(1))).unwrap();
        let (bucket, wrapped) = bucket_key(&first);
        assert!(opens(&run(keys.keyring(account(1))).unwrap(), &bucket, &wrapped));
        assert!(!opens(&run(keys.keyring(account(2))).unwrap(), &bucket, &wrapped));
        let later = place.keys(&root).find(account(1)).unwrap().unwrap();
        assert!(opens(&later, &bucket, &wrapped));
    }

    #[test]
    fn two_who_make_it_at_once_get_the_same() {
        let (place, root) = (Place::new(), root(1));
        let (one, other) = (place.keys(&root), place.keys(&root));
        let both = run(async { tokio::join!(one.keyring(account(7)), other.keyring(account(7))) });
        let (bucket, wrapped) = bucket_key(&both.0.unwrap());
        assert!(opens(&both.1.unwrap(), &bucket, &wrapped));
    }

    #[test]
    fn rewrapping_lets_the_root_forget_and_renewing_keeps_the_old() {
        let place = Place::new();
        let mut root = Keyring::generate().unwrap();
        let before = place.keys(&Arc::new(again(&root)));
        let (bucket, wrapped) = bucket_key(&run(before.keyring(account(1))).unwrap());
        root.rotate().unwrap();
        assert_eq!(run(place.keys(&Arc::new(again(&root))).rewrap(true)).unwrap(), 1);
        root.retire_below(2);
        let after = place.keys(&Arc::new(root));
        let keyring = after.find(account(1)).unwrap().unwrap();
        assert!(opens(&keyring, &bucket, &wrapped), "the first version still opens");
        assert_eq!(keyring.version(), 2, "and the second wraps");
        let [(_, stored)] = &after.list().unwrap()[..] else { panic!("one account") };
        let versions: Vec<_> = stored.versions().collect();
        assert_eq!(versions, [(1, 2), (2, 2)]);
    }

    #[test]
    fn another_root_opens_nothing_and_is_told() {
        let place = Place::new();
        run(place.keys(&root(1)).keyring(account(1))).unwrap();
        let other = place.keys(&root(1));
        assert!(matches!(other.find(account(1)), Err(StoreError::Keys(KeyError::NotAuthentic))));
        assert!(run(other.rewrap(false)).is_err());
        let [(found, stored)] = &other.list().unwrap()[..] else { panic!("one account") };
        assert!(other.opens(*found, stored).is_err());
        assert!(place.dir.path().exists());
    }

    /// A copy of a keyring, by way of a parent.
    fn again(keyring: &Keyring) -> Keyring {
        let parent = Keyring::generate().unwrap();
        Keyring::open(&parent, b"", &keyring.store(&parent, b"").unwrap()).unwrap()
    }
}
