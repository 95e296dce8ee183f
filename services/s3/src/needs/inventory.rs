use std::sync::Arc;

use kurodo_authz::{Another, Caller};
use kurodo_store::{KeyBuilder, Scan};

use super::{Finding, Need, write::KMS_KEY};
use crate::{
    Error, S3,
    facts::BucketFacts,
    inventory::{Files, Inventory, Work, manifests},
    layout::{self, Setting},
    lifecycle::DAY_MS,
    model::PutBucketInventoryConfigurationInput,
    resources::{Bucket, Door, Object, Reach, located},
    table::action,
};

/// The service that delivers lists.
const HOST: &str = "s3.amazonaws.com";

/// What is to be known of the bucket that the lists go to, goes along.
pub(crate) async fn put_bucket_inventory_configuration(
    find: &Finding<'_>,
    input: &PutBucketInventoryConfigurationInput,
) -> Result<Need<action::PutInventoryConfiguration>, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let arn = &input.inventory_configuration.destination.s3_bucket_destination.bucket;
    let target = S3::bucket_facts(find, arn.rsplit(':').next().unwrap_or_default())?;
    Ok(Need::new(Bucket::existing(find, &facts, Reach::Settings).with_others(target)))
}

type Needs = (Vec<Need<action::ListBucketVersions>>, Vec<Another<Need<action::PutObject>>>);

/// The next list that is due in one of the account's buckets: S3 looks through the bucket on its owner's order, and delivers
/// the list in its own name.
pub(crate) async fn inventory(find: &Finding<'_>) -> Result<Option<Needs>, Error> {
    for name in governed(find)?.iter() {
        let Some(facts) = S3::bucket_facts(find, name)? else { continue };
        if Some(facts.account) != find.account() {
            continue;
        }
        for inventory in facts.inventories.iter().filter(|inventory| inventory.enabled) {
            if let Some(target) = target(find, &facts, inventory)?
                && is_due(find, &facts, inventory, &target)?
            {
                return delivery(find, &facts, inventory, &target).map(Some);
            }
        }
    }
    Ok(None)
}

fn target(
    find: &Finding<'_>,
    source: &BucketFacts,
    inventory: &Inventory,
) -> Result<Option<Arc<BucketFacts>>, Error> {
    let found = S3::bucket_facts(find, &inventory.target)?;
    let own = |facts: &Arc<BucketFacts>| {
        let account = inventory.account.as_ref();
        facts.region == source.region && account.is_none_or(|account| *account == facts.account.to_string())
    };
    Ok(found.filter(own))
}

/// Whether no list was delivered today, or this week, nor tried in vain.
fn is_due(
    find: &Finding<'_>,
    source: &BucketFacts,
    inventory: &Inventory,
    target: &BucketFacts,
) -> Result<bool, Error> {
    let now_ms = find.call.now_ms;
    let generation = find.service.store.generation(layout::BUCKETS);
    if !find.service.inventories.is_new(source.id, &inventory.id, now_ms.div_euclid(DAY_MS), generation) {
        return Ok(false);
    }
    let (folder, first) = manifests(source, inventory, now_ms);
    let objects = layout::objects(target.id);
    let key = |text: &str| [objects.prefix(), &KeyBuilder::relative().beginning(text)].concat();
    // Behind the dates come only the folders of data, whose names begin with letters.
    let until = key(&format!("{folder}9"));
    let scan = Scan::within(objects.prefix()).after(key(&first));
    let next = find.stored().cursor(&scan)?.next().transpose()?;
    Ok(next.is_none_or(|record| record.key.as_ref() >= until.as_slice()))
}

/// Who delivers the lists of what is in this bucket.
pub(crate) fn inventory_caller(source: &BucketFacts) -> Caller {
    Caller::service(HOST, &source.arn(), source.account)
}

fn delivery(
    find: &Finding<'_>,
    source: &Arc<BucketFacts>,
    inventory: &Inventory,
    target: &Arc<BucketFacts>,
) -> Result<Needs, Error> {
    let files = Files::new(source, inventory, find.call.now_ms)?;
    let caller = Arc::new(inventory_caller(source));
    let put = |key: &str| {
        let object = Object::at(find, target, key, Door::Content)?;
        let asked = inventory.encryption();
        let need = Need::new(object)
            .with("s3:x-amz-acl", "bucket-owner-full-control")
            .with_some("s3:x-amz-server-side-encryption", asked.algorithm.map(|word| word.as_str()))
            .with_some(KMS_KEY, asked.arn(&target.region, Some(source.account)));
        Ok::<_, Error>(find.call.another(Arc::clone(&caller), need))
    };
    let puts = files.keys().into_iter().map(put).collect::<Result<_, _>>()?;
    let list = Need::new(Bucket::existing(find, source, Reach::Contents));
    find.service.inventories.begin(source.account, Work { inventory: inventory.clone(), files });
    Ok((vec![list], puts))
}

/// The buckets that have configurations, of whichever account.
fn governed(find: &Finding<'_>) -> Result<Arc<Vec<String>>, Error> {
    let generation = find.service.store.generation(layout::BUCKETS);
    if let Some(names) = find.service.inventories.governed(generation) {
        return Ok(names);
    }
    let names = Arc::new(super::having(find, Setting::Inventory)?);
    find.service.inventories.keep_governed(generation, &names);
    Ok(names)
}
