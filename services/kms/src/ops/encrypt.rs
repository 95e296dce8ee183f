use kurodo_gateway::Handler;

use super::{Answer, Asked, wet};
use crate::{
    Error, Kms,
    cipher::seal,
    key::Key as Stored,
    model::{EncryptOutput, EncryptionAlgorithmSpec, KeyUsageType, op},
    resources::Key,
};

/// That the algorithm is the one of symmetric keys.
pub(super) fn symmetric(key: &Key, asked: Option<EncryptionAlgorithmSpec>) -> Result<(), Error> {
    match asked {
        None | Some(EncryptionAlgorithmSpec::SymmetricDefault) => Ok(()),
        Some(other) => Err(Error::InvalidKeyUsage(format!(
            "Algorithm {other} and key spec SYMMETRIC_DEFAULT are incompatible for key {}.",
            key.called()
        ))),
    }
}

impl Kms {
    /// Encrypts under a key and the encryption context that it was decided on with.
    pub(super) fn encrypt(&self, resource: &Key, key: &Stored, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        let (material, sealed) = self.current(resource, key)?;
        let context = resource.occasion().context.clone().unwrap_or_default();
        seal(&sealed, &material, &context, plaintext)
    }
}

impl Handler<op::Encrypt> for Kms {
    async fn handle(&self, asked: Asked<'_, op::Encrypt>) -> Answer<op::Encrypt> {
        let ((permit, managed), input) = (&asked.permits, &asked.input);
        let key = permit.resource();
        let stored = key.usable(KeyUsageType::EncryptDecrypt, "Encrypt")?;
        symmetric(key, input.encryption_algorithm)?;
        wet(input.dry_run)?;
        let stored = self.made(key, stored, managed, asked.call.now_ms).await?;
        let blob = self.encrypt(key, &stored, input.plaintext.expose())?;
        Ok(EncryptOutput {
            ciphertext_blob: Some(blob.into()),
            key_id: Some(key.called()),
            encryption_algorithm: Some(EncryptionAlgorithmSpec::SymmetricDefault),
        }
        .into())
    }
}
