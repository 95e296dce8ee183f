use jiff::Timestamp;

use crate::{
    history::Continuous,
    model::{
        ContinuousBackupsDescription, ContinuousBackupsStatus, PointInTimeRecoveryDescription,
        PointInTimeRecoveryStatus,
    },
};

/// The description of recovery to a point in time. Backups of their own are always possible.
pub(super) fn describe(continuous: Option<Continuous>, now: i64) -> ContinuousBackupsDescription {
    let time = |ms| Timestamp::from_millisecond(ms).ok();
    let description = match continuous {
        None => PointInTimeRecoveryDescription {
            point_in_time_recovery_status: Some(PointInTimeRecoveryStatus::Disabled),
            ..PointInTimeRecoveryDescription::default()
        },
        Some(continuous) => PointInTimeRecoveryDescription {
            point_in_time_recovery_status: Some(PointInTimeRecoveryStatus::Enabled),
            recovery_period_in_days: Some(continuous.days),
            earliest_restorable_date_time: time(continuous.earliest(now)),
            latest_restorable_date_time: time(continuous.latest(now)),
        },
    };
    ContinuousBackupsDescription {
        continuous_backups_status: ContinuousBackupsStatus::Enabled,
        point_in_time_recovery_description: Some(description),
    }
}
