use kurodo_arn::{Arn, PARTITION};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    model::{Distribution, PutSubscriptionFilterInput, SubscriptionFilter as View},
    names::GroupName,
    ops::random,
    pattern::Pattern,
};

/// What forwards events of a group to a stream of Kinesis.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) name: String,
    /// The number of its queue. A filter that is made anew under an old name has another.
    pub(crate) number: u64,
    pub(crate) pattern: String,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    /// The ARN of the stream.
    pub(crate) destination: String,
    /// The ARN of the role that puts records into it.
    pub(crate) role: String,
    /// Whether records are spread at random; else those of a log stream follow each other.
    pub(crate) scatters: bool,
}

const OPERATION: &str = "PutSubscriptionFilter";

/// That a destination is a stream of Kinesis, and that there is a role for it.
///
/// # Errors
/// It is another one that AWS knows, or none; or the role is missing.
pub(crate) fn role_for(input: &PutSubscriptionFilterInput) -> Result<&str, Error> {
    let arn = &input.destination_arn;
    let parsed: Arn = arn.parse().map_err(|_| no_destination(arn))?;
    let refused = |member| Err(Error::NotImplemented { operation: OPERATION, member });
    match parsed.service.as_str() {
        "kinesis" => {}
        "lambda" => return refused("a function of Lambda as destinationArn"),
        "firehose" => return refused("a stream of Firehose as destinationArn"),
        "logs" => return refused("a destination of CloudWatch Logs as destinationArn"),
        _ => return Err(no_destination(arn)),
    }
    let missing = || Error::invalid("destinationArn for vendor kinesis cannot be used without roleArn");
    input.role_arn.as_deref().ok_or_else(missing)
}

fn no_destination(arn: &str) -> Error {
    Error::invalid(format!("Invalid destinationArn: {arn}"))
}

impl Subscription {
    /// The filter that is asked for, with this number for its queue.
    ///
    /// # Errors
    /// There can be no such filter.
    pub(crate) fn of(
        input: &PutSubscriptionFilterInput,
        group: &GroupName,
        number: u64,
        now: i64,
    ) -> Result<Self, Error> {
        Pattern::parse(&input.filter_pattern)?;
        let role = role_for(input)?;
        let arn = &input.destination_arn;
        let stream: Arn = arn.parse().map_err(|_| no_destination(arn))?;
        let near = stream.region == group.region.as_str() && stream.account == group.account.to_string();
        let named = stream.resource.strip_prefix("stream/").is_some_and(|name| !name.contains('/'));
        if stream.partition != PARTITION || !near || !named {
            return Err(no_destination(arn));
        }
        Ok(Self {
            name: input.filter_name.clone(),
            number,
            pattern: input.filter_pattern.clone(),
            created: now,
            destination: arn.clone(),
            role: role.to_owned(),
            scatters: input.distribution == Some(Distribution::Random),
        })
    }

    /// The partition of the records of a log stream.
    pub(crate) fn partition(&self, stream: u64) -> Result<String, Error> {
        let rest = if self.scatters { random()? } else { stream };
        Ok(format!("{:016x}{rest:016x}", self.number))
    }

    /// As answers show it.
    pub(crate) fn view(&self, group: &str) -> View {
        let distribution = if self.scatters { Distribution::Random } else { Distribution::ByLogStream };
        View {
            filter_name: Some(self.name.clone()),
            log_group_name: Some(group.to_owned()),
            filter_pattern: Some(self.pattern.clone()),
            destination_arn: Some(self.destination.clone()),
            role_arn: Some(self.role.clone()),
            distribution: Some(distribution),
            creation_time: Some(self.created),
            ..View::default()
        }
    }
}
