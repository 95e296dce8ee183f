use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, PublicAccessBlock, S3Control,
    model::{GetPublicAccessBlockOutput, PublicAccessBlockConfiguration, op},
};

impl Handler<op::GetPublicAccessBlock> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetPublicAccessBlock>,
    ) -> Answer<op::GetPublicAccessBlock> {
        let found = self.store.read(&call.permits).get("")?;
        let missing = || Error::NoSuchPublicAccessBlock(call.input.account_id.clone());
        let record = found.ok_or_else(missing)?.value;
        let block: PublicAccessBlock = serde_json::from_slice(&record).map_err(|_| Error::Damaged)?;
        Ok(GetPublicAccessBlockOutput { public_access_block_configuration: Some(view(&block)) }.into())
    }
}

/// A block, as answers carry it.
pub(super) fn view(block: &PublicAccessBlock) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration {
        block_public_acls: Some(block.block_public_acls),
        ignore_public_acls: Some(block.ignore_public_acls),
        block_public_policy: Some(block.block_public_policy),
        restrict_public_buckets: Some(block.restrict_public_buckets),
    }
}
