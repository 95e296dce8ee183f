use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_store::Store;

use crate::{Error, facts::Cache, model};

/// The service.
pub struct DynamoDb {
    pub(crate) store: Store,
    /// The tables that requests asked for lately.
    pub(crate) tables: Cache,
}

impl DynamoDb {
    /// The service over this store.
    pub fn new(store: Store) -> Self {
        Self { store, tables: Cache::new() }
    }
}

impl Service for DynamoDb {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Json,
        skew_seconds: 15 * 60,
        rcps: true,
        data_events: &[
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        ],
    };
    const CRC32: bool = true;
}
