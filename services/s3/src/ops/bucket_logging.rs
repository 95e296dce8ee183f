use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    logs::Logging,
    model::{GetBucketLoggingOutput, PutBucketLoggingOutput, op},
};

impl Handler<op::GetBucketLogging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketLogging>) -> Answer<op::GetBucketLogging> {
        let logging = call.permits.resource().facts()?.logging.as_ref();
        Ok(GetBucketLoggingOutput { logging_enabled: logging.map(Logging::shown) }.into())
    }
}

impl Handler<op::PutBucketLogging> for S3 {
    /// A status that enables nothing ends the logs.
    async fn handle(&self, call: Authorized<'_, Self, op::PutBucketLogging>) -> Answer<op::PutBucketLogging> {
        let Authorized { input, permits: permit, .. } = call;
        let bucket = permit.resource();
        let logging = match &input.bucket_logging_status.logging_enabled {
            Some(enabled) => {
                let logging = Logging::read(enabled)?;
                logging.check(bucket.facts()?, bucket.other(&logging.target))?;
                Some(record(&logging)?)
            }
            None => None,
        };
        self.settle(&permit, Setting::Logging, logging, &[]).await?;
        Ok::<_, Error>(PutBucketLoggingOutput {}.into())
    }
}
