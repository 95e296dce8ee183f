use futures_util::{StreamExt, stream};
use kurodo_authz::{Grant, Write};
use kurodo_gateway::{Errand, Keeper, Progress};

use crate::{
    Error, S3,
    records::Change,
    resources::Object,
    table::chore,
    versions::{If, Removal},
};

/// So many things are done at once; they share the flushes of the disk.
const AT_ONCE: usize = 64;

impl Keeper<chore::Lifecycle> for S3 {
    /// What meanwhile is no longer due stays as it is. What fails is tried again on the next day.
    async fn keep(&self, errand: Errand<'_, Self, chore::Lifecycle>) -> Result<Progress, Error> {
        let Errand { permits: (expired, aged, moved, aborted), call, .. } = errand;
        let now_ms = call.now_ms;
        let (mut expiring, mut aging, mut moving, mut aborting) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for permit in expired.iter().flatten() {
            expiring.push(self.expire(permit, If::Expired, now_ms));
        }
        for permit in aged.iter().flatten() {
            let only = if permit.resource().is_alone() { If::Alone } else { If::Anything };
            aging.push(self.expire(permit, only, now_ms));
        }
        for permit in moved.iter().flatten() {
            moving.push(self.transition(permit));
        }
        for permit in aborted.iter().flatten() {
            aborting.push(self.abort(permit));
        }
        all(expiring).await;
        all(aging).await;
        all(moving).await;
        all(aborting).await;
        Ok(Progress::More)
    }
}

async fn all(work: Vec<impl Future<Output = Result<(), Error>> + Send>) {
    let mut outcomes = stream::iter(work).buffer_unordered(AT_ONCE);
    while let Some(outcome) = outcomes.next().await {
        if let Err(error) = outcome {
            tracing::warn!(%error, "a lifecycle rule could not be followed today");
        }
    }
}

impl S3 {
    async fn expire<G>(&self, permit: &G, only: If<'_>, now_ms: i64) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let version = permit.resource().version().copied();
        let removal = Removal { version, only, bypasses: false, now_ms, by: None };
        self.remove(permit, &removal).await.map(drop)
    }

    async fn transition<G>(&self, permit: &G) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        match permit.resource().class() {
            Some(class) => self.amend(permit, Change::Class(class)).await,
            None => Ok(()),
        }
    }
}
