use kurodo_gateway::{Authorized, Handler, Reply};

use super::Answer;
use crate::{
    Error, PublicAccessBlock, S3Control,
    model::{PutPublicAccessBlockOutput, op},
};

impl Handler<op::PutPublicAccessBlock> for S3Control {
    /// What the request leaves out is not blocked.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutPublicAccessBlock>,
    ) -> Answer<op::PutPublicAccessBlock> {
        let asked = &call.input.public_access_block_configuration;
        let block = PublicAccessBlock {
            block_public_acls: asked.block_public_acls.unwrap_or_default(),
            ignore_public_acls: asked.ignore_public_acls.unwrap_or_default(),
            block_public_policy: asked.block_public_policy.unwrap_or_default(),
            restrict_public_buckets: asked.restrict_public_buckets.unwrap_or_default(),
        };
        let record = serde_json::to_vec(&block).map_err(|_| Error::Damaged)?;
        let writer = self.store.write(&call.permits);
        let mut transaction = writer.transaction();
        transaction.put("", record);
        transaction.commit().await?;
        Ok(Reply::from(PutPublicAccessBlockOutput {}).with_status(201))
    }
}
