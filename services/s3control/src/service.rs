use kurodo_arn::AccountId;
use kurodo_gateway::{Dialect, Service, ServiceFacts};
use kurodo_identity::Principals;
use kurodo_store::{Fact, Reader, Store, StoreError};

use crate::{Error, model};

/// How buckets are looked up by their names, by a reader of everything.
#[derive(Debug, Clone, Copy)]
pub struct Buckets {
    /// A bucket's account and its region, if it is there.
    pub home: Look<Option<(AccountId, String)>>,
    /// Whether a bucket refuses public policies.
    pub refuse_public_policies: Look<bool>,
}

/// What is found, with the fact that it is so.
pub type Look<T> = fn(&Reader<'_>, &str) -> Result<(T, Fact), StoreError>;

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
