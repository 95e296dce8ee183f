use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_identity::Principals;
use kurodo_store::{AccountKeys, Store};

use crate::{Error, known::Known, model};

/// The service.
pub struct Kms {
    pub(crate) store: Store,
    /// Wrap the material of keys.
    pub(crate) keyrings: AccountKeys,
    /// Whom key policies and grants name.
    pub(crate) principals: Principals,
    /// Keys that were asked for lately.
    pub(crate) known: Known,
}

impl Kms {
    /// The service over this store.
    pub fn new(store: Store, keyrings: AccountKeys, principals: Principals) -> Self {
        Self { store, keyrings, principals, known: Known::default() }
    }
}

impl Service for Kms {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Json,
        region: None,
        skew_seconds: 5 * 60,
        scraped: None,
        data_events: &[],
    };
}
