use kurodo_gateway::{Authorized, Handler};

use super::{Answer, encode};
use crate::{
    Error, PublicAccessBlock, S3Control,
    access_points::AccessPoint,
    model::{CreateAccessPointInput, CreateAccessPointOutput, PublicAccessBlockConfiguration, op},
    resources::Attached,
};

/// The most access points that lead to a bucket.
///
/// Source: S3 User Guide, "Restrictions and limitations for access points": 10,000 of an account in a region.
const MOST: usize = 10_000;

impl Handler<op::CreateAccessPoint> for S3Control {
    /// What the request does not say is blocked.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::CreateAccessPoint>,
    ) -> Answer<op::CreateAccessPoint> {
        let (input, (permit, attached)) = (&call.input, &call.permits);
        let (point, place) = (permit.resource(), attached.resource());
        if point.any().is_some() {
            return Err(Error::AlreadyOwned);
        }
        let (bucket_account, region) = home(input, place)?;
        let (mut labels, fact) = place.others();
        if labels.len() >= MOST {
            return Err(Error::TooMany);
        }
        labels.push(place.label());
        let record = AccessPoint {
            region,
            bucket: input.bucket.clone(),
            bucket_account,
            alias: point.alias().to_owned(),
            created: call.call.now_ms,
            block: input.public_access_block_configuration.as_ref().map_or(PublicAccessBlock::ALL, block),
            policy: None,
        };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        place
            .facts()
            .iter()
            .chain([fact, point.current()])
            .for_each(|fact| _ = transaction.expect_fact(fact));
        transaction.put([], encode(&record)?);
        let label = (point.account.to_string(), &point.name);
        transaction.in_annex(permit).expect_absent([]).put([], encode(&label)?);
        transaction.under(attached).put([], encode(&labels)?);
        transaction.commit().await?;
        let (access_point_arn, alias) = (Some(point.arn()), Some(record.alias));
        Ok(CreateAccessPointOutput { access_point_arn, alias }.into())
    }
}

/// The account and the region of the bucket that the access point is to lead to.
fn home(input: &CreateAccessPointInput, place: &Attached) -> Result<(kurodo_arn::AccountId, String), Error> {
    let (account, region) = place.home().ok_or_else(|| Error::NoSuchBucket(input.bucket.clone()))?;
    let expected = input.bucket_account_id.as_deref().unwrap_or(&input.account_id);
    if expected != account.to_string() {
        return Err(Error::Denied);
    }
    if region != place.region.as_str() {
        return Err(Error::OtherRegion);
    }
    if place.is_taken() {
        return Err(Error::NameOfBucket(place.label()));
    }
    Ok((*account, region.clone()))
}

fn block(asked: &PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: asked.block_public_acls.unwrap_or_default(),
        ignore_public_acls: asked.ignore_public_acls.unwrap_or_default(),
        block_public_policy: asked.block_public_policy.unwrap_or_default(),
        restrict_public_buckets: asked.restrict_public_buckets.unwrap_or_default(),
    }
}
