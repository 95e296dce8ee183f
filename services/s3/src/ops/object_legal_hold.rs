use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, S3,
    model::{
        GetObjectLegalHoldOutput, ObjectLockLegalHold, ObjectLockLegalHoldStatus, PutObjectLegalHoldOutput,
        op,
    },
    object_lock::check_bucket,
    records::{Change, Lock},
    resources::Object,
};

impl Handler<op::GetObjectLegalHold> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetObjectLegalHold>,
    ) -> Answer<op::GetObjectLegalHold> {
        let (permit, _missing) = call.permits;
        let head = Object::granted(&permit)?;
        check_bucket(permit.resource().facts())?;
        let on = head.lock.hold.ok_or(Error::NoSuchObjectLock)?;
        let status = if on { ObjectLockLegalHoldStatus::On } else { ObjectLockLegalHoldStatus::Off };
        Ok(GetObjectLegalHoldOutput { legal_hold: Some(ObjectLockLegalHold { status: Some(status) }) }.into())
    }
}

impl Handler<op::PutObjectLegalHold> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutObjectLegalHold>,
    ) -> Answer<op::PutObjectLegalHold> {
        let Authorized { input, permits: (permit, _missing), .. } = call;
        let lock = Object::granted(&permit)?.lock;
        check_bucket(permit.resource().facts())?;
        let asked = input.legal_hold.as_ref().and_then(|hold| hold.status).ok_or(Error::MalformedXml)?;
        let hold = Some(asked == ObjectLockLegalHoldStatus::On);
        self.amend(&permit, Change::Lock(Lock { hold, ..lock })).await?;
        Ok(PutObjectLegalHoldOutput { request_charged: permit.resource().charged() }.into())
    }
}
