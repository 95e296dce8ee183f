use kurodo_wire::ServiceSchema;

use crate::Scraped;

/// What the gateway must know of a service beside its API facts.
#[derive(Debug)]
pub struct ServiceFacts {
    /// The API facts: names, protocols, operations, errors.
    pub schema: &'static ServiceSchema,
    /// How its refusals are called.
    pub dialect: Dialect,
    /// The region that a global service is in, whichever region its clients sign for; `None` for one that is in all.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", `aws:RequestedRegion`.
    pub region: Option<&'static str>,
    /// Seconds that a signature's time may differ from ours.
    pub skew_seconds: i64,
    /// What Prometheus gets to see of the service, where it is anything.
    pub scraped: Option<Scraped>,
    /// The operations that are data events; all others are management events, which the audit trail always
    /// keeps.
    ///
    /// Source: CloudTrail User Guide, "Logging data events".
    pub data_events: &'static [&'static str],
}

/// How a family of services calls what goes wrong before an operation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// IAM, STS, CloudWatch, and others that began with the query protocol.
    Query,
    /// EC2.
    Ec2,
    /// DynamoDB, Kinesis, KMS, Organizations and others that speak JSON.
    Json,
    /// S3.
    S3,
}
