use kurodo_gateway::Handler;

use super::{Answer, Asked, continuous::describe, create_backup::recoverable};
use crate::{
    DynamoDb, Error,
    history::{Continuous, History, Noting},
    items::{ATTEMPTS, changed},
    model::{PointInTimeRecoverySpecification, UpdateContinuousBackupsOutput, op},
};

/// For how many days what items were is kept, where nobody says otherwise.
///
/// Source: DynamoDB API Reference, PointInTimeRecoverySpecification.
const DAYS: i32 = 35;

impl Handler<op::UpdateContinuousBackups> for DynamoDb {
    async fn handle(
        &self,
        asked: Asked<'_, op::UpdateContinuousBackups>,
    ) -> Answer<op::UpdateContinuousBackups> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let given = &asked.input.point_in_time_recovery_specification;
        let name = &permit.resource().name;
        let facts = recoverable(permit.resource().facts(), name).map_err(|error| match error {
            Error::TableInUse(_) => Error::ContinuousBackupsUnavailable(name.clone()),
            other => other,
        })?;
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let noting = Noting::read(&writer)?;
            let continuous = updated(given, noting.history.continuous, now)?;
            let history = History { continuous, ..noting.history.clone() };
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current);
            noting.replace(&mut transaction, &history)?;
            if changed(transaction.commit().await)?.is_some() {
                self.sweep(permit).await?;
                let description = Some(describe(continuous, now));
                return Ok(
                    UpdateContinuousBackupsOutput { continuous_backups_description: description }.into()
                );
            }
        }
        Err(Error::TransactionConflict)
    }
}

/// What is kept then. What was kept already stays, unless the period is shorter now.
fn updated(
    given: &PointInTimeRecoverySpecification,
    known: Option<Continuous>,
    now: i64,
) -> Result<Option<Continuous>, Error> {
    match (given.point_in_time_recovery_enabled, given.recovery_period_in_days) {
        (false, Some(_)) => Err(crate::error::invalid_request(
            "Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
        )),
        (false, None) => Ok(None),
        (true, days) => {
            let new = Continuous::new(now, days.unwrap_or(DAYS));
            let days = days.or(known.map(|known| known.days)).unwrap_or(DAYS);
            Ok(Some(known.map_or(new, |known| Continuous { days, ..known })))
        }
    }
}
