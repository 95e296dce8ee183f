//! Data keys: random bytes, beside the same bytes under a key.

use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::Handler;
use kurodo_wire::SecretBytes;

use super::{Answer, Asked, wet};
use crate::{
    Error, Kms,
    model::{DataKeySpec, GenerateDataKeyOutput, GenerateDataKeyWithoutPlaintextOutput, KeyUsageType, op},
    resources::{Key, ManagedKey},
};

/// What is asked of a data key.
struct Wanted {
    spec: Option<DataKeySpec>,
    bytes: Option<i32>,
    dry_run: Option<bool>,
    operation: &'static str,
    now: i64,
}

/// A data key.
struct DataKey {
    plaintext: SecretBytes,
    sealed: Vec<u8>,
    material: String,
}

impl Wanted {
    fn length(&self) -> Result<usize, Error> {
        match (self.spec, self.bytes) {
            (Some(DataKeySpec::Aes256), None) => Ok(32),
            (Some(DataKeySpec::Aes128), None) => Ok(16),
            (None, Some(bytes)) => Ok(usize::try_from(bytes).unwrap_or_default()),
            _ => Err(Error::Validation("Please specify either number of bytes or key spec.".to_owned())),
        }
    }
}

/// Random bytes.
pub(super) fn random(length: usize) -> Result<SecretBytes, Error> {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(SecretBytes::new(bytes))
}

impl Kms {
    async fn data_key<A>(
        &self,
        key: &Key,
        managed: &Option<Permit<'_, A>>,
        wanted: &Wanted,
    ) -> Result<DataKey, Error>
    where
        A: Action<Access = Write, Resource = ManagedKey>,
    {
        let length = wanted.length()?;
        let stored = key.usable(KeyUsageType::EncryptDecrypt, wanted.operation)?;
        wet(wanted.dry_run)?;
        let stored = self.made(key, stored, managed, wanted.now).await?;
        let plaintext = random(length)?;
        let sealed = self.encrypt(key, &stored, plaintext.expose())?;
        Ok(DataKey { plaintext, sealed, material: stored.current()?.id.clone() })
    }
}

impl Handler<op::GenerateDataKey> for Kms {
    async fn handle(&self, asked: Asked<'_, op::GenerateDataKey>) -> Answer<op::GenerateDataKey> {
        let ((permit, managed), input) = (&asked.permits, &asked.input);
        let wanted = Wanted {
            spec: input.key_spec,
            bytes: input.number_of_bytes,
            dry_run: input.dry_run,
            operation: "GenerateDataKey",
            now: asked.call.now_ms,
        };
        let made = self.data_key(permit.resource(), managed, &wanted).await?;
        Ok(GenerateDataKeyOutput {
            ciphertext_blob: Some(made.sealed.into()),
            plaintext: Some(made.plaintext),
            key_id: Some(permit.resource().called()),
            key_material_id: Some(made.material),
            ..GenerateDataKeyOutput::default()
        }
        .into())
    }
}

impl Handler<op::GenerateDataKeyWithoutPlaintext> for Kms {
    async fn handle(
        &self,
        asked: Asked<'_, op::GenerateDataKeyWithoutPlaintext>,
    ) -> Answer<op::GenerateDataKeyWithoutPlaintext> {
        let ((permit, managed), input) = (&asked.permits, &asked.input);
        let wanted = Wanted {
            spec: input.key_spec,
            bytes: input.number_of_bytes,
            dry_run: input.dry_run,
            operation: "GenerateDataKeyWithoutPlaintext",
            now: asked.call.now_ms,
        };
        let made = self.data_key(permit.resource(), managed, &wanted).await?;
        Ok(GenerateDataKeyWithoutPlaintextOutput {
            ciphertext_blob: Some(made.sealed.into()),
            key_id: Some(permit.resource().called()),
            key_material_id: Some(made.material),
        }
        .into())
    }
}
