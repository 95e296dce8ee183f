//! The keys of objects that KMS protects.

use std::{collections::BTreeMap, sync::Arc};

use kurodo_authz::Caller;
use kurodo_envelope::Kms;
use kurodo_gateway::Call;

use super::Wish;
use crate::{
    Error, S3,
    content::{Customer, Keys},
    facts::BucketFacts,
    records::{CustomerKey, Head, KmsKey, Salt},
    resources::Object,
};

/// The host name of S3, as policies see it in `aws:CalledVia`.
const VIA: &str = "s3.amazonaws.com";
/// What S3 adds to every encryption context.
const ARN: &str = "aws:s3:arn";

impl S3 {
    /// The keys that open an object or upload, if the request brought the customer's right key, or if KMS lets its caller
    /// use the key that protects it.
    pub(crate) async fn unlock(
        &self,
        customer: Option<&Customer>,
        (stored, kms): (Option<&CustomerKey>, Option<&KmsKey>),
        place: &Object,
        call: &Call,
    ) -> Result<Keys, Error> {
        let wrapping = Customer::unlock(customer, stored, place.facts())?;
        match kms {
            None => Ok(Keys::one(wrapping)),
            Some(kms) => Box::pin(self.unlock_by_kms(kms, place, call)).await,
        }
    }

    /// A checksum tells of content: of that under a key of KMS only those are told whom KMS lets decrypt it.
    ///
    /// Source: S3 API Reference, HeadObject, "x-amz-checksum-mode".
    pub(crate) async fn check_telling(
        &self,
        checksum: bool,
        head: &Head,
        place: &Object,
        call: &Call,
    ) -> Result<(), Error> {
        match head.kms.as_deref().filter(|_| checksum) {
            None => Ok(()),
            Some(kms) => Box::pin(self.unlock_by_kms(kms, place, call)).await.map(drop),
        }
    }

    async fn unlock_by_kms(&self, kms: &KmsKey, place: &Object, call: &Call) -> Result<Keys, Error> {
        check_signature(call)?;
        let context = context(&kms.context, kms.bucket_key, place);
        let client = self.kms(Arc::clone(&call.caller), place.facts())?;
        let data = client.decrypt(Some(&kms.arn), &kms.wrapped, &context).await?;
        Ok(Keys::of_kms(&data, kms, &place.facts().key))
    }

    /// A new data key for an object at this place, made by KMS for this caller.
    pub(crate) async fn lock_by_kms(
        &self,
        wish: Wish,
        place: &Object,
        caller: Arc<Caller>,
    ) -> Result<(KmsKey, Keys), Error> {
        let Wish { key, dual, bucket_key, context: given } = wish;
        let context = context(&given, bucket_key, place);
        let made = self.kms(caller, place.facts())?.generate(&key, &context).await?;
        let salt = Salt::random()?;
        let kms = KmsKey { arn: made.arn, dual, bucket_key, context: given, wrapped: made.wrapped, salt };
        let keys = Keys::of_kms(&made.data, &kms, &place.facts().key);
        Ok((kms, keys))
    }

    /// Keys lie in the region of the bucket.
    fn kms(&self, caller: Arc<Caller>, facts: &BucketFacts) -> Result<Kms<'_>, Error> {
        let region = facts.region.parse().map_err(|_| Error::Relay("a bucket's region".to_owned()))?;
        Ok(Kms { relay: &self.relay, via: VIA, caller, region })
    }
}

/// The whole encryption context: the client's, and the ARN of the object, or of the bucket where a bucket key is used,
/// unless the client names it.
///
/// Source: S3 User Guide, "Encryption context".
fn context(given: &BTreeMap<String, String>, bucket_key: bool, place: &Object) -> BTreeMap<String, String> {
    let mut context = given.clone();
    let bucket = place.facts().arn();
    let arn = || if bucket_key { bucket } else { format!("{bucket}/{}", place.key()) };
    context.entry(ARN.to_owned()).or_insert_with(arn);
    context
}

/// KMS knows who asks by Signature Version 4 alone.
///
/// Source: S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)", "AWS Signature Version 4".
pub(crate) fn check_signature(call: &Call) -> Result<(), Error> {
    let version = call.context.get("s3:signatureversion");
    let old = version.is_some_and(|values| values.single() == Some("AWS"));
    if !old && !call.caller.is_anonymous() {
        return Ok(());
    }
    let message = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.";
    Err(Error::argument("Authorization", "null", message))
}
