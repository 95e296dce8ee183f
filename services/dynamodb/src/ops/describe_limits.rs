use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{DescribeLimitsOutput, op},
};

/// Units that all tables of an account may have together.
///
/// Source: DynamoDB Developer Guide, "Quotas", default throughput quotas.
pub(super) const ACCOUNT: i64 = 80_000;
/// Units that one table may have.
pub(super) const TABLE: i64 = 40_000;

impl Handler<op::DescribeLimits> for DynamoDb {
    async fn handle(&self, _: Asked<'_, op::DescribeLimits>) -> Answer<op::DescribeLimits> {
        Ok(DescribeLimitsOutput {
            account_max_read_capacity_units: Some(ACCOUNT),
            account_max_write_capacity_units: Some(ACCOUNT),
            table_max_read_capacity_units: Some(TABLE),
            table_max_write_capacity_units: Some(TABLE),
        }
        .into())
    }
}
