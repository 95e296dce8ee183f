//! What CloudWatch shows of single buckets, beside what it makes of the requests themselves.
//!
//! Source: S3 User Guide, "Metrics and dimensions".

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::{Measured, Observer};

use crate::facts::BucketFacts;

/// Who is told of buckets; nobody, until there is somebody.
#[derive(Clone, Default)]
pub(crate) struct Figures(pub(crate) Option<Arc<dyn Observer>>);

/// A bucket, as its figures go by it.
struct OfBucket {
    account: AccountId,
    region: Region,
    name: String,
}

/// What a query looked through and found, which is told when it ends, however it ends.
pub(crate) struct Selected {
    figures: Figures,
    bucket: Option<OfBucket>,
    /// Bytes, as the object has them.
    pub(crate) scanned: u64,
    /// Bytes of records.
    pub(crate) returned: u64,
}

impl Figures {
    /// A query of an object of this bucket begins.
    pub(crate) fn selected(&self, facts: &BucketFacts) -> Selected {
        Selected { figures: self.clone(), bucket: OfBucket::new(facts), scanned: 0, returned: 0 }
    }

    /// How much of a kind of storage a bucket takes up.
    pub(crate) fn stored(&self, facts: &BucketFacts, metric: &'static str, kind: &'static str, number: u64) {
        if let Some(bucket) = OfBucket::new(facts) {
            self.tell(&bucket, ("StorageType", kind), metric, number);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "sizes of buckets are shown to some sixteen digits")]
    fn tell(&self, bucket: &OfBucket, dimension: (&'static str, &str), metric: &'static str, number: u64) {
        let Some(observer) = &self.0 else { return };
        observer.measured(&Measured {
            service: "s3",
            account: bucket.account,
            region: &bucket.region,
            resource: &bucket.name,
            dimension: Some(dimension),
            metric,
            value: number as f64,
        });
    }
}

impl OfBucket {
    fn new(facts: &BucketFacts) -> Option<Self> {
        let region = facts.region.parse().ok()?;
        Some(Self { account: facts.account, region, name: facts.name.clone() })
    }
}

impl Drop for Selected {
    fn drop(&mut self) {
        let Some(bucket) = &self.bucket else { return };
        let whole = ("FilterId", "EntireBucket");
        self.figures.tell(bucket, whole, "SelectBytesScanned", self.scanned);
        self.figures.tell(bucket, whole, "SelectBytesReturned", self.returned);
    }
}
