//! The installation's keys: the root of trust, and below it the server's own key and the keyrings of accounts.

use std::sync::Arc;

use kurodo_keys::{
    Passphrase, Root, RootError, Seal, SecretKey, WrappedKey, create_key_file, open_key_file, rewrap_key_file,
};
use kurodo_store::{AccountKeys, CoreDoor, Store, StoreOptions};

use crate::home::Home;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What the server's own key is wrapped for.
const SERVER: &[u8] = b"kurodo server";
/// What to do where nothing was ever started.
const FIRST: &str = "start the server first, or name its --data-dir";

/// The keys, unsealed.
pub(crate) struct Keys {
    pub(crate) root: Root,
    /// Wrapped by the root, and above everything that the server keeps for itself.
    server: SecretKey,
}

impl Keys {
    /// Unseals the keys of an installation that has been started before.
    pub(crate) fn open(home: &Home) -> Result<Self, Fault> {
        if !home.root_key().exists() && !home.records().exists() {
            return Err(format!("{} has no keys: {FIRST}", home.directory().display()).into());
        }
        let root = Root::open(&home.root_key(), &seal(home)?)?;
        let server = open_key_file(&home.server_key(), &root, SERVER)?;
        Ok(Self { root, server })
    }

    /// The same; at the first start, makes the keys. Never where there is data that other keys must have sealed.
    pub(crate) fn open_or_create(home: &Home) -> Result<Self, Fault> {
        let started = home.records().exists() || home.audit().exists();
        if started || (home.root_key().exists() && home.server_key().exists()) {
            return Self::open(home);
        }
        let (path, seal) = (home.root_key(), seal(home)?);
        let root = if path.exists() { Root::open(&path, &seal)? } else { Root::create(&path, &seal)? };
        let server = create_key_file(&home.server_key(), &root, SERVER)?;
        Ok(Self { root, server })
    }

    /// The key of the records.
    pub(crate) fn records(&self) -> SecretKey {
        self.server.derive("records", b"")
    }

    /// The key of the audit trail.
    pub(crate) fn audit(&self) -> SecretKey {
        self.server.derive("audit", b"")
    }

    /// Seals sessions.
    pub(crate) fn sessions(&self) -> SecretKey {
        self.server.derive("sessions", b"")
    }

    /// Seals authorization messages.
    pub(crate) fn messages(&self) -> SecretKey {
        self.server.derive("authorization messages", b"")
    }

    /// Opens the records.
    pub(crate) fn store(&self, home: &Home) -> Result<(Store, CoreDoor), Fault> {
        Ok(Store::open(&home.records(), &self.records(), &StoreOptions::default())?)
    }

    /// The keyrings of accounts. The root of trust goes with them.
    pub(crate) fn accounts(self, door: &CoreDoor) -> AccountKeys {
        AccountKeys::new(door.clone(), Arc::new(self.root))
    }

    /// Adds a version to the root and wraps everything below by it; then the earlier versions are forgotten. With
    /// `accounts`, every account's keyring gets a new version too. A rotation that is cut off is completed by the next.
    pub(crate) async fn rotate(mut self, home: &Home, accounts: bool) -> Result<Rotated, Fault> {
        let (seal, (_store, door)) = (seal(home)?, self.store(home)?);
        let version = self.root.rotate(&seal)?;
        rewrap_key_file(&home.server_key(), &self.root, SERVER)?;
        let keyrings = self.accounts(&door).rewrap(accounts).await?;
        Root::open(&home.root_key(), &seal)?.retire_earlier(&seal)?;
        Ok(Rotated { version, keyrings })
    }

    /// Seals the root another way; the keys stay.
    pub(crate) fn reseal(&self, new: &Home) -> Result<(), Fault> {
        Ok(self.root.reseal(&seal(new)?)?)
    }

    /// The root's version that wraps the server's key.
    pub(crate) fn server_wrapped_by(&self, home: &Home) -> Result<u32, Fault> {
        Ok(WrappedKey::from_bytes(&std::fs::read(home.server_key())?)?.parent())
    }
}

/// What a rotation did.
pub(crate) struct Rotated {
    /// The root's version now.
    pub(crate) version: u32,
    /// The accounts' keyrings that were wrapped anew.
    pub(crate) keyrings: usize,
}

/// What the root is sealed by, as the command line says.
fn seal(home: &Home) -> Result<Seal, RootError> {
    Ok(match home.passphrase_file() {
        Some(file) => Seal::Passphrase(Passphrase::from_file(file)?),
        None => Seal::KeyFile(home.seal_key()),
    })
}

#[cfg(test)]
mod tests {
    use kurodo_keys::KeyWrap;

    use super::*;
    use crate::cli::Place;

    fn home(directory: &tempfile::TempDir) -> Home {
        let home = Home::find(&Place { data_dir: Some(directory.path().join("data")), ..Place::default() });
        let home = home.unwrap();
        home.create().unwrap();
        home
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn versions(home: &Home) -> (Vec<u32>, u32, Vec<(u32, u32)>) {
        let keys = Keys::open(home).unwrap();
        let (root, server) = (keys.root.versions(), keys.server_wrapped_by(home).unwrap());
        let (_store, door) = keys.store(home).unwrap();
        let list = keys.accounts(&door).list().unwrap();
        (root, server, list.iter().flat_map(|(_, stored)| stored.versions()).collect())
    }

    #[test]
    fn a_rotation_that_was_cut_off_anywhere_is_completed_by_the_next() {
        let directory = tempfile::tempdir().unwrap();
        let home = home(&directory);
        let keys = Keys::open_or_create(&home).unwrap();
        let (account, wrapped) = ("123456789012".parse().unwrap(), SecretKey::generate().unwrap());
        let bucket = {
            let (_store, door) = keys.store(&home).unwrap();
            let keyring = run(keys.accounts(&door).keyring(account)).unwrap();
            keyring.wrap(&wrapped, b"bucket").unwrap()
        };
        let seal = seal(&home).unwrap();
        let opens = || {
            let keys = Keys::open(&home).unwrap();
            let (_store, door) = keys.store(&home).unwrap();
            let keyring = keys.accounts(&door).find(account).unwrap().unwrap();
            keyring.unwrap(&bucket, b"bucket").unwrap().expose() == wrapped.expose()
        };

        Root::open(&home.root_key(), &seal).unwrap().rotate(&seal).unwrap();
        assert!(opens(), "cut off after the root");
        let root = Root::open(&home.root_key(), &seal).unwrap();
        rewrap_key_file(&home.server_key(), &root, SERVER).unwrap();
        assert!(opens(), "cut off after the server's key");
        assert_eq!(versions(&home), (vec![1, 2], 2, vec![(1, 1)]));

        let rotated = run(Keys::open(&home).unwrap().rotate(&home, true)).unwrap();
        assert_eq!((rotated.version, rotated.keyrings), (3, 1));
        assert_eq!(versions(&home), (vec![3], 3, vec![(1, 3), (2, 3)]));
        assert!(opens());
    }

    #[test]
    fn no_key_is_made_where_there_is_data() {
        let directory = tempfile::tempdir().unwrap();
        let home = home(&directory);
        assert!(Keys::open(&home).is_err_and(|error| error.to_string().contains(FIRST)));
        let keys = Keys::open_or_create(&home).unwrap();
        drop(keys.store(&home).unwrap());
        for path in [home.server_key(), home.root_key(), home.seal_key()] {
            std::fs::remove_file(&path).unwrap();
            assert!(Keys::open_or_create(&home).is_err());
            assert!(!path.exists(), "{}", path.display());
        }
    }
}
