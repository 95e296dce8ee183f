use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{EncryptionContext, EnvelopeError, Kms, SealedKey};

/// How long a data key seals.
pub const LASTING: Duration = Duration::from_secs(5 * 60);

/// The data keys that a service seals with, in memory alone.
#[derive(Default)]
pub struct DataKeys(Mutex<HashMap<Name, Held>>);

/// A key of KMS, as it was named, and what the data key is bound to.
type Name = (String, EncryptionContext);

struct Held {
    key: Arc<SealedKey>,
    made: Instant,
}

impl DataKeys {
    /// A data key under this key of KMS, bound to this context: KMS makes one, or lets the caller use the one that was made
    /// a short while ago.
    ///
    /// # Errors
    /// Nobody lets the caller make data keys under the key, KMS refuses, or does not answer.
    pub async fn current(
        &self,
        kms: &Kms<'_>,
        key: &str,
        context: &EncryptionContext,
    ) -> Result<Arc<SealedKey>, EnvelopeError> {
        let name = (key.to_owned(), context.clone());
        if let Some(held) = self.held(&name) {
            kms.would_generate(key, context).await?;
            return Ok(held);
        }
        let made = Arc::new(SealedKey::from(kms.generate(key, context).await?));
        let held = Held { key: Arc::clone(&made), made: Instant::now() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, held);
        Ok(made)
    }

    /// What is held under a name. What is too old is forgotten.
    fn held(&self, name: &Name) -> Option<Arc<SealedKey>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = all.get(name).filter(|held| held.made.elapsed() < LASTING) {
            return Some(Arc::clone(&held.key));
        }
        all.retain(|_, held| held.made.elapsed() < LASTING);
        None
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;

    use super::*;
    use crate::Made;

    #[test]
    fn old_keys_are_forgotten() {
        let keys = DataKeys::default();
        let name = |text: &str| (text.to_owned(), EncryptionContext::new());
        let put = |text: &str, age| {
            let data = SecretKey::from_bytes([1; SecretKey::LEN]);
            let key = Arc::new(Made { arn: text.to_owned(), wrapped: vec![1], data }.into());
            let made = Instant::now().checked_sub(age).unwrap();
            keys.0.lock().unwrap().insert(name(text), Held { key, made });
        };
        put("old", LASTING);
        put("young", LASTING / 2);
        assert_eq!(keys.held(&name("young")).unwrap().arn(), "young");
        assert!(keys.held(&name("old")).is_none());
        assert_eq!(keys.0.lock().unwrap().len(), 1);
        let other = ("young".to_owned(), EncryptionContext::from([("a".to_owned(), "b".to_owned())]));
        assert!(keys.held(&other).is_none());
    }
}
