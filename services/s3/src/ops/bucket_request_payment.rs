use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    S3,
    layout::Setting,
    model::{GetBucketRequestPaymentOutput, Payer, PutBucketRequestPaymentOutput, op},
};

impl Handler<op::GetBucketRequestPayment> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketRequestPayment>,
    ) -> Answer<op::GetBucketRequestPayment> {
        let requester = call.permits.resource().facts()?.requester_pays;
        let payer = if requester { Payer::Requester } else { Payer::BucketOwner };
        Ok(GetBucketRequestPaymentOutput { payer: Some(payer) }.into())
    }
}

impl Handler<op::PutBucketRequestPayment> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketRequestPayment>,
    ) -> Answer<op::PutBucketRequestPayment> {
        let requester = call.input.request_payment_configuration.payer == Payer::Requester;
        self.settle(&call.permits, Setting::RequestPayment, Some(record(&requester)?), None).await?;
        Ok(PutBucketRequestPaymentOutput {}.into())
    }
}
