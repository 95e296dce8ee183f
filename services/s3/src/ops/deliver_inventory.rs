use std::sync::Arc;

use bytes::Bytes;
use kurodo_authz::Permit;
use kurodo_gateway::{Call, Errand, Keeper, Progress};

use super::own::Own;
use crate::{
    Error, S3, action,
    inventory::{Inventory, Listing, Packed, Work},
    listing::{Ask, Start, walk_versions},
    needs::inventory_caller,
    table::chore,
};

/// So many versions are looked at before others get their turn.
const PAGE: usize = 1000;

/// The content types of a list's files, in their order.
fn types(inventory: &Inventory) -> [&'static str; 4] {
    let data = if inventory.parquet { "application/octet-stream" } else { "application/x-gzip" };
    [data, "text/plain", "application/json", "text/plain"]
}

impl Keeper<chore::DeliverInventory> for S3 {
    /// A list that may not be delivered is tried again on the next day, or when a bucket's settings change.
    async fn keep(&self, errand: Errand<'_, Self, chore::DeliverInventory>) -> Result<Progress, Error> {
        let Errand { permits: (list, puts), call, .. } = errand;
        let work = call.account().and_then(|account| self.inventories.take(account));
        let (Some(work), Some(list)) = (work, list.iter().flatten().next()) else {
            return Ok(Progress::Done);
        };
        if let Some(denial) = puts.iter().find_map(|put| put.as_ref().err()) {
            let (target, why) = (&work.inventory.target, denial.clause());
            tracing::warn!(target, why, "a list of what is in a bucket may not be delivered");
            return Ok(Progress::More);
        }
        let delivered = self.deliver_list(list, puts.iter().flatten(), &work, call).await;
        if delivered.is_err() {
            self.inventories.forget(list.resource().facts()?.id, &work.inventory.id);
        }
        delivered.map(|()| Progress::More)
    }
}

impl S3 {
    async fn deliver_list<'p>(
        &self,
        list: &Permit<'_, action::ListBucketVersions>,
        puts: impl Iterator<Item = &'p Permit<'p, action::PutObject>>,
        work: &Work,
        call: &Call,
    ) -> Result<(), Error> {
        let contents = self.list(list, work, call.now_ms).await?;
        let caller = Arc::new(inventory_caller(list.resource().facts()?));
        for ((put, content), content_type) in puts.zip(contents).zip(types(&work.inventory)) {
            let own = Own { content, content_type, encryption: work.inventory.encryption(), grants: &[] };
            self.put_own(put, own, &caller, call).await?;
        }
        Ok(())
    }

    /// Looks through the bucket, and gives the contents of the list's files.
    async fn list(
        &self,
        permit: &Permit<'_, action::ListBucketVersions>,
        work: &Work,
        now_ms: i64,
    ) -> Result<[Bytes; 4], Error> {
        let facts = permit.resource().facts()?;
        let listing = Listing { facts, inventory: &work.inventory };
        let columns = listing.columns();
        let (mut packed, mut from) = (Packed::new(&work.inventory, &columns), (Start::Beginning, None));
        loop {
            let (start, behind) = from;
            let ask = Ask { start, most: PAGE, ..Ask::default() };
            let page = walk_versions(&self.store.read(permit), &[], &ask, behind.as_ref())?;
            for version in &page.versions {
                if let Some(row) = listing.row(version)? {
                    packed.add(row)?;
                }
            }
            match page.next {
                Some(next) => from = next,
                None => break,
            }
            tokio::task::yield_now().await;
        }
        let (about, schema) = ((facts.name.as_str(), &work.inventory), packed.schema(&columns));
        Ok(work.files.contents(about, &schema, now_ms, packed.finish()?))
    }
}
