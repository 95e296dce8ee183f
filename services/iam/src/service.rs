use kurodo_gateway::{Dialect, Failure, Service, ServiceFacts, Turns};
use kurodo_identity::Principals;
use kurodo_store::Store;

use crate::Error;

/// The service. It holds the way to the records, which only permits open, and who bears which name.
#[derive(Debug, Clone)]
pub struct Iam {
    pub(crate) store: Store,
    pub(crate) principals: Principals,
    /// Turns at simulating policies.
    pub(crate) simulations: Turns,
    /// Turns at hashing passwords, of which each takes much memory.
    pub(crate) hashes: Turns,
}

impl Iam {
    /// The service over this store; trust policies name these principals.
    pub fn new(store: Store, principals: Principals) -> Self {
        Self { store, principals, simulations: Turns::default(), hashes: Turns::default() }
    }
}

impl Service for Iam {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &crate::model::SERVICE,
        dialect: Dialect::Query,
        region: Some("us-east-1"),
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &[],
    };
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some((code, status)) => Self::new(code, status, error.to_string()),
            None => Self::internal(&error),
        }
    }
}
