use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    S3,
    model::{GetBucketRequestPaymentOutput, Payer, op},
};

impl Handler<op::GetBucketRequestPayment> for S3 {
    /// Nobody pays here; so the owner does.
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::GetBucketRequestPayment>,
    ) -> Answer<op::GetBucketRequestPayment> {
        Ok(GetBucketRequestPaymentOutput { payer: Some(Payer::BucketOwner) }.into())
    }
}
