use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use kurodo_arn::AccountId;
use serde::Serialize;
use serde_json::Value;

/// What is known of a request when its decision has been made, and before it is acted upon.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    /// When the decision was made.
    pub time: Timestamp,
    /// The id that the answer carries.
    pub request_id: &'a str,
    /// The caller's account; none for anonymous callers.
    pub account: Option<AccountId>,
    /// The caller's ARN; none for anonymous callers.
    pub principal: Option<&'a str>,
    /// The access key that signed.
    pub access_key_id: Option<&'a str>,
    /// The peer of the connection; none for what a service does of its own accord.
    pub source: Option<IpAddr>,
    /// The connection's protocol; none likewise.
    pub tls: Option<Tls>,
    /// The service's prefix in IAM, such as `s3`.
    pub service: &'a str,
    /// The operation, such as `GetObject`.
    pub operation: &'a str,
    /// The region that the request was sent to.
    pub region: &'a str,
    /// The ARNs of everything the decision was about.
    pub resources: &'a [&'a str],
    /// What kind of act this is.
    pub class: Class,
    /// What was decided.
    pub decision: Decision<'a>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Tls {
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "TLSv1.2")]
    V12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "TLSv1.3")]
    V13,
}

/// What kind of act a request asks for, after CloudTrail's distinction between management and data events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Looks at or changes the configuration. Always recorded, durably, before the act.
    Management,
    /// Reads data. Recorded if the [`Selector`] takes it.
    Read,
    /// Changes data. Recorded if the [`Selector`] takes it.
    Write,
}

/// What was decided.
#[derive(Debug, Clone)]
pub enum Decision<'a> {
    /// The act may happen.
    Allowed,
    /// The act must not happen. Always recorded, durably, before the caller is told.
    Denied {
        /// The clause of the error message, such as `because no identity-based policy allows the s3:GetObject action`.
        reason: &'a str,
        /// The whole evaluation.
        explanation: &'a Value,
    },
}

/// Which data events are recorded, besides the denied ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selector {
    /// None.
    None,
    /// Those that change data.
    Writes,
    /// All.
    #[default]
    All,
}

impl Selector {
    /// Whether allowed events of this class are recorded.
    pub fn takes(self, class: Class) -> bool {
        match class {
            Class::Management => true,
            Class::Write => self != Self::None,
            Class::Read => self == Self::All,
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The error's code, such as `NoSuchKey`.
    pub error: Option<&'a str>,
    /// The HTTP status.
    pub status: u16,
    /// The bytes of the request's body.
    pub bytes_in: u64,
    /// The bytes of the answer's body.
    pub bytes_out: u64,
    /// From the first byte of the request to the last of the answer.
    pub duration: Duration,
}
