use kurodo_gateway::Handler;

use super::{Answer, Asked, settings::unprotected};
use crate::{
    DynamoDb, Error,
    model::{UpdateTimeToLiveOutput, op},
};

impl Handler<op::UpdateTimeToLive> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateTimeToLive>) -> Answer<op::UpdateTimeToLive> {
        let given = asked.input.time_to_live_specification;
        let mut definition = asked.permits.resource().definition()?;
        unprotected(&definition, "UpdateTimeToLive", "time to live in tables under keys of KMS")?;
        let same = definition.expiry.as_ref() == Some(&given.attribute_name);
        match (given.enabled, &definition.expiry) {
            (true, Some(_)) => return Err(Error::validation("TimeToLive is already enabled")),
            (true, None) => definition.expiry = Some(given.attribute_name.clone()),
            (false, None) => return Err(Error::validation("TimeToLive is already disabled")),
            (false, Some(known)) if !same => {
                return Err(Error::Validation(format!(
                    "TimeToLive is active on a different AttributeName: current AttributeName is {known}"
                )));
            }
            (false, Some(_)) => definition.expiry = None,
        }
        self.redefine(&asked.permits, &definition).await?;
        Ok(UpdateTimeToLiveOutput { time_to_live_specification: Some(given) }.into())
    }
}
