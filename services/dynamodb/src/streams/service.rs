use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_store::Store;

use crate::{Error, model};

/// The service. Its records are those that [`crate::DynamoDb`] writes.
pub struct DynamoDbStreams {
    pub(super) store: Store,
}

impl DynamoDbStreams {
    /// The service over this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Service for DynamoDbStreams {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::streams::SERVICE,
        dialect: Dialect::Json,
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &["GetRecords", "GetShardIterator"],
    };
    const CRC32: bool = true;
}
