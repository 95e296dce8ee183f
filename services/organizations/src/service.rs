use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_identity::Founder;
use kurodo_store::Store;

use crate::Error;

/// The service. It holds the way to the records, which only permits open.
#[derive(Debug, Clone)]
pub struct Organizations {
    pub(crate) store: Store,
    pub(crate) founder: Founder,
}

impl Organizations {
    /// The service over this store; accounts are created by the founder.
    pub fn new(store: Store, founder: Founder) -> Self {
        Self { store, founder }
    }
}

impl Service for Organizations {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &crate::model::SERVICE,
        dialect: Dialect::Json,
        region: Some("us-east-1"),
        skew_seconds: 5 * 60,
        scraped: None,
        data_events: &[],
    };
}
