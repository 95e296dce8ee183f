use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::Request;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay};
use kurodo_identity::{Assume, StoredDirectory};
use serde_json::{Value, json};

use super::{Subscription, cloudwatch::HOST};
use crate::{Error, names::GroupName};

/// A stream of Kinesis, as the role of a subscription filter reaches it.
pub(crate) struct Stream<'s> {
    pub(crate) relay: &'s Relay,
    /// The group that the records are of.
    pub(crate) group: &'s GroupName,
    pub(crate) subscription: &'s Subscription,
    /// A session of the role.
    pub(crate) caller: Arc<Caller>,
}

/// Why a record did not arrive.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The stream's shards have no room now.
    Throttled,
    /// It is not taken, and why.
    Refused(String),
}

/// A session of the role of a subscription filter, if that trusts CloudWatch Logs with the group.
pub(crate) fn assume(
    directory: &StoredDirectory,
    role: &str,
    group: &GroupName,
    now: i64,
) -> Result<Arc<Caller>, Fault> {
    let (arn, now) = (group.arn(), now.div_euclid(1000));
    let by = Assume { host: HOST, source: (&arn, group.account), session: "logs-subscription", now };
    directory.assume(role, &by).map_err(|error| Fault::Refused(format!("{role}: {error}")))
}

impl Stream<'_> {
    /// Puts a record of this partition.
    pub(crate) async fn put(&self, partition: &str, content: &[u8]) -> Result<(), Fault> {
        let refused = |why: String| Fault::Refused(why);
        let record = json!({
            "StreamARN": self.subscription.destination,
            "PartitionKey": partition,
            "Data": BASE64.encode(content),
        });
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Kinesis_20131202.PutRecord")
            .body(record.to_string().into())
            .map_err(|error| refused(error.to_string()))?;
        let (caller, region) = (Arc::clone(&self.caller), self.group.region.clone());
        let order = Order { service: "kinesis", via: HOST, caller, region, request };
        let answer = self.relay.send(order).await.map_err(|failure| refused(failure.message.to_string()))?;
        if answer.status < 300 {
            return Ok(());
        }
        let told: Value = serde_json::from_slice(&answer.content).unwrap_or_default();
        let code = told.get("__type").and_then(Value::as_str).unwrap_or_default();
        match code.rsplit('#').next().unwrap_or_default() {
            "ProvisionedThroughputExceededException" | "ThrottlingException" | "LimitExceededException" => {
                Err(Fault::Throttled)
            }
            code => {
                let message = told.get("message").or_else(|| told.get("Message"));
                let message = message.and_then(Value::as_str).unwrap_or_default();
                Err(refused(format!("{} {code}: {message}", answer.status)))
            }
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error.to_string())
    }
}
