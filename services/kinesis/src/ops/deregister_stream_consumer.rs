use kurodo_gateway::Handler;

use super::{Answer, Asked, settings::changed};
use crate::{
    Kinesis,
    model::{DeregisterStreamConsumerOutput, op},
};

impl Handler<op::DeregisterStreamConsumer> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeregisterStreamConsumer>,
    ) -> Answer<op::DeregisterStreamConsumer> {
        let permit = &asked.permits;
        let facts = permit.resource().existing()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current).delete([]);
        changed(transaction.commit().await)?;
        self.subscriptions.end(&kurodo_authz::Named::arn(permit.resource()));
        Ok(DeregisterStreamConsumerOutput {}.into())
    }
}
