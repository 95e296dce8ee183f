use std::collections::BTreeMap;

use kurodo_arn::Region;
use kurodo_gateway::{Errand, Keeper, Progress};

use super::describe_limits::{ACCOUNT, TABLE};
use crate::{
    DynamoDb, Error,
    definition::Throughput,
    facts::TableFacts,
    meter::Kind::{Read, Write},
    table::chore,
};

impl Keeper<chore::TellCapacity> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::TellCapacity>) -> Result<Progress, Error> {
        let Some(account) = errand.call.account() else { return Ok(Progress::Done) };
        let mut regions = BTreeMap::<Region, Provisioned>::new();
        for facts in errand.permits.iter().filter_map(|permit| permit.resource().facts()) {
            let all = regions.entry(facts.region.clone()).or_default();
            self.tell_provisioned(facts, all);
        }
        for (region, all) in &regions {
            for (metric, value) in all.figures() {
                self.meter.tell_account(account, region, metric, value);
            }
        }
        Ok(Progress::Done)
    }
}

impl DynamoDb {
    /// Tells what is provisioned for a table and its global indexes, and adds it to what is of all.
    fn tell_provisioned(&self, facts: &TableFacts, all: &mut Provisioned) {
        let definition = &facts.definition;
        if definition.on_demand {
            return;
        }
        let indexes = definition.indexes_of(true).map(|index| (Some(index), index.throughput));
        for (index, Throughput { read, write, .. }) in
            std::iter::once((None, definition.throughput)).chain(indexes)
        {
            self.meter.provisioned(facts, index, Read, read);
            self.meter.provisioned(facts, index, Write, write);
            all.add(read, write);
        }
    }
}

/// Units that are provisioned in a region: together, and for the table or index that has the most.
#[derive(Debug, Default)]
struct Provisioned {
    read: Units,
    write: Units,
}

#[derive(Debug, Default)]
struct Units {
    sum: i64,
    most: i64,
}

impl Provisioned {
    fn add(&mut self, read: i64, write: i64) {
        for (units, more) in [(&mut self.read, read), (&mut self.write, write)] {
            units.sum = units.sum.saturating_add(more);
            units.most = units.most.max(more);
        }
    }

    /// What CloudWatch shows of the account: what it may have, and how many percent of that it has.
    fn figures(&self) -> [(&'static str, f64); 8] {
        let share = |units, limit| number(units) / number(limit) * 100.0;
        [
            ("AccountMaxReads", number(ACCOUNT)),
            ("AccountMaxWrites", number(ACCOUNT)),
            ("AccountMaxTableLevelReads", number(TABLE)),
            ("AccountMaxTableLevelWrites", number(TABLE)),
            ("AccountProvisionedReadCapacityUtilization", share(self.read.sum, ACCOUNT)),
            ("AccountProvisionedWriteCapacityUtilization", share(self.write.sum, ACCOUNT)),
            ("MaxProvisionedTableReadCapacityUtilization", share(self.read.most, TABLE)),
            ("MaxProvisionedTableWriteCapacityUtilization", share(self.write.most, TABLE)),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "units are far below what a double counts exactly")]
fn number(units: i64) -> f64 {
    units as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_what_an_account_and_a_table_may_have() {
        let mut all = Provisioned::default();
        all.add(8000, 400);
        all.add(800, 4000);
        let figures = all.figures();
        let of = |name: &str| figures.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        assert_eq!(of("AccountProvisionedReadCapacityUtilization"), Some(11.0));
        assert_eq!(of("AccountProvisionedWriteCapacityUtilization"), Some(5.5));
        assert_eq!(of("MaxProvisionedTableReadCapacityUtilization"), Some(20.0));
        assert_eq!(of("MaxProvisionedTableWriteCapacityUtilization"), Some(10.0));
        assert_eq!(of("AccountMaxTableLevelReads"), Some(40_000.0));
    }
}
