use std::sync::Arc;

use kurodo_authz::{Another, Caller, Named as _};

use super::{Finding, Need};
use crate::{
    Error, S3,
    acl::LOG_DELIVERY,
    layout::{self, Setting},
    logs::Batch,
    model::PutBucketLoggingInput,
    resources::{Bucket, Door, Object, Reach, located},
    table::action,
};

/// What is to be known of the bucket that the logs go to, goes along.
pub(crate) async fn put_bucket_logging(
    find: &Finding<'_>,
    input: &PutBucketLoggingInput,
) -> Result<Need<action::PutBucketLogging>, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let enabled = input.bucket_logging_status.logging_enabled.as_ref();
    let target = enabled.map(|enabled| S3::bucket_facts(find, &enabled.target_bucket)).transpose()?;
    Ok(Need::new(Bucket::existing(find, &facts, Reach::Settings).with_others(target.flatten())))
}

type Deliveries = Vec<Another<Need<action::PutObject>>>;

/// The lines that wait to be delivered from the account's buckets. Log delivery puts each batch in its own name, for
/// the bucket that the lines are of.
pub(crate) async fn logs(find: &Finding<'_>) -> Result<Option<Deliveries>, Error> {
    quieten(find)?;
    let Some(account) = find.account() else { return Ok(None) };
    let (mut deliveries, mut broken) = (Vec::new(), None);
    for batch in find.service.logs.take(account) {
        match delivery(find, &batch) {
            Ok(Some(delivery)) => {
                find.service.logs.send(delivery.needs.resource().arn(), batch);
                deliveries.push(delivery);
            }
            Ok(None) => {}
            Err(error) => {
                find.service.logs.put_back(batch);
                broken = Some(error);
            }
        }
    }
    match broken {
        Some(error) if deliveries.is_empty() => Err(error),
        _ => Ok((!deliveries.is_empty()).then_some(deliveries)),
    }
}

fn delivery(find: &Finding<'_>, batch: &Batch) -> Result<Option<Another<Need<action::PutObject>>>, Error> {
    let source = &batch.source;
    let target = S3::bucket_facts(find, &source.logging.target)?;
    let Some(target) = target.filter(|target| target.account == source.account) else {
        let (bucket, target) = (&source.bucket, &source.logging.target);
        tracing::warn!(bucket, target, "access logs are lost: the bucket that they go to is gone");
        return Ok(None);
    };
    let object = Object::at(find, &target, &batch.key(find.call.now_ms)?, Door::Content)?;
    let caller = Caller::service(LOG_DELIVERY, &format!("arn:aws:s3:::{}", source.bucket), source.account);
    Ok(Some(find.call.another(Arc::new(caller), Need::new(object))))
}

/// Finds out whether any bucket has logs, where that is not known.
fn quieten(find: &Finding<'_>) -> Result<(), Error> {
    let service = find.service;
    let generation = service.store.generation(layout::BUCKETS);
    if service.logs.is_quiet(generation) || !super::having(find, Setting::Logging)?.is_empty() {
        return Ok(());
    }
    service.logs.quieten(generation);
    Ok(())
}
