use std::sync::Arc;

use kurodo_federation::Issuers;
use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_identity::StoredDirectory;
use kurodo_keys::{Sealer, SecretKey};

use crate::{Error, model};

/// The service. It stores nothing: sessions are sealed into their tokens.
pub struct Sts {
    pub(crate) directory: Arc<StoredDirectory>,
    /// Opens encoded authorization messages.
    pub(crate) messages: Sealer,
    /// Whose tokens are believed.
    pub(crate) issuers: Issuers,
}

impl Sts {
    /// The service over this directory; `messages` is the key that the gateway seals authorization messages
    /// with.
    pub fn new(directory: Arc<StoredDirectory>, messages: &SecretKey) -> Self {
        Self { directory, messages: Sealer::new(messages), issuers: Issuers::default() }
    }
}

impl Service for Sts {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Query,
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &[],
    };
}
