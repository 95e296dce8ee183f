use kurodo_gateway::Handler;

use super::{Answer, Asked, encrypt::symmetric, wet};
use crate::{
    Kms,
    cipher::Sealed,
    model::{EncryptionAlgorithmSpec, KeyUsageType, ReEncryptOutput, op},
};

impl Handler<op::ReEncrypt> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ReEncrypt>) -> Answer<op::ReEncrypt> {
        let ((from, to), input) = (&asked.permits, &asked.input);
        let (from, to) = (from.resource(), to.resource());
        symmetric(from, input.source_encryption_algorithm)?;
        symmetric(to, input.destination_encryption_algorithm)?;
        let blob = input.ciphertext_blob.as_deref();
        let plaintext = self.decrypt(from, blob, "ReEncrypt")?;
        let stored = to.usable(KeyUsageType::EncryptDecrypt, "ReEncrypt")?;
        wet(input.dry_run)?;
        let sealed = self.encrypt(to, stored, plaintext.expose())?;
        let material = |blob: Option<&[u8]>| Some(Sealed::read(blob?).ok()?.material);
        Ok(ReEncryptOutput {
            source_key_material_id: material(blob),
            destination_key_material_id: material(Some(&sealed)),
            ciphertext_blob: Some(sealed.into()),
            source_key_id: Some(from.called()),
            key_id: Some(to.called()),
            source_encryption_algorithm: Some(EncryptionAlgorithmSpec::SymmetricDefault),
            destination_encryption_algorithm: Some(EncryptionAlgorithmSpec::SymmetricDefault),
        }
        .into())
    }
}
