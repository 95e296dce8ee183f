use kurodo_gateway::{
    Dialect, Failure, Relay, Service, ServiceFacts,
    wire::{Violation, violation_message},
};
use kurodo_identity::Principals;
use kurodo_store::Store;

use crate::{Error, facts::Sizes, model, queries::Queries, tail::Tails};

/// The service.
pub struct Logs {
    pub(crate) store: Store,
    /// Whom policies name.
    pub(crate) principals: Principals,
    /// How S3 is asked to take what is exported.
    pub(crate) relay: Relay,
    /// How much groups hold, as it was counted last.
    pub(crate) sizes: Sizes,
    /// Queries that were started lately.
    pub(crate) queries: Queries,
    /// Who listens to what is put.
    pub(crate) tails: Tails,
}

impl Logs {
    /// The service over this store; others are asked through the relay.
    pub fn new(store: Store, principals: Principals, relay: Relay) -> Self {
        Self {
            store,
            principals,
            relay,
            sizes: Sizes::default(),
            queries: Queries::default(),
            tails: Tails::default(),
        }
    }
}

impl Service for Logs {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Json,
        region: None,
        skew_seconds: 5 * 60,
        data_events: &["FilterLogEvents", "GetLogEvents", "GetLogRecord", "GetQueryResults", "PutLogEvents"],
    };

    /// What breaks the constraints of the API facts is an invalid parameter here.
    fn invalid(_: &'static str, violations: &[Violation]) -> Option<Failure> {
        Some(Failure::new("InvalidParameterException", 400, violation_message(violations)))
    }
}
