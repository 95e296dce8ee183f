use kurodo_gateway::{Authorized, Handler, Reply};

use super::Answer;
use crate::{
    S3Control,
    model::{DeletePublicAccessBlockOutput, op},
};

impl Handler<op::DeletePublicAccessBlock> for S3Control {
    /// Deleting a block that is not there succeeds.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeletePublicAccessBlock>,
    ) -> Answer<op::DeletePublicAccessBlock> {
        let writer = self.store.write(&call.permits);
        let mut transaction = writer.transaction();
        transaction.delete("");
        transaction.commit().await?;
        Ok(Reply::from(DeletePublicAccessBlockOutput {}).with_status(204))
    }
}
