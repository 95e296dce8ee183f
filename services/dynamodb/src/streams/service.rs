use kurodo_gateway::{Dialect, Relay, Service, ServiceFacts};
use kurodo_store::Store;

use crate::{Error, encryption::Vault, model};

/// The service. Its records are those that [`crate::DynamoDb`] writes.
pub struct DynamoDbStreams {
    pub(super) store: Store,
    /// Where the keys of tables under keys of KMS are opened.
    pub(super) vault: Vault,
}

impl DynamoDbStreams {
    /// The service over this store. Through `relay` it asks KMS.
    pub fn new(store: Store, relay: Relay) -> Self {
        Self { store, vault: Vault::new(relay) }
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
