use std::fmt::Display;
use std::net::IpAddr;

use jiff::Timestamp;
use kurodo_arn::AccountId;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{Class, Tls};

/// A request as the trail tells it. It serialises for people to read and programs to filter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Where in the trail it begins: entries count from zero.
    pub position: u64,
    /// When the decision was made.
    #[serde(serialize_with = "text")]
    pub time: Timestamp,
    /// The id that the answer carries.
    pub request_id: String,
    /// The caller's account; none for anonymous callers.
    #[serde(serialize_with = "optional_text")]
    pub account: Option<AccountId>,
    /// The caller's ARN; none for anonymous callers.
    pub principal: Option<String>,
    /// The access key that signed.
    pub access_key_id: Option<String>,
    /// The peer of the connection; none for what a service does of its own accord.
    pub source: Option<IpAddr>,
    /// The connection's protocol; none likewise.
    pub tls: Option<Tls>,
    /// The service's prefix in IAM, such as `s3`.
    pub service: String,
    /// The operation, such as `GetObject`.
    pub operation: String,
    /// The region that the request was sent to.
    pub region: String,
    /// The ARNs of everything the decision was about.
    pub resources: Vec<String>,
    /// What kind of act it is.
    pub class: Class,
    /// What was decided.
    pub decision: Verdict,
    /// How it ended.
    pub ending: Ending,
}

impl Record {
    /// Whether the trail does not say yet how the request ended.
    pub(crate) fn is_open(&self) -> bool {
        self.ending == Ending::Open
    }

    /// The record with its end, where that is told apart from the beginning.
    pub(crate) fn ended(self, ending: Option<Ending>) -> Self {
        match ending {
            Some(ending) if self.is_open() => Self { ending, ..self },
            _ => self,
        }
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// The act was allowed.
    Allowed,
    /// The act was denied.
    Denied {
        /// The clause of the error message.
        reason: String,
        /// The whole evaluation.
        explanation: Value,
    },
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Ending {
    /// An answer was given.
    Answered {
        /// The error's code, such as `NoSuchKey`.
        error: Option<String>,
        /// The HTTP status.
        status: u16,
        /// The bytes of the request's body.
        bytes_in: u64,
        /// The bytes of the answer's body.
        bytes_out: u64,
        /// From the first byte of the request to the last of the answer, in microseconds.
        micros: u64,
    },
    /// The request was given up before it was answered: its client went away, or its handling failed.
    Abandoned,
    /// The trail does not say: the request still runs, or the server was stopped meanwhile.
    Open,
}

fn text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn optional_text<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
