//! Writing one of a bucket's settings.

use bytes::Bytes;
use kurodo_authz::{Grant, Write};
use kurodo_gateway::Call;
use kurodo_store::{Expectation, Fact};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, S3, layout::Setting, records::Damaged, resources::Bucket};

/// What keeps a bucket from being public, as S3 says it in denials.
pub(super) const PUBLIC_POLICY: &str =
    "because public policies are blocked by the BlockPublicPolicy block public access setting.";
/// The same for access control lists.
pub(super) const PUBLIC_ACL: &str = "because public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting.";

impl S3 {
    /// Writes a setting, or removes it, if the bucket is still there and what the change relies on still holds.
    pub(super) async fn settle<G: Grant<Access = Write, Resource = Bucket>>(
        &self,
        permit: &G,
        setting: Setting,
        value: Option<Bytes>,
        relies_on: &[&Fact],
    ) -> Result<(), Error> {
        let bucket = permit.resource();
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&bucket.facts()?.exists);
        for fact in relies_on {
            transaction.expect_fact(fact);
        }
        match value {
            Some(value) => transaction.put(setting.key(), value),
            None => transaction.delete(setting.key()),
        };
        match transaction.commit().await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.conflict() {
                Some(conflict) if conflict.expectation == Expectation::Fact && conflict.which == 0 => {
                    Error::NoSuchBucket(bucket.name().to_owned())
                }
                _ => error.into(),
            }),
        }
    }

    /// A setting as it is now, with the fact that a change can rely on.
    pub(super) fn setting<T: DeserializeOwned>(
        &self,
        permit: &impl Grant<Resource = Bucket>,
        setting: Setting,
    ) -> Result<(Option<T>, Fact), Error> {
        let (record, fact) = self.store.read(permit).fact(setting.key())?;
        let value = record.map(|record| serde_json::from_slice(&record.value)).transpose();
        Ok((value.map_err(|_| Damaged("bucket setting"))?, fact))
    }
}

/// A setting's record.
pub(super) fn record(value: &impl Serialize) -> Result<Bytes, Error> {
    Ok(serde_json::to_vec(value).map_err(|_| Damaged("bucket setting"))?.into())
}

/// What is said to a caller who may do something, but not in this way.
pub(super) fn blocked(call: &Call, action: &str, resource: &str, why: &str) -> Error {
    let principal = &call.caller.principal.arn;
    Error::AccessDenied(match call.caller.is_anonymous() {
        true => "Access Denied".into(),
        false => format!(
            "User: {principal} is not authorized to perform: {action} on resource: \"{resource}\" {why}"
        )
        .into(),
    })
}
