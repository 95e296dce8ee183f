use std::collections::{HashMap, hash_map::Entry};

use kurodo_keys::Sealer;

use crate::{
    EncryptionContext, EnvelopeError, Kms,
    sealed::{parts, sealer},
};

/// Opens what was sealed under data keys, for one request: KMS is asked once for each data key.
pub struct Opener<'r> {
    kms: Kms<'r>,
    context: EncryptionContext,
    opened: HashMap<Vec<u8>, Sealer>,
}

impl<'r> Opener<'r> {
    /// Opens in the name of the caller who asks KMS, what is bound to this context.
    pub fn new(kms: Kms<'r>, context: EncryptionContext) -> Self {
        Self { kms, context, opened: HashMap::new() }
    }

    /// The content that [`crate::seal`] sealed.
    ///
    /// # Errors
    /// Nobody lets the caller decrypt under the key, KMS refuses, or does not answer; or what is stored is damaged.
    pub async fn open(&mut self, stored: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        let (wrapped, sealed) = parts(stored)?;
        let key = match self.opened.entry(wrapped.to_vec()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let data = self.kms.decrypt(None, wrapped, &self.context).await?;
                entry.insert(sealer(&data))
            }
        };
        key.open_random(wrapped, sealed).map_err(|_| EnvelopeError::Damaged)
    }
}
