//! What a request says of keeping a version from being deleted.
//!
//! Source: S3 User Guide, "Locking objects with Object Lock"; S3 API Reference, `PutObject`.

use jiff::Timestamp;

use crate::{
    Error,
    facts::BucketFacts,
    model::{ObjectLockLegalHoldStatus, ObjectLockMode},
    records::{Lock, Retention},
};

/// The object lock members of an input that has them all.
macro_rules! locking {
    ($input:expr, $now_ms:expr) => {
        $crate::object_lock::asked(
            $input.object_lock_mode,
            $input.object_lock_retain_until_date,
            $input.object_lock_legal_hold_status,
            $now_ms,
        )
    };
}
pub(crate) use locking;

const UNTIL: &str = "x-amz-object-lock-retain-until-date";
const MODE: &str = "x-amz-object-lock-mode";

/// Reads how a new version is to be locked.
pub(crate) fn asked(
    mode: Option<ObjectLockMode>,
    until: Option<Timestamp>,
    hold: Option<ObjectLockLegalHoldStatus>,
    now_ms: i64,
) -> Result<Lock, Error> {
    let both = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
    let retention = match (mode, until) {
        (Some(mode), Some(until)) => {
            Some(Retention { mode: mode.into(), until_ms: until_ms(UNTIL, until, now_ms)? })
        }
        (Some(mode), None) => return Err(Error::argument(MODE, mode, both)),
        (None, Some(until)) => return Err(Error::argument(UNTIL, until, both)),
        (None, None) => None,
    };
    Ok(Lock { retention, hold: hold.map(|word| word == ObjectLockLegalHoldStatus::On) })
}

/// A time until which something is to be retained, which is yet to come.
pub(crate) fn until_ms(name: &'static str, until: Timestamp, now_ms: i64) -> Result<i64, Error> {
    let ms = until.as_millisecond();
    if ms > now_ms {
        return Ok(ms);
    }
    Err(Error::argument(name, until, "The retain until date must be in the future!"))
}

/// How a new version is locked: as the request asks, or as the bucket does without being asked.
pub(crate) fn of_new(asked: Lock, facts: &BucketFacts, now_ms: i64) -> Result<Lock, Error> {
    let Some(lock) = &facts.object_lock else {
        return match asked == Lock::default() {
            true => Ok(asked),
            false => Err(Error::InvalidRequest("Bucket is missing ObjectLockConfiguration".into())),
        };
    };
    Ok(Lock { retention: asked.retention.or_else(|| lock.retention(now_ms)), ..asked })
}

/// That versions in the bucket can be locked.
pub(crate) fn check_bucket(facts: &BucketFacts) -> Result<(), Error> {
    match facts.object_lock {
        Some(_) => Ok(()),
        None => Err(Error::InvalidRequest("Bucket is missing Object Lock Configuration".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Mode;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn mode_and_date_come_together_and_the_date_is_yet_to_come() {
        let governance = Some(ObjectLockMode::Governance);
        let lock = asked(governance, at(2), None, 1999).unwrap();
        assert_eq!(lock.retention, Some(Retention { mode: Mode::Governance, until_ms: 2000 }));
        assert!(asked(governance, at(2), None, 2000).is_err());
        assert!(asked(governance, None, None, 0).is_err());
        assert!(asked(None, at(2), None, 0).is_err());
        assert_eq!(asked(None, None, None, 0).unwrap(), Lock::default());
    }
}
