use kurodo_authz::{Denial, Grant, Named as _, Write};
use kurodo_gateway::{Call, Errand, Keeper, Progress};

use super::own::Own;
use crate::{Error, S3, kms::Asked, resources::Object, table::chore};

impl Keeper<chore::DeliverLogs> for S3 {
    /// What may not be delivered is lost, as in AWS; what cannot be stored is tried again.
    async fn keep(&self, errand: Errand<'_, Self, chore::DeliverLogs>) -> Result<Progress, Error> {
        let mut outcome = Ok(Progress::Done);
        for decided in &errand.permits {
            match decided {
                Ok(permit) => outcome = self.deliver(permit, errand.call).await.and(outcome),
                Err(denial) => self.lose(denial),
            }
        }
        outcome
    }
}

impl S3 {
    async fn deliver<G>(&self, permit: &G, call: &Call) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let Some(batch) = self.logs.sent(&permit.resource().arn()) else { return Ok(()) };
        if permit.resource().facts().encryption.kms.is_some() {
            let target = &batch.source.logging.target;
            tracing::warn!(
                target,
                "access logs are lost: no key of KMS may be the default of a bucket that takes them"
            );
            return Ok(());
        }
        let content = batch.lines.clone();
        let grants = &batch.source.logging.grants;
        let own = Own { content, content_type: "text/plain", encryption: Asked::default(), grants };
        let outcome = self.put_own(permit, own, &call.caller, call).await;
        outcome.inspect_err(|_| self.logs.put_back(batch))
    }

    fn lose(&self, denial: &Denial) {
        let Some(batch) = self.logs.sent(&denial.resource) else { return };
        let (bucket, target) = (&batch.source.bucket, &batch.source.logging.target);
        tracing::warn!(
            bucket,
            target,
            why = denial.clause(),
            "access logs are lost: they may not be delivered"
        );
    }
}
