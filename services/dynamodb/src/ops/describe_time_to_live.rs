use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{DescribeTimeToLiveOutput, TimeToLiveDescription, TimeToLiveStatus, op},
};

impl Handler<op::DescribeTimeToLive> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeTimeToLive>) -> Answer<op::DescribeTimeToLive> {
        let attribute_name = asked.permits.resource().existing()?.definition.expiry.clone();
        let status =
            if attribute_name.is_some() { TimeToLiveStatus::Enabled } else { TimeToLiveStatus::Disabled };
        let description = TimeToLiveDescription { time_to_live_status: Some(status), attribute_name };
        Ok(DescribeTimeToLiveOutput { time_to_live_description: Some(description) }.into())
    }
}
