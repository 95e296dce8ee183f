use super::{Finding, Missing, Need, asks::with_lock, read::named};
use crate::{
    Error,
    model::{
        GetObjectLegalHoldInput, GetObjectRetentionInput, ObjectLockLegalHoldStatus, PutObjectLegalHoldInput,
        PutObjectRetentionInput,
    },
    records::{Lock, Retention},
    table::action,
};

pub(crate) async fn get_object_retention(
    find: &Finding<'_>,
    input: &GetObjectRetentionInput,
) -> Result<(Need<action::GetObjectRetention>, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    Ok((Need::new(object), missing))
}

pub(crate) async fn get_object_legal_hold(
    find: &Finding<'_>,
    input: &GetObjectLegalHoldInput,
) -> Result<(Need<action::GetObjectLegalHold>, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    Ok((Need::new(object), missing))
}

type PutRetention =
    (Need<action::PutObjectRetention>, Missing, Option<Need<action::BypassGovernanceRetention>>);

/// Bypassing governance has to be asked for, and to be allowed.
pub(crate) async fn put_object_retention(
    find: &Finding<'_>,
    input: &PutObjectRetentionInput,
) -> Result<PutRetention, Error> {
    let (object, missing) = named!(find, input)?;
    let asked = input.retention.as_ref().and_then(|retention| {
        let (mode, until) = retention.mode.zip(retention.retain_until_date)?;
        Some(Retention { mode: mode.into(), until_ms: until.as_millisecond() })
    });
    let lock = Lock { retention: asked, hold: None };
    let bypass = input.bypass_governance_retention.unwrap_or_default();
    let bypass = bypass.then(|| with_lock(Need::new(object.clone()), &lock, find.call.now_ms));
    Ok((with_lock(Need::new(object), &lock, find.call.now_ms), missing, bypass))
}

pub(crate) async fn put_object_legal_hold(
    find: &Finding<'_>,
    input: &PutObjectLegalHoldInput,
) -> Result<(Need<action::PutObjectLegalHold>, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    let asked = input.legal_hold.as_ref().and_then(|hold| hold.status);
    let hold = asked.map(|word| word == ObjectLockLegalHoldStatus::On);
    Ok((with_lock(Need::new(object), &Lock { retention: None, hold }, find.call.now_ms), missing))
}
