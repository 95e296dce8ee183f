use kurodo_gateway::{Authorized, Handler};

use super::{Answer, encode};
use crate::{
    S3Control,
    model::{DeleteAccessPointOutput, op},
};

impl Handler<op::DeleteAccessPoint> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteAccessPoint>,
    ) -> Answer<op::DeleteAccessPoint> {
        let (permit, attached) = &call.permits;
        let (_, current) = permit.resource().existing()?;
        let (labels, fact) = attached.resource().others();
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(current).expect_fact(fact).delete([]);
        transaction.in_annex(permit).delete([]);
        match labels.is_empty() {
            true => transaction.under(attached).delete([]),
            false => transaction.under(attached).put([], encode(&labels)?),
        };
        transaction.commit().await?;
        Ok(DeleteAccessPointOutput {}.into())
    }
}
