use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    model::{UpdateTimeToLiveOutput, op},
};

impl Handler<op::UpdateTimeToLive> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateTimeToLive>) -> Answer<op::UpdateTimeToLive> {
        let given = asked.input.time_to_live_specification;
        let mut definition = asked.permits.resource().definition()?;
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
        let facts = asked.permits.resource().existing()?;
        let stood = if given.enabled { self.vault.stand(facts, asked.call).await? } else { None };
        definition.protection = stood.clone().or(definition.protection);
        let redefined = self.redefine(&asked.permits, &definition).await;
        self.vault.kept(stood.as_ref(), &facts.place(), redefined).await?;
        Ok(UpdateTimeToLiveOutput { time_to_live_specification: Some(given) }.into())
    }
}
