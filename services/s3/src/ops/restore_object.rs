use kurodo_gateway::{Authorized, Handler, Reply};

use super::Answer;
use crate::{
    Error, S3,
    model::{RestoreObjectOutput, RestoreRequest, op},
    records::{Change, Class, Head, Progress, Restored, Speed},
    resources::Object,
    restore::Restorations,
};

impl Handler<op::RestoreObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::RestoreObject>) -> Answer<op::RestoreObject> {
        let Authorized { input, permits: (permit, _missing), call, .. } = call;
        let head = Object::granted(&permit)?;
        let asked = Asked::read(input.restore_request.as_ref())?;
        let restored = asked.copy(head, self.restorations, call.now_ms)?;
        self.amend(&permit, Change::Restored(restored)).await?;
        let request_charged = permit.resource().charged();
        let reply = Reply::from(RestoreObjectOutput { request_charged, restore_output_path: None });
        let is_there = restored.progress(call.now_ms) != Some(Progress::Ongoing);
        Ok(if is_there { reply } else { reply.with_status(202) })
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    days: Option<i32>,
    speed: Speed,
}

impl Asked {
    fn read(request: Option<&RestoreRequest>) -> Result<Self, Error> {
        let request = request.ok_or(Error::MalformedXml)?;
        if let Some(days) = request.days.filter(|days| *days < 1) {
            return Err(Error::argument("Days", days, "restoration days should be at least 1"));
        }
        let tier = request.glacier_job_parameters.as_ref().map(|job| job.tier).or(request.tier);
        let speed = tier.map_or(Speed::Standard, Speed::from);
        Ok(Self { days: request.days, speed })
    }

    /// For how many days an object of this class is to be restored. Nothing moves objects of INTELLIGENT_TIERING into its
    /// archives, for that is a setting which buckets do not have here.
    fn check(self, class: Class) -> Result<i32, Error> {
        match (class, self.days) {
            (Class::IntelligentTiering, None) => Err(Error::ObjectAlreadyInActiveTier),
            (Class::IntelligentTiering, Some(days)) => {
                let message = "INTELLIGENT_TIERING objects are not subject to restore expiry. Do not specify Days when \
                     restoring this object";
                Err(Error::argument("Days", days, message))
            }
            (class, _) if !class.is_archived() => Err(Error::NotArchived(class.word().to_string())),
            (_, days) => days.ok_or(Error::MalformedXml),
        }
    }

    /// The copy that there is to be: a new one; the one that there is, for so many days from now on; or the one that is
    /// on its way, faster.
    ///
    /// Source: S3 User Guide, "Restoring an archived object", "Upgrading the speed of an in-progress restore".
    fn copy(self, head: &Head, restorations: Restorations, now_ms: i64) -> Result<Restored, Error> {
        let days = self.check(head.class)?;
        let message = "Retrieval option is not supported by this storage class";
        let takes_ms = restorations.ms(head.class, self.speed);
        let takes_ms = takes_ms.ok_or_else(|| Error::argument("Tier", self.speed.word(), message))?;
        let known = head.restored.and_then(|known| Some((known, known.progress(now_ms)?)));
        match known {
            Some((known, Progress::Until(_))) => {
                let Restored { ends_ms, .. } = Restored::new(known.speed, now_ms, days);
                Ok(Restored { ends_ms, ..known })
            }
            Some((known, Progress::Ongoing)) if self.speed <= known.speed => {
                Err(Error::RestoreAlreadyInProgress)
            }
            Some((known, Progress::Ongoing)) => {
                Ok(Restored::new(self.speed, known.ready_ms.min(now_ms + takes_ms), days))
            }
            None => Ok(Restored::new(self.speed, now_ms + takes_ms, days)),
        }
    }
}
