use std::sync::Arc;

use super::{Finding, Need};
use crate::{
    Error, S3,
    layout::{self, Setting},
    lifecycle::DAY_MS,
    resources::{Bucket, Reach},
    table::action,
};

type Needs = (Need<action::ListBucketVersions>, Need<action::ListBucketMultipartUploads>);

/// The next bucket of the account that was not measured today.
pub(crate) async fn storage(find: &Finding<'_>) -> Result<Option<Needs>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let (rounds, day) = (&find.service.measured, find.call.now_ms.div_euclid(DAY_MS));
    let generation = find.service.store.generation(layout::BUCKETS);
    if rounds.is_done(day, account, generation) {
        return Ok(None);
    }
    for name in names(find, generation)?.iter() {
        let Some(facts) = S3::bucket_facts(find, name)? else { continue };
        if facts.account == account && !rounds.is_measured(day, facts.id) {
            let contents = Bucket::existing(find, &facts, Reach::Contents);
            let uploads = Bucket::existing(find, &facts, Reach::Uploads);
            return Ok(Some((Need::new(contents), Need::new(uploads))));
        }
    }
    rounds.done(day, account, generation);
    Ok(None)
}

/// All buckets, of whichever account.
fn names(find: &Finding<'_>, generation: u64) -> Result<Arc<Vec<String>>, Error> {
    let rounds = &find.service.measured;
    if let Some(names) = rounds.names(generation) {
        return Ok(names);
    }
    let names = Arc::new(super::having(find, Setting::Identity)?);
    rounds.keep_names(generation, &names);
    Ok(names)
}
