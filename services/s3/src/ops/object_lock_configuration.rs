use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    model::{
        DefaultRetention, GetObjectLockConfigurationOutput, ObjectLockConfiguration, ObjectLockEnabled,
        ObjectLockRule, PutObjectLockConfigurationOutput, op,
    },
    records::{Mode, ObjectLock, Period, Versioning},
};

impl Handler<op::GetObjectLockConfiguration> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetObjectLockConfiguration>,
    ) -> Answer<op::GetObjectLockConfiguration> {
        let facts = call.permits.resource().facts()?;
        let lock = facts.object_lock.ok_or_else(|| Error::NoObjectLockConfiguration(facts.name.clone()))?;
        let configuration = ObjectLockConfiguration {
            object_lock_enabled: Some(ObjectLockEnabled::Enabled),
            rule: lock.default.map(|default| ObjectLockRule { default_retention: Some(shown(default)) }),
        };
        Ok(GetObjectLockConfigurationOutput { object_lock_configuration: Some(configuration) }.into())
    }
}

impl Handler<op::PutObjectLockConfiguration> for S3 {
    /// Object Lock is never switched off again. It holds versions, so that the bucket must keep them.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutObjectLockConfiguration>,
    ) -> Answer<op::PutObjectLockConfiguration> {
        let Authorized { input, permits: permit, .. } = call;
        let asked = input.object_lock_configuration.as_ref().ok_or(Error::MalformedXml)?;
        let lock = read(asked)?;
        let (versioning, fact) = self.setting::<Versioning>(&permit, Setting::Versioning)?;
        if !versioning.unwrap_or_default().is_on() {
            return Err(Error::InvalidBucketState(UNVERSIONED.into()));
        }
        self.settle(&permit, Setting::ObjectLock, Some(record(&lock)?), &[&fact]).await?;
        Ok(PutObjectLockConfigurationOutput { request_charged: None }.into())
    }
}

/// As S3 says it.
const UNVERSIONED: &str = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";

/// The longest default retention.
///
/// Source: S3 User Guide, "Object Lock considerations".
const MOST: (i32, i32) = (36_500, 100);

fn read(asked: &ObjectLockConfiguration) -> Result<ObjectLock, Error> {
    asked.object_lock_enabled.ok_or(Error::MalformedXml)?;
    let Some(rule) = &asked.rule else { return Ok(ObjectLock::default()) };
    let default = rule.default_retention.as_ref().ok_or(Error::MalformedXml)?;
    let mode = Mode::from(default.mode.ok_or(Error::MalformedXml)?);
    let (period, number, most) = match (default.days, default.years) {
        (Some(days), None) => (Period::Days(days), days, MOST.0),
        (None, Some(years)) => (Period::Years(years), years, MOST.1),
        _ => return Err(Error::MalformedXml),
    };
    if number < 1 {
        let message = "Default retention period must be a positive integer value.";
        return Err(Error::argument("RetentionPeriod", number, message));
    }
    if number > most {
        return Err(Error::argument("RetentionPeriod", number, "Default retention period too large"));
    }
    Ok(ObjectLock { default: Some((mode, period)) })
}

fn shown((mode, period): (Mode, Period)) -> DefaultRetention {
    let (days, years) = match period {
        Period::Days(days) => (Some(days), None),
        Period::Years(years) => (None, Some(years)),
    };
    DefaultRetention { mode: Some(mode.into()), days, years, default_event_hold: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ObjectLockRetentionMode;

    fn configuration(days: Option<i32>, years: Option<i32>) -> ObjectLockConfiguration {
        let mode = Some(ObjectLockRetentionMode::Compliance);
        let retention = DefaultRetention { mode, days, years, default_event_hold: None };
        ObjectLockConfiguration {
            object_lock_enabled: Some(ObjectLockEnabled::Enabled),
            rule: Some(ObjectLockRule { default_retention: Some(retention) }),
        }
    }

    #[test]
    fn a_period_is_in_days_or_in_years() {
        let period = |days, years| read(&configuration(days, years)).ok().and_then(|lock| lock.default);
        assert_eq!(period(Some(3), None), Some((Mode::Compliance, Period::Days(3))));
        assert_eq!(period(None, Some(100)), Some((Mode::Compliance, Period::Years(100))));
        for (days, years) in
            [(None, None), (Some(1), Some(1)), (Some(0), None), (Some(36_501), None), (None, Some(101))]
        {
            assert_eq!(period(days, years), None, "{days:?} {years:?}");
        }
    }
}
