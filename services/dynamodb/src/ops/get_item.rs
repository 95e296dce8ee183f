use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    attribute::{item_size, shown},
    encryption::Locked,
    items::{Consumed, found, read_units},
    meter::Kind,
    model::{GetItemOutput, op},
};

impl Handler<op::GetItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::GetItem>) -> Answer<op::GetItem> {
        let (lookup, facts) = asked.permits.resource().plan()?;
        let keys = self.vault.unlock(Locked::from_iter([facts]), asked.call).await?;
        self.meter.admit_read(facts, None)?;
        let found = found(&self.store.read(&asked.permits), keys.of(facts)?, lookup)?;
        let size = found.as_ref().map_or(0, |(item, _)| item_size(item));
        let consumed = Consumed::read(read_units(size, lookup.consistent));
        self.meter.charge(facts, Kind::Read, &consumed);
        Ok(GetItemOutput {
            item: found.map(|(item, part)| shown(part.unwrap_or(item))),
            consumed_capacity: consumed.view(asked.input.return_consumed_capacity, &facts.name),
        }
        .into())
    }
}
