use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_store::Store;
use kurodo_wire::{OperationSchema, Value, Violation};

use crate::{
    Error, bell::Bells, facts::Cache, meter::Meter, model, needs, needs::Watch, push::Subscriptions,
};

/// The service.
pub struct Kinesis {
    pub(crate) store: Store,
    /// The streams that requests asked for lately.
    pub(crate) streams: Cache,
    /// What shards take and give.
    pub(crate) meter: Meter,
    /// Who waits for records.
    pub(crate) bells: Bells,
    /// Who is pushed records.
    pub(crate) subscriptions: Subscriptions,
    /// What chores looked at last.
    pub(crate) watch: Watch,
}

impl Kinesis {
    /// The service over this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            streams: Cache::default(),
            meter: Meter::default(),
            bells: Bells::default(),
            subscriptions: Subscriptions::default(),
            watch: Watch::default(),
        }
    }
}

impl Service for Kinesis {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Json,
        skew_seconds: 15 * 60,
        data_events: &["GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"],
    };

    fn violations(operation: &OperationSchema, input: &Value) -> Vec<Violation> {
        needs::violations(operation, input)
    }
}
