use kurodo_arn::AccountId;
use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_identity::Principals;
use kurodo_store::{Fact, Reader, Store, StoreError};

use crate::{Error, model};

/// How a bucket is looked up, by a reader of everything: its account and its region, if it is there, with the fact that it
/// is so.
pub type Buckets = fn(&Reader<'_>, &str) -> Result<(Option<(AccountId, String)>, Fact), StoreError>;

/// The service. It holds nothing but the way to the records, which only permits open.
#[derive(Debug, Clone)]
pub struct S3Control {
    pub(crate) store: Store,
    /// Finds the buckets that access points lead to.
    pub(crate) buckets: Buckets,
    /// Whom policies name.
    pub(crate) principals: Principals,
}

impl S3Control {
    /// The service over this store.
    pub fn new(store: Store, buckets: Buckets, principals: Principals) -> Self {
        Self { store, buckets, principals }
    }
}

impl Service for S3Control {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::S3,
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &[],
    };
}
