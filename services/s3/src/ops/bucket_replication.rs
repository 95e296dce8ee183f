use kurodo_gateway::{Authorized, Handler, Reply};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    model::{DeleteBucketReplicationOutput, GetBucketReplicationOutput, PutBucketReplicationOutput, op},
    replication::Replication,
};

impl Handler<op::GetBucketReplication> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketReplication>,
    ) -> Answer<op::GetBucketReplication> {
        let facts = call.permits.resource().facts()?;
        let rules = facts.replication.as_ref().map(Replication::shown);
        let rules = rules.ok_or_else(|| Error::NoReplicationConfiguration(facts.name.clone()))?;
        Ok(GetBucketReplicationOutput { replication_configuration: Some(rules) }.into())
    }
}

impl Handler<op::PutBucketReplication> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketReplication>,
    ) -> Answer<op::PutBucketReplication> {
        let Authorized { input, permits: (permit, _passed), .. } = call;
        let (bucket, facts) = (permit.resource(), permit.resource().facts()?);
        let replication = Replication::read(&input.replication_configuration)?;
        replication.check(facts, |name| bucket.other(name))?;
        let relied = [&facts.versioned];
        self.settle(&permit, Setting::Replication, Some(record(&replication)?), &relied).await?;
        Ok(PutBucketReplicationOutput {}.into())
    }
}

impl Handler<op::DeleteBucketReplication> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketReplication>,
    ) -> Answer<op::DeleteBucketReplication> {
        self.settle(&call.permits, Setting::Replication, None, &[]).await?;
        Ok(Reply::from(DeleteBucketReplicationOutput {}).with_status(204))
    }
}
