use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    model::{
        DeletePublicAccessBlockOutput, GetPublicAccessBlockOutput, PublicAccessBlockConfiguration,
        PutPublicAccessBlockOutput, op,
    },
    records::BlockPublic,
};

impl Handler<op::GetPublicAccessBlock> for S3 {
    /// What the account blocks beside is not shown.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetPublicAccessBlock>,
    ) -> Answer<op::GetPublicAccessBlock> {
        let facts = call.permits.resource().facts()?;
        let block = facts.block_public.ok_or_else(|| Error::NoSuchPublicAccessBlock(facts.name.clone()))?;
        let configuration = PublicAccessBlockConfiguration {
            block_public_acls: Some(block.acls),
            ignore_public_acls: Some(block.ignore_acls),
            block_public_policy: Some(block.policy),
            restrict_public_buckets: Some(block.restrict),
        };
        Ok(GetPublicAccessBlockOutput { public_access_block_configuration: Some(configuration) }.into())
    }
}

impl Handler<op::PutPublicAccessBlock> for S3 {
    /// What the request leaves out is not blocked. What is public already stays, and counts as the setting says.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutPublicAccessBlock>,
    ) -> Answer<op::PutPublicAccessBlock> {
        let asked = &call.input.public_access_block_configuration;
        let block = BlockPublic {
            acls: asked.block_public_acls.unwrap_or_default(),
            ignore_acls: asked.ignore_public_acls.unwrap_or_default(),
            policy: asked.block_public_policy.unwrap_or_default(),
            restrict: asked.restrict_public_buckets.unwrap_or_default(),
        };
        self.settle(&call.permits, Setting::PublicAccessBlock, Some(record(&block)?), &[]).await?;
        Ok(PutPublicAccessBlockOutput {}.into())
    }
}

impl Handler<op::DeletePublicAccessBlock> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeletePublicAccessBlock>,
    ) -> Answer<op::DeletePublicAccessBlock> {
        self.settle(&call.permits, Setting::PublicAccessBlock, None, &[]).await?;
        Ok(DeletePublicAccessBlockOutput {}.into())
    }
}
