use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    S3,
    model::{HeadBucketOutput, op},
};

impl Handler<op::HeadBucket> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::HeadBucket>) -> Answer<op::HeadBucket> {
        let facts = call.permits.resource().facts()?;
        Ok(HeadBucketOutput {
            bucket_arn: Some(facts.arn()),
            bucket_location_type: None,
            bucket_location_name: None,
            bucket_region: Some(facts.region.clone()),
            access_point_alias: Some(facts.gate.is_some()),
        }
        .into())
    }
}
