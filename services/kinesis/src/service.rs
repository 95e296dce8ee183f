use std::sync::Arc;

use kurodo_envelope::DataKeys;
use kurodo_gateway::{CrossOrigin, Dialect, Observer, Relay, Service, ServiceFacts, Sharing};
use kurodo_identity::{Principals, StoredDirectory};
use kurodo_store::{Reader, Store};
use kurodo_wire::{OperationSchema, Value, Violation};

use crate::{
    Error, bell::Bells, facts::Cache, figures::Figures, heat::Heat, meter::Meter, model, needs, needs::Watch,
    push::Subscriptions,
};

/// The service.
pub struct Kinesis {
    pub(crate) store: Store,
    /// Whom the policies of streams and consumers name.
    pub(crate) principals: Principals,
    /// How KMS is asked for the keys of records.
    pub(crate) relay: Relay,
    /// Knows what consumers that are pushed records may still do.
    pub(crate) directory: Arc<StoredDirectory>,
    /// What records are sealed with.
    pub(crate) data_keys: DataKeys,
    /// The streams that requests asked for lately.
    pub(crate) streams: Cache,
    /// What shards take and give.
    pub(crate) meter: Meter,
    /// What shards of streams on demand refused.
    pub(crate) heat: Heat,
    /// Who is told of it, shard by shard.
    pub(crate) figures: Figures,
    /// Who waits for records.
    pub(crate) bells: Bells,
    /// Who is pushed records.
    pub(crate) subscriptions: Subscriptions,
    /// What chores looked at last.
    pub(crate) watch: Watch,
}

impl Kinesis {
    /// The service over this store; KMS is asked through the relay. The observer is told what shards take and give.
    pub fn new(
        store: Store,
        principals: Principals,
        relay: Relay,
        directory: Arc<StoredDirectory>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self {
            store,
            principals,
            relay,
            directory,
            data_keys: DataKeys::default(),
            streams: Cache::default(),
            meter: Meter::default(),
            heat: Heat::default(),
            figures: Figures::new(observer),
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
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &["GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"],
    };

    /// Pages of every origin may ask: who asks is what the signature says.
    fn cross_origin(&self, _: &Reader<'_>, asked: &CrossOrigin<'_>) -> Option<Result<Sharing, Error>> {
        asked.origin?;
        let mut sharing = vec![("access-control-allow-origin", "*".to_owned())];
        if !asked.is_preflight() {
            sharing.push(("access-control-expose-headers", EXPOSED.to_owned()));
            return Some(Ok(sharing));
        }
        let wanted = [
            ("access-control-allow-headers", asked.asked_headers),
            ("access-control-allow-methods", asked.asked_method),
        ];
        sharing.extend(wanted.into_iter().filter_map(|(name, text)| Some((name, text?.to_owned()))));
        sharing.push(("access-control-max-age", (2 * 24 * 60 * 60).to_string()));
        Some(Ok(sharing))
    }

    fn violations(operation: &OperationSchema, input: &Value) -> Vec<Violation> {
        needs::violations(operation, input)
    }
}

/// What a page sees of an answer.
const EXPOSED: &str =
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date";
