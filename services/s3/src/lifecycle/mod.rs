//! What happens to objects, versions and uploads as they grow old.
//!
//! [`Lifecycle`] is a bucket's configuration as it is kept; `read` takes it from a request, `shown` gives it back, and
//! `due` says what is to happen when.
//!
//! Source: S3 User Guide, "Managing the lifecycle of objects"; S3 API Reference, `PutBucketLifecycleConfiguration`.

mod due;
mod read;
mod rounds;
mod shown;

use serde::{Deserialize, Serialize};

pub(crate) use due::{Facts, midnight_after};
pub(crate) use rounds::{At, Round, Rounds, Within};

use crate::records::{Class, Tags};

/// The rules of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifecycle {
    pub(crate) rules: Vec<Rule>,
    /// Whether the smallest object that changes its class depends on the class: then it has 128 KiB for classes that are
    /// read at once, and any size for the others. Otherwise it has 128 KiB for all.
    pub(crate) varies: bool,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) enabled: bool,
    pub(crate) filter: Filter,
    pub(crate) expiration: Option<Expiration>,
    pub(crate) transitions: Vec<Transition>,
    pub(crate) older_expiration: Option<OlderExpiration>,
    pub(crate) older_transitions: Vec<OlderTransition>,
    /// Days after which an upload that nobody completed is aborted.
    pub(crate) abort_days: Option<i32>,
}

/// Which objects a rule is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filter {
    pub(crate) form: Form,
    pub(crate) prefix: Option<String>,
    pub(crate) tags: Tags,
    /// Bytes that the object must have more than.
    pub(crate) greater: Option<u64>,
    /// Bytes that the object must have less than.
    pub(crate) less: Option<u64>,
}

/// How the request wrote the filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// As a prefix in the rule itself, which is the older form.
    Prefix,
    /// As one predicate, or none.
    #[default]
    One,
    /// As several predicates.
    And,
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum When {
    /// Days after the object was put.
    Days(i32),
    /// From this midnight on, in milliseconds since 1970.
    Date(i64),
}

/// When objects expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Expiration {
    Objects(When),
    /// Only delete markers that no version lies under any more; or not even those.
    Markers(bool),
}

/// When an object changes its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transition {
    pub(crate) when: When,
    pub(crate) class: Class,
}

/// When older versions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OlderExpiration {
    /// Days after a later version came.
    pub(crate) days: i32,
    /// The newest of the older versions, which stay.
    pub(crate) spared: Option<i32>,
}

/// When older versions change their class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OlderTransition {
    /// Days after a later version came.
    pub(crate) days: i32,
    /// The newest of the older versions, which are left alone.
    pub(crate) spared: Option<i32>,
    pub(crate) class: Class,
}

pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;
