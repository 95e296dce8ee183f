use kurodo_authz::{Annexed, Grant, Resource, Write};
use kurodo_gateway::Handler;

use super::{ATTEMPTS, Answer, Asked, written};
use crate::{
    CloudWatch, Error,
    alarm::{Stored, configuration},
    layout,
    model::{DisableAlarmActionsOutput, EnableAlarmActionsOutput, op},
};

impl Handler<op::EnableAlarmActions> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::EnableAlarmActions>) -> Answer<op::EnableAlarmActions> {
        for permit in &asked.permits {
            self.switch(permit, &permit.resource().arn(), true, asked.call.now_ms).await?;
        }
        Ok(EnableAlarmActionsOutput {}.into())
    }
}

impl Handler<op::DisableAlarmActions> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::DisableAlarmActions>) -> Answer<op::DisableAlarmActions> {
        for permit in &asked.permits {
            self.switch(permit, &permit.resource().arn(), false, asked.call.now_ms).await?;
        }
        Ok(DisableAlarmActionsOutput {}.into())
    }
}

impl CloudWatch {
    /// Switches the actions of an alarm on or off. An alarm that is not there is no error, as in AWS.
    async fn switch<G>(&self, permit: &G, arn: &str, enabled: bool, now_ms: i64) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource: Resource + Annexed>,
    {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let Some(found) = writer.get(layout::ITSELF)? else { return Ok(()) };
            let mut stored = Stored::read(&found.value)?;
            if stored.actions_enabled == enabled {
                return Ok(());
            }
            (stored.actions_enabled, stored.configured) = (enabled, now_ms);
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version);
            transaction.put(layout::ITSELF, stored.to_bytes()?);
            let item = configuration(&stored, "Update", stored.told(arn), now_ms).to_bytes()?;
            transaction.in_annex(permit).append(layout::ITSELF, item);
            if written(transaction.commit().await)? {
                return Ok(());
            }
        }
        Err(Error::Changed)
    }
}
