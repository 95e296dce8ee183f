use kurodo_gateway::Handler;

use super::{ATTEMPTS, Answer, Asked, written};
use crate::{
    CloudWatch, Error,
    alarm::{Stored, configuration},
    layout,
    model::{DeleteAlarmsOutput, op},
};

/// The most alarms that are deleted together.
const MOST: usize = 100;

impl Handler<op::DeleteAlarms> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::DeleteAlarms>) -> Answer<op::DeleteAlarms> {
        if asked.permits.len() > MOST {
            return Err(Error::Validation(format!("At most {MOST} alarms can be deleted at once.")));
        }
        for permit in &asked.permits {
            let alarm = permit.resource();
            if let Some(parent) = alarm.others.parents.first() {
                return Err(Error::Validation(format!(
                    "Cannot delete {} as there are composite alarm(s) depending on it: {parent}",
                    alarm.name
                )));
            }
        }
        for _ in 0..ATTEMPTS {
            if self.delete_all(&asked).await? {
                return Ok(DeleteAlarmsOutput {}.into());
            }
        }
        Err(Error::Changed)
    }
}

impl CloudWatch {
    /// Deletes all of the alarms, or none; not, where somebody else changed one meanwhile. Their histories stay.
    async fn delete_all(&self, asked: &Asked<'_, op::DeleteAlarms>) -> Result<bool, Error> {
        let mut whole: Option<kurodo_store::Transaction<'_>> = None;
        for permit in &asked.permits {
            let writer = self.store.write(permit);
            // One that is not there is no error, as in AWS.
            let Some(found) = writer.get(layout::ITSELF)? else { continue };
            let stored = Stored::read(&found.value)?;
            let now_ms = asked.call.now_ms;
            let item = configuration(&stored, "Delete", stored.told(&permit.resource().arn()), now_ms);
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version);
            transaction.delete(layout::ITSELF);
            transaction.in_annex(permit).append(layout::ITSELF, item.to_bytes()?);
            match &mut whole {
                Some(whole) => {
                    whole.join(transaction);
                }
                none => *none = Some(transaction),
            }
        }
        match whole {
            Some(transaction) => written(transaction.commit().await),
            None => Ok(true),
        }
    }
}
