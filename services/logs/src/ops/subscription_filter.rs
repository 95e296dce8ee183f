use kurodo_gateway::Handler;

use super::{Answer, Asked, random};
use crate::{
    Error, Logs,
    facts::GroupFacts,
    filter::{Fault, Stream, Subscription, assume, test_content},
    model::{
        DeleteSubscriptionFilterOutput, DescribeSubscriptionFiltersOutput, PutSubscriptionFilterOutput, op,
    },
    page,
};

/// The most subscription filters of a group.
///
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas".
const MOST: usize = 2;
/// Filters of a page, where the request does not say how many.
const USUAL: usize = 50;
const MISSING: Error = Error::NotFound("The specified subscription filter does not exist.");

impl Handler<op::PutSubscriptionFilter> for Logs {
    /// The stream takes a test message before there is such a filter.
    async fn handle(&self, asked: Asked<'_, op::PutSubscriptionFilter>) -> Answer<op::PutSubscriptionFilter> {
        let ((permit, _), now) = (&asked.permits, asked.call.now_ms);
        let facts = permit.resource().existing()?;
        // Zero is the queue of metrics.
        let mut filter = Subscription::of(&asked.input, &facts.name, random()?.max(1), now)?;
        let mut definition = facts.definition.clone();
        let filters = &mut definition.subscriptions;
        if let Some(at) = filters.iter().position(|other| other.name == filter.name) {
            let known = filters.remove(at);
            (filter.number, filter.created) = (known.number, known.created);
        }
        if filters.len() >= MOST {
            return Err(Error::LimitExceeded);
        }
        filters.push(filter.clone());
        filters.sort_by(|one, other| one.name.cmp(&other.name));
        self.test(facts, &filter, now).await?;
        self.redefine(permit, facts, &definition).await?;
        // What waits is tried again at once.
        self.pauses.end(filter.number);
        Ok(PutSubscriptionFilterOutput::default().into())
    }
}

impl Logs {
    /// That the role trusts CloudWatch Logs, and that the stream takes a message from it.
    async fn test(&self, facts: &GroupFacts, subscription: &Subscription, now: i64) -> Result<(), Error> {
        let group = &facts.name;
        let caller =
            assume(&self.directory, &subscription.role, group, now).map_err(|_| Error::NotAssumable)?;
        let stream = Stream { relay: &self.relay, group, subscription, caller };
        let content = test_content(now).map_err(|error| Error::Relay(error.to_string()))?;
        stream.put(&subscription.partition(0)?, &content).await.map_err(|fault| {
            if let Fault::Refused(why) = fault {
                tracing::warn!(group = group.name, filter = subscription.name, why, "a stream takes no test message");
            }
            Error::invalid(
                "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.",
            )
        })
    }
}

impl Handler<op::DeleteSubscriptionFilter> for Logs {
    /// What waits for it is discarded by a chore.
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteSubscriptionFilter>,
    ) -> Answer<op::DeleteSubscriptionFilter> {
        let facts = asked.permits.resource().existing()?;
        let mut definition = facts.definition.clone();
        let filters = &mut definition.subscriptions;
        let at = filters.iter().position(|filter| filter.name == asked.input.filter_name).ok_or(MISSING)?;
        let gone = filters.remove(at);
        self.redefine(&asked.permits, facts, &definition).await?;
        self.pauses.end(gone.number);
        Ok(DeleteSubscriptionFilterOutput::default().into())
    }
}

impl Handler<op::DescribeSubscriptionFilters> for Logs {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeSubscriptionFilters>,
    ) -> Answer<op::DescribeSubscriptionFilters> {
        let (facts, input) = (asked.permits.resource().existing()?, &asked.input);
        let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
        let filters = facts.definition.subscriptions.iter();
        let found = filters.filter(|filter| filter.name.starts_with(prefix));
        let found = found.map(|filter| filter.view(&facts.name.name)).collect();
        let limit = page::limit(input.limit, USUAL);
        let id = |filter: &crate::model::SubscriptionFilter| filter.filter_name.clone().unwrap_or_default();
        let (page, next_token) = page::cut(found, input.next_token.as_deref(), limit, id)?;
        Ok(DescribeSubscriptionFiltersOutput { subscription_filters: Some(page), next_token }.into())
    }
}
