use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_store::Store;

use crate::{Error, model};

/// The service. It holds nothing but the way to the records, which only permits open.
#[derive(Debug, Clone)]
pub struct S3Control {
    pub(crate) store: Store,
}

impl S3Control {
    /// The service over this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Service for S3Control {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::S3,
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &[],
    };
}
