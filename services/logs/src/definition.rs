//! Groups and streams, as they are stored.

use serde::{Deserialize, Serialize};

use crate::{
    filter::{MetricFilter, Subscription},
    locks::Lock,
    model::LogGroupClass,
};

/// A log group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupDefinition {
    /// Where its contents lie. A group that is made anew under an old name has another.
    pub(crate) id: u64,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) class: Class,
    /// For how many days events are kept; for ever where it is not said.
    pub(crate) retention: Option<i32>,
    pub(crate) protected: bool,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) policy: Option<ResourcePolicy>,
    /// What makes metrics of its events, by name.
    #[serde(default)]
    pub(crate) metric_filters: Vec<MetricFilter>,
    /// What forwards its events, by name.
    #[serde(default)]
    pub(crate) subscriptions: Vec<Subscription>,
    /// The keys that protect its messages, or did. Messages say theirs by its place here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) locks: Vec<Lock>,
    /// The place of the one that protects what is put now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lock: Option<usize>,
}

/// A policy of an account or of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ResourcePolicy {
    /// As it was given.
    pub(crate) document: String,
    /// The same, with the unique ids of the users and roles that it names: what decides.
    #[serde(default)]
    pub(crate) bound: Option<String>,
    /// In milliseconds since 1970.
    pub(crate) updated: i64,
    pub(crate) revision: String,
}

impl ResourcePolicy {
    /// The text that decides.
    pub(crate) fn deciding(&self) -> &str {
        self.bound.as_deref().unwrap_or(&self.document)
    }
}

/// What a group is meant for. Kurodo serves all of them alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Class {
    Standard,
    InfrequentAccess,
}

impl Class {
    /// The word on the wire.
    pub(crate) fn word(self) -> LogGroupClass {
        match self {
            Self::Standard => LogGroupClass::Standard,
            Self::InfrequentAccess => LogGroupClass::InfrequentAccess,
        }
    }
}

/// A log stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StreamDefinition {
    /// Where its events lie.
    pub(crate) id: u64,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
}

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

impl GroupDefinition {
    /// The first time of which events are kept, in milliseconds since 1970.
    pub(crate) fn kept_from(&self, now: i64) -> i64 {
        self.retention.map_or(0, |days| now.saturating_sub(i64::from(days).saturating_mul(DAY)).max(0))
    }
}
