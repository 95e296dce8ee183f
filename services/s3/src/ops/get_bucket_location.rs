use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    S3,
    model::{BucketLocationConstraint, GetBucketLocationOutput, op},
};

impl Handler<op::GetBucketLocation> for S3 {
    /// Buckets of `us-east-1` have no location constraint.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketLocation>,
    ) -> Answer<op::GetBucketLocation> {
        let region = &call.permits.resource().facts()?.region;
        let location_constraint = BucketLocationConstraint::parse(region);
        Ok(GetBucketLocationOutput { location_constraint }.into())
    }
}
