use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{DescribeEndpointsOutput, Endpoint, op},
};

/// Minutes that clients may keep the answer.
const KEPT: i64 = 1440;

impl Handler<op::DescribeEndpoints> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeEndpoints>) -> Answer<op::DescribeEndpoints> {
        let address = asked.call.head.host().to_owned();
        let endpoints = vec![Endpoint { address, cache_period_in_minutes: KEPT }];
        Ok(DescribeEndpointsOutput { endpoints }.into())
    }
}
