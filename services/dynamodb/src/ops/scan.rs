use kurodo_gateway::Handler;

use super::{Answer, Asked, count};
use crate::{
    DynamoDb,
    attribute::shown,
    items::search,
    meter::Kind,
    model::{ScanOutput, op},
};

impl Handler<op::Scan> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::Scan>) -> Answer<op::Scan> {
        let (plan, facts) = asked.permits.resource().plan()?;
        self.meter.admit_read(facts, plan.index.as_ref())?;
        let found = search(&self.store.read(&asked.permits), facts, plan)?;
        self.meter.charge(facts, Kind::Read, &found.consumed);
        Ok(ScanOutput {
            items: (!plan.count).then(|| found.items.into_iter().map(shown).collect()),
            count: count(found.count),
            scanned_count: count(found.scanned),
            last_evaluated_key: found.last.map(shown),
            consumed_capacity: found.consumed.view(asked.input.return_consumed_capacity, &facts.name),
        }
        .into())
    }
}
