use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kms,
    model::{DescribeKeyOutput, op},
    view,
};

impl Handler<op::DescribeKey> for Kms {
    async fn handle(&self, asked: Asked<'_, op::DescribeKey>) -> Answer<op::DescribeKey> {
        let (permit, managed) = &asked.permits;
        let key = permit.resource();
        let stored = self.made(key, &key.existing()?.key, managed, asked.call.now_ms).await?;
        let metadata = view::metadata(&stored, key.account, &key.region)?;
        Ok(DescribeKeyOutput { key_metadata: Some(metadata) }.into())
    }
}
