use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, S3,
    model::{GetObjectRetentionOutput, ObjectLockRetention, PutObjectRetentionOutput, op},
    object_lock::{check_bucket, until_ms},
    records::{Change, Lock, Mode, Retention},
    resources::Object,
    times,
};

impl Handler<op::GetObjectRetention> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetObjectRetention>,
    ) -> Answer<op::GetObjectRetention> {
        let (permit, _missing) = call.permits;
        let head = Object::granted(&permit)?;
        check_bucket(permit.resource().facts())?;
        let retention = head.lock.retention.ok_or(Error::NoSuchObjectLock)?;
        let shown = ObjectLockRetention {
            mode: Some(retention.mode.into()),
            retain_until_date: Some(times::exact(retention.until_ms)),
            ..ObjectLockRetention::default()
        };
        Ok(GetObjectRetentionOutput { retention: Some(shown) }.into())
    }
}

impl Handler<op::PutObjectRetention> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutObjectRetention>,
    ) -> Answer<op::PutObjectRetention> {
        let Authorized { input, permits: (permit, _missing, bypass), call, .. } = call;
        let lock = Object::granted(&permit)?.lock;
        check_bucket(permit.resource().facts())?;
        let wanted = read(input.retention.as_ref(), call.now_ms)?;
        if !may_change(&lock, wanted, call.now_ms, bypass.is_some()) {
            return Err(Error::AccessDenied("Access Denied because object protected by object lock.".into()));
        }
        self.amend(&permit, Change::Lock(Lock { retention: wanted, ..lock })).await?;
        Ok(PutObjectRetentionOutput { request_charged: permit.resource().charged() }.into())
    }
}

/// An empty retention lifts the one that there is.
fn read(asked: Option<&ObjectLockRetention>, now_ms: i64) -> Result<Option<Retention>, Error> {
    match asked.map(|asked| (asked.mode, asked.retain_until_date)) {
        Some((Some(mode), Some(until))) => {
            let until_ms = until_ms("RetainUntilDate", until, now_ms)?;
            Ok(Some(Retention { mode: mode.into(), until_ms }))
        }
        Some((None, None)) => Ok(None),
        _ => Err(Error::MalformedXml),
    }
}

/// A retention can always be made longer. Only governance can be altered otherwise, by who bypasses it: also to
/// compliance, which nobody could take back.
///
/// Source: S3 User Guide, "Locking objects with Object Lock", "Retention modes".
fn may_change(lock: &Lock, wanted: Option<Retention>, now_ms: i64, bypasses: bool) -> bool {
    let Some(old) = lock.retention.filter(|old| old.is_active(now_ms)) else { return true };
    let stays = wanted.is_some_and(|new| new.mode == old.mode && new.until_ms >= old.until_ms);
    stays || (bypasses && old.mode == Mode::Governance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retention(mode: Mode, until_ms: i64) -> Option<Retention> {
        Some(Retention { mode, until_ms })
    }

    #[test]
    fn what_can_be_changed() {
        use Mode::{Compliance, Governance};
        for (old, new, plainly, bypassing) in [
            (None, None, true, true),
            (retention(Compliance, 50), retention(Governance, 60), true, true), // It is over.
            (retention(Governance, 200), retention(Governance, 300), true, true),
            (retention(Governance, 200), retention(Compliance, 200), false, true),
            (retention(Governance, 200), retention(Governance, 199), false, true),
            (retention(Governance, 200), None, false, true),
            (retention(Governance, 200), retention(Compliance, 150), false, true),
            (retention(Compliance, 200), retention(Compliance, 201), true, true),
            (retention(Compliance, 200), retention(Compliance, 199), false, false),
            (retention(Compliance, 200), retention(Governance, 300), false, false),
            (retention(Compliance, 200), None, false, false),
        ] {
            let lock = Lock { retention: old, hold: None };
            assert_eq!(may_change(&lock, new, 100, false), plainly, "{old:?} to {new:?}");
            assert_eq!(may_change(&lock, new, 100, true), bypassing, "{old:?} to {new:?}, bypassing");
        }
    }
}
