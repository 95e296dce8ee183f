use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    create_backup::recoverable,
    restoring::{check_target, shown},
    settings::{AT_ONCE, begun, uuid},
};
use crate::{
    DynamoDb, Error,
    definition::{Filling, Fresh, Overrides, Restored, restore},
    error::invalid_request,
    facts::TableFacts,
    history::{Continuous, Cut, Noting},
    model::{RestoreTableToPointInTimeInput, RestoreTableToPointInTimeOutput, op},
};

impl Handler<op::RestoreTableToPointInTime> for DynamoDb {
    /// The new table has the settings that the old one has now.
    async fn handle(
        &self,
        asked: Asked<'_, op::RestoreTableToPointInTime>,
    ) -> Answer<op::RestoreTableToPointInTime> {
        let (origin, put, batch, ..) = &asked.permits;
        let (input, now) = (&asked.input, asked.call.now_ms);
        let (before, target) = (origin.resource().existing()?, put.resource());
        let before = recoverable(Some(before), &before.name)?;
        let continuous = Noting::read(&self.store.read(origin))?.history.continuous;
        let continuous =
            continuous.ok_or_else(|| Error::PointInTimeRecoveryUnavailable(before.name.clone()))?;
        let at = time(input, continuous, now)?;
        check_target(target)?;
        let fresh = Fresh { id: uuid()?, contents: target.contents, policy: None, tags: Vec::new(), now };
        let definition = restore(&before.definition, &Overrides::from(input), fresh, restored(before, at))?;
        let source = (&before.definition, before.place());
        let wish = input.sse_specification_override.as_ref();
        let definition = self.protect_restored(wish, source, target, definition, asked.call).await?;
        let facts = self.begin_restore(origin, put, definition, &before.current).await?;
        begun(self.fill_on(origin, put, batch, &facts, (AT_ONCE, now)).await)?;
        Ok(RestoreTableToPointInTimeOutput { table_description: Some(shown(&facts)) }.into())
    }
}

fn restored(before: &TableFacts, at: i64) -> Restored {
    let contents = before.definition.contents;
    let filling = Filling::new(contents, Cut::Time(at), before.name.clone(), None);
    Restored { backup: None, table: before.arn(), at, filling: Some(filling) }
}

/// The point in time that is asked for, to the second, in milliseconds since 1970.
fn time(input: &RestoreTableToPointInTimeInput, continuous: Continuous, now: i64) -> Result<i64, Error> {
    let latest = continuous.latest(now);
    let at = match (input.use_latest_restorable_time.unwrap_or(false), input.restore_date_time) {
        (true, None) => return Ok(latest),
        (false, Some(at)) => at.as_second().saturating_mul(1000),
        (true, Some(_)) | (false, None) => {
            return Err(invalid_request(
                "Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both",
            ));
        }
    };
    if at < continuous.earliest(now) || at > latest {
        return Err(Error::InvalidRestoreTime(
            "An invalid restore time was specified. RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime."
                .to_owned(),
        ));
    }
    Ok(at)
}
