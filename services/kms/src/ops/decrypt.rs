use kurodo_gateway::Handler;
use kurodo_wire::SecretBytes;

use super::{Answer, Asked, encrypt::symmetric, wet};
use crate::{
    Error, Kms,
    cipher::open,
    model::{DecryptOutput, EncryptionAlgorithmSpec, KeyUsageType, op},
    resources::Key,
};

impl Kms {
    /// Decrypts under a key and the encryption context that it was decided on with.
    pub(super) fn decrypt(
        &self,
        key: &Key,
        blob: Option<&[u8]>,
        operation: &str,
    ) -> Result<SecretBytes, Error> {
        let blob = blob.ok_or(Error::InvalidCiphertext)?;
        let stored = key.usable(KeyUsageType::EncryptDecrypt, operation)?;
        let material = self.sealing(key, stored, blob)?;
        let context = key.occasion().context.clone().unwrap_or_default();
        open(&material, &context, blob).map(SecretBytes::new)
    }
}

impl Handler<op::Decrypt> for Kms {
    async fn handle(&self, asked: Asked<'_, op::Decrypt>) -> Answer<op::Decrypt> {
        let (key, input) = (asked.permits.resource(), &asked.input);
        let blob = input.ciphertext_blob.as_deref();
        symmetric(key, input.encryption_algorithm)?;
        let plaintext = self.decrypt(key, blob, "Decrypt")?;
        wet(input.dry_run)?;
        Ok(DecryptOutput {
            key_id: Some(key.called()),
            plaintext: Some(plaintext),
            encryption_algorithm: Some(EncryptionAlgorithmSpec::SymmetricDefault),
            key_material_id: blob
                .and_then(|blob| crate::cipher::Sealed::read(blob).ok())
                .map(|it| it.material),
            ..DecryptOutput::default()
        }
        .into())
    }
}
