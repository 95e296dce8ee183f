use kurodo_authz::{Grant, Write};
use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_store::MAX_VALUE;

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    inventory::Inventory,
    layout::Setting,
    model::{
        DeleteBucketInventoryConfigurationOutput, GetBucketInventoryConfigurationOutput,
        ListBucketInventoryConfigurationsOutput, PutBucketInventoryConfigurationOutput, op,
    },
    resources::Bucket,
};

/// So many a bucket may have.
const MOST: usize = 1000;
/// So many are listed at once.
const PAGE: usize = 100;

impl Handler<op::GetBucketInventoryConfiguration> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketInventoryConfiguration>,
    ) -> Answer<op::GetBucketInventoryConfiguration> {
        let known = &call.permits.resource().facts()?.inventories;
        let found = known.iter().find(|inventory| inventory.id == call.input.id);
        let shown = found.map(Inventory::shown).ok_or(Error::NoSuchConfiguration)?;
        Ok(GetBucketInventoryConfigurationOutput { inventory_configuration: Some(shown) }.into())
    }
}

impl Handler<op::PutBucketInventoryConfiguration> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketInventoryConfiguration>,
    ) -> Answer<op::PutBucketInventoryConfiguration> {
        let Authorized { input, permits: permit, .. } = call;
        let inventory = Inventory::read(&input.id, &input.inventory_configuration)?;
        let (bucket, region) = (permit.resource(), &permit.resource().facts()?.region);
        if bucket.other(&inventory.target).is_none_or(|target| target.region != *region) {
            return Err(Error::InvalidS3DestinationBucket(inventory.target));
        }
        self.change_inventories(&permit, |known| {
            known.retain(|one| one.id != inventory.id);
            known.push(inventory);
            if known.len() > MOST { Err(Error::TooManyConfigurations) } else { Ok(()) }
        })
        .await?;
        Ok(PutBucketInventoryConfigurationOutput {}.into())
    }
}

impl Handler<op::DeleteBucketInventoryConfiguration> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketInventoryConfiguration>,
    ) -> Answer<op::DeleteBucketInventoryConfiguration> {
        let Authorized { input, permits: permit, .. } = call;
        self.change_inventories(&permit, |known| {
            let before = known.len();
            known.retain(|one| one.id != input.id);
            if known.len() == before { Err(Error::NoSuchConfiguration) } else { Ok(()) }
        })
        .await?;
        Ok(Reply::from(DeleteBucketInventoryConfigurationOutput {}).with_status(204))
    }
}

impl Handler<op::ListBucketInventoryConfigurations> for S3 {
    /// In the order of their ids; the token is the id that the page before ended in.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::ListBucketInventoryConfigurations>,
    ) -> Answer<op::ListBucketInventoryConfigurations> {
        let Authorized { input, permits: permit, .. } = call;
        let known = &permit.resource().facts()?.inventories;
        let behind = |one: &&Inventory| input.continuation_token.as_ref().is_none_or(|token| one.id > *token);
        let mut left = known.iter().filter(behind);
        let page: Vec<_> = left.by_ref().take(PAGE).collect();
        let more = left.next().is_some();
        let next = page.last().filter(|_| more).map(|last| last.id.clone());
        Ok(ListBucketInventoryConfigurationsOutput {
            inventory_configuration_list: Some(page.into_iter().map(Inventory::shown).collect()),
            is_truncated: Some(more),
            continuation_token: input.continuation_token.clone(),
            next_continuation_token: next,
        }
        .into())
    }
}

impl S3 {
    /// Changes the configurations, if nobody else does meanwhile.
    async fn change_inventories<G: Grant<Access = Write, Resource = Bucket>>(
        &self,
        permit: &G,
        change: impl FnOnce(&mut Vec<Inventory>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (known, fact) = self.setting::<Vec<Inventory>>(permit, Setting::Inventory)?;
        let mut known = known.unwrap_or_default();
        change(&mut known)?;
        known.sort_by(|one, other| one.id.cmp(&other.id));
        let record = (!known.is_empty()).then(|| record(&known)).transpose()?;
        if record.as_ref().is_some_and(|record| record.len() > MAX_VALUE) {
            return Err(Error::TooManyConfigurations);
        }
        self.settle(permit, Setting::Inventory, record, &[&fact]).await
    }
}
