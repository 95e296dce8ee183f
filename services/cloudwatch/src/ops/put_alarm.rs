use kurodo_authz::{Annexed, Grant, Resource, Write};
use kurodo_gateway::Handler;

use super::{ATTEMPTS, Answer, Asked, written};
use crate::{
    CloudWatch, Error,
    alarm::{Stored, composite, configuration, metric},
    layout,
    model::{PutCompositeAlarmOutput, PutMetricAlarmOutput, op},
};

impl Handler<op::PutMetricAlarm> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::PutMetricAlarm>) -> Answer<op::PutMetricAlarm> {
        let (permit, _) = &asked.permits;
        let now_ms = asked.call.now_ms;
        let alarm = metric(&asked.input, &self.webhooks, now_ms)?;
        self.put_alarm(permit, &permit.resource().arn(), alarm, now_ms).await?;
        Ok(PutMetricAlarmOutput {}.into())
    }
}

impl Handler<op::PutCompositeAlarm> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::PutCompositeAlarm>) -> Answer<op::PutCompositeAlarm> {
        let (permit, _, _) = &asked.permits;
        let now_ms = asked.call.now_ms;
        let alarm = composite(&asked.input, &permit.resource().others, &self.webhooks, now_ms)?;
        self.put_alarm(permit, &permit.resource().arn(), alarm, now_ms).await?;
        Ok(PutCompositeAlarmOutput {}.into())
    }
}

impl CloudWatch {
    /// Puts an alarm. One that is there keeps its state and its tags.
    async fn put_alarm<G>(&self, permit: &G, arn: &str, alarm: Stored, now_ms: i64) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource: Resource + Annexed>,
    {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let found = writer.get(layout::ITSELF)?;
            let mut transaction = writer.transaction();
            let mut new = alarm.clone();
            let kind = match &found {
                None => {
                    transaction.expect_absent(layout::ITSELF);
                    "Create"
                }
                Some(found) => {
                    let old = Stored::read(&found.value)?;
                    if old.is_composite() != new.is_composite() {
                        let message = format!("An alarm of another type has the name {}.", new.name);
                        return Err(Error::Validation(message));
                    }
                    (new.state, new.tags, new.notices) = (old.state, old.tags, old.notices);
                    (new.updated, new.transitioned) = (old.updated, old.transitioned);
                    transaction.expect_version(layout::ITSELF, found.version);
                    "Update"
                }
            };
            transaction.put(layout::ITSELF, new.to_bytes()?);
            let item = configuration(&new, kind, new.told(arn), now_ms).to_bytes()?;
            transaction.in_annex(permit).append(layout::ITSELF, item);
            if written(transaction.commit().await)? {
                return Ok(());
            }
        }
        Err(Error::Changed)
    }
}
