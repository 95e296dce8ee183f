use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    definition::HOURS,
    model::{DecreaseStreamRetentionPeriodOutput, IncreaseStreamRetentionPeriodOutput, op},
    resources::Stream,
};

/// The most hours that records are kept for: a year.
///
/// Source: Kinesis Developer Guide, "Changing the data retention period".
const MOST: i32 = 8760;

impl Handler<op::IncreaseStreamRetentionPeriod> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::IncreaseStreamRetentionPeriod>,
    ) -> Answer<op::IncreaseStreamRetentionPeriod> {
        let hours = asked.input.retention_period_hours;
        self.keep_for(&asked.permits, hours, true, asked.call.now_ms).await?;
        Ok(IncreaseStreamRetentionPeriodOutput {}.into())
    }
}

impl Handler<op::DecreaseStreamRetentionPeriod> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::DecreaseStreamRetentionPeriod>,
    ) -> Answer<op::DecreaseStreamRetentionPeriod> {
        let hours = asked.input.retention_period_hours;
        self.keep_for(&asked.permits, hours, false, asked.call.now_ms).await?;
        Ok(DecreaseStreamRetentionPeriodOutput {}.into())
    }
}

impl Kinesis {
    async fn keep_for<A>(&self, permit: &Permit<'_, A>, hours: i32, more: bool, now: i64) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Stream>,
    {
        let facts = permit.resource().existing()?;
        check(&facts.name.name, facts.definition.hours, hours, more)?;
        let mut definition = facts.active(now)?;
        definition.hours = hours;
        self.redefine(permit, &definition).await
    }
}

fn check(stream: &str, present: i32, hours: i32, more: bool) -> Result<(), Error> {
    if hours < HOURS {
        return Err(Error::InvalidArgument(format!(
            "Minimum allowed retention period is {HOURS} hours. Requested retention period ({hours} hours) is too \
             short."
        )));
    }
    if hours > MOST {
        return Err(Error::InvalidArgument(format!(
            "Maximum allowed retention period is {MOST} hours. Requested retention period ({hours} hours) is too \
             long."
        )));
    }
    let (wrong, word, other) = match more {
        true => (hours < present, "shorter", "Decrease"),
        false => (hours > present, "longer", "Increase"),
    };
    match wrong {
        false => Ok(()),
        true => Err(Error::InvalidArgument(format!(
            "Requested retention period ({hours} hours) for stream {stream} can not be {word} than existing retention \
             period ({present} hours). Use {other}RetentionPeriod API."
        ))),
    }
}
