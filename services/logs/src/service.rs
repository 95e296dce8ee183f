use std::sync::Arc;

use kurodo_gateway::{
    Dialect, Failure, Relay, Service, ServiceFacts,
    wire::{Violation, violation_message},
};
use kurodo_identity::{Principals, StoredDirectory};
use kurodo_store::Store;

use crate::{
    Error,
    facts::Sizes,
    filter::{Defaults, Pauses, Turns},
    model,
    queries::Queries,
    tail::Tails,
};

/// The service.
pub struct Logs {
    pub(crate) store: Store,
    /// Whom policies name.
    pub(crate) principals: Principals,
    /// How S3 is asked to take what is exported, CloudWatch what filters measure, and Kinesis what they forward.
    pub(crate) relay: Relay,
    /// Knows the roles of subscription filters.
    pub(crate) directory: Arc<StoredDirectory>,
    /// How much groups hold, as it was counted last.
    pub(crate) sizes: Sizes,
    /// Queries that were started lately.
    pub(crate) queries: Queries,
    /// Turns at looking through events.
    pub(crate) searches: kurodo_gateway::Turns,
    /// Who listens to what is put.
    pub(crate) tails: Tails,
    /// Whose events are measured next.
    pub(crate) measured: Turns,
    /// Whose events are forwarded next, and which of them wait.
    pub(crate) forwarded: Turns,
    pub(crate) pauses: Pauses,
    /// What filters with default values have told.
    pub(crate) defaults: Defaults,
}

impl Logs {
    /// The service over this store; others are asked through the relay, in the name of roles that the directory knows.
    pub fn new(store: Store, principals: Principals, relay: Relay, directory: Arc<StoredDirectory>) -> Self {
        Self {
            store,
            principals,
            relay,
            directory,
            sizes: Sizes::default(),
            queries: Queries::default(),
            searches: kurodo_gateway::Turns::default(),
            tails: Tails::default(),
            measured: Turns::default(),
            forwarded: Turns::default(),
            pauses: Pauses::default(),
            defaults: Defaults::default(),
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
        scraped: None,
        data_events: &["FilterLogEvents", "GetLogEvents", "GetLogRecord", "GetQueryResults", "PutLogEvents"],
    };

    /// What breaks the constraints of the API facts is an invalid parameter here.
    fn invalid(_: &'static str, violations: &[Violation]) -> Option<Failure> {
        Some(Failure::new("InvalidParameterException", 400, violation_message(violations)))
    }
}
