use kurodo_gateway::Handler;

use super::{Answer, Asked, continuous::describe};
use crate::{
    DynamoDb, Error,
    history::Noting,
    model::{DescribeContinuousBackupsOutput, op},
};

impl Handler<op::DescribeContinuousBackups> for DynamoDb {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeContinuousBackups>,
    ) -> Answer<op::DescribeContinuousBackups> {
        let resource = asked.permits.resource();
        resource.facts().ok_or_else(|| Error::TableNotFound(resource.name.clone()))?;
        let continuous = Noting::read(&self.store.read(&asked.permits))?.history.continuous;
        let description = Some(describe(continuous, asked.call.now_ms));
        Ok(DescribeContinuousBackupsOutput { continuous_backups_description: description }.into())
    }
}
