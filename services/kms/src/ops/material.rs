//! The material of keys: wrapped by the keyring of the account, opened for the length of an operation.

use kurodo_arn::AccountId;
use kurodo_keys::{KeyWrap as _, SecretKey, WrappedKey};

use crate::{
    Error, Kms,
    cipher::{Sealed, random},
    key::{Key as Stored, Material},
    names::hex,
    resources::Key,
};

impl Kms {
    /// Gives a key new material.
    pub(super) async fn renew(
        &self,
        account: AccountId,
        key: &mut Stored,
        now: i64,
        on_demand: bool,
    ) -> Result<(), Error> {
        let keyring = self.keyrings.keyring(account).await?;
        let wrapped = keyring.wrap(&SecretKey::generate()?, key.id.as_bytes())?;
        key.renew(hex(&random::<32>()?), wrapped.to_bytes(), now, on_demand);
        Ok(())
    }

    /// The material in use, and what its ciphertexts say of themselves.
    pub(super) fn current(&self, resource: &Key, key: &Stored) -> Result<(SecretKey, Sealed), Error> {
        let material = key.current()?;
        let sealed = Sealed { account: resource.account, key: key.id.clone(), material: material.id.clone() };
        Ok((self.open(resource, key, material)?, sealed))
    }

    /// The material that sealed a ciphertext.
    pub(super) fn sealing(&self, resource: &Key, key: &Stored, blob: &[u8]) -> Result<SecretKey, Error> {
        let sealed = Sealed::read(blob)?;
        if sealed.account != resource.account || sealed.key != key.id {
            return Err(Error::IncorrectKey);
        }
        let material = key.materials.iter().find(|material| material.id == sealed.material);
        self.open(resource, key, material.ok_or(Error::InvalidCiphertext)?)
    }

    fn open(&self, resource: &Key, key: &Stored, material: &Material) -> Result<SecretKey, Error> {
        let keyring = self.keyrings.find(resource.account)?.ok_or(Error::Damaged)?;
        Ok(keyring.unwrap(&WrappedKey::from_bytes(&material.wrapped)?, key.id.as_bytes())?)
    }
}
