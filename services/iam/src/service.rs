use kurodo_gateway::{Dialect, Failure, Service, ServiceFacts};
use kurodo_store::Store;

use crate::Error;

/// The service. It holds nothing but the way to the records, which only permits open.
#[derive(Debug, Clone)]
pub struct Iam {
    pub(crate) store: Store,
}

impl Iam {
    /// The service over this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Service for Iam {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &crate::model::SERVICE,
        dialect: Dialect::Query,
        skew_seconds: 15 * 60,
        rcps: false,
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
