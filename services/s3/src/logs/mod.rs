//! Server access logs: a line for every request to a bucket that has them, gathered in memory and delivered as objects.
//!
//! [`Logging`] is a bucket's configuration as it is kept, `document` takes it from a request and gives it back, `line`
//! writes a request down, and [`Logs`] keeps the lines until they are delivered.
//!
//! Source: S3 User Guide, "Logging requests with server access logging".

mod document;
mod gathered;
mod line;
mod note;
mod operation;

use serde::{Deserialize, Serialize};

pub(crate) use gathered::{Batch, Logs};
pub(crate) use note::note;

use crate::acl::{Grantee, Right};

/// Where the records of requests to a bucket go.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Logging {
    /// The bucket that gets them.
    pub(crate) target: String,
    pub(crate) prefix: String,
    /// Who gets rights on them, beside their owner.
    pub(crate) grants: Vec<(Grantee, Right)>,
    /// How their keys are made; `None` where the request did not say.
    pub(crate) keys: Option<Keys>,
}

/// How the keys of logs are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Keys {
    /// Behind the prefix comes the time.
    Simple,
    /// Behind the prefix come account, region, bucket and the day of the requests.
    ByEvent,
    /// The same, with the day of delivery.
    ByDelivery,
}
