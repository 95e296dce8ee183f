//! What no bucket has here: it cannot be put, and that it is not there can be asked.

use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, S3,
    model::{
        DeleteBucketWebsiteOutput, GetBucketAccelerateConfigurationOutput,
        GetBucketNotificationConfigurationOutput, PutBucketNotificationConfigurationOutput, op,
    },
};

impl Handler<op::GetBucketWebsite> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketWebsite>) -> Answer<op::GetBucketWebsite> {
        Err(Error::NoSuchWebsite(call.permits.resource().facts()?.name.clone()))
    }
}

impl Handler<op::DeleteBucketWebsite> for S3 {
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::DeleteBucketWebsite>,
    ) -> Answer<op::DeleteBucketWebsite> {
        Ok(DeleteBucketWebsiteOutput {}.into())
    }
}

impl Handler<op::GetBucketNotificationConfiguration> for S3 {
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::GetBucketNotificationConfiguration>,
    ) -> Answer<op::GetBucketNotificationConfiguration> {
        Ok(GetBucketNotificationConfigurationOutput::default().into())
    }
}

/// Only a configuration without any target gets here: it is the one that holds.
impl Handler<op::PutBucketNotificationConfiguration> for S3 {
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::PutBucketNotificationConfiguration>,
    ) -> Answer<op::PutBucketNotificationConfiguration> {
        Ok(PutBucketNotificationConfigurationOutput {}.into())
    }
}

impl Handler<op::GetBucketAccelerateConfiguration> for S3 {
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::GetBucketAccelerateConfiguration>,
    ) -> Answer<op::GetBucketAccelerateConfiguration> {
        Ok(GetBucketAccelerateConfigurationOutput::default().into())
    }
}
