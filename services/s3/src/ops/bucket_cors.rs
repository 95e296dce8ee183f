use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3, cors,
    layout::Setting,
    model::{DeleteBucketCorsOutput, GetBucketCorsOutput, PutBucketCorsOutput, op},
};

impl Handler<op::GetBucketCors> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketCors>) -> Answer<op::GetBucketCors> {
        let facts = call.permits.resource().facts()?;
        let rules = facts.cors.as_ref().ok_or_else(|| Error::NoSuchCors(facts.name.clone()))?;
        Ok(GetBucketCorsOutput { cors_rules: Some(cors::shown(rules)) }.into())
    }
}

impl Handler<op::PutBucketCors> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutBucketCors>) -> Answer<op::PutBucketCors> {
        let Authorized { input, permits: permit, .. } = call;
        let rules = cors::read(input.cors_configuration.cors_rules)?;
        self.settle(&permit, Setting::Cors, Some(record(&rules)?), None).await?;
        Ok(PutBucketCorsOutput {}.into())
    }
}

impl Handler<op::DeleteBucketCors> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteBucketCors>) -> Answer<op::DeleteBucketCors> {
        self.settle(&call.permits, Setting::Cors, None, None).await?;
        Ok(DeleteBucketCorsOutput {}.into())
    }
}
