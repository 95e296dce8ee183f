use serde::{Deserialize, Serialize};

use super::{Actions, Notice, Rule};
use crate::{Error, model::StateValue, tags::Tags};

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// `OK`
    #[serde(rename = "OK")]
    Ok,
    /// `ALARM`
    #[serde(rename = "ALARM")]
    Alarm,
    /// `INSUFFICIENT_DATA`
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl State {
    /// As answers and histories have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The same in the words of the model.
    pub(crate) fn value(self) -> Option<StateValue> {
        StateValue::parse(self.as_str())
    }

    /// The state of a word of the model.
    pub(crate) fn of(value: StateValue) -> Self {
        [Self::Ok, Self::Alarm]
            .into_iter()
            .find(|state| state.as_str() == value.as_str())
            .unwrap_or(Self::InsufficientData)
    }
}

/// A state, and why an alarm is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StateOf {
    pub(crate) value: State,
    pub(crate) reason: String,
    /// JSON.
    pub(crate) data: Option<String>,
}

/// What a metric alarm is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Watched {
    /// A statistic of a metric.
    Metric {
        namespace: String,
        name: String,
        dimensions: Vec<(String, String)>,
        statistic: Option<String>,
        extended: Option<String>,
        period: i32,
        unit: Option<String>,
    },
    /// Queries, one of which gives the time series.
    Math(Vec<WatchedQuery>),
}

/// One of the queries of an alarm on metric math.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WatchedQuery {
    pub(crate) id: String,
    pub(crate) stat: Option<WatchedStat>,
    pub(crate) expression: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) returns: Option<bool>,
    pub(crate) period: Option<i32>,
}

/// A metric with a statistic of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WatchedStat {
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) dimensions: Option<Vec<(String, String)>>,
    pub(crate) period: i32,
    pub(crate) stat: String,
    pub(crate) unit: Option<String>,
}

/// When an alarm is in which state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Condition {
    /// By the values of a time series.
    Metric {
        watched: Box<Watched>,
        evaluation_periods: i32,
        datapoints_to_alarm: Option<i32>,
        threshold: f64,
        comparison: String,
        missing: Option<String>,
        low_samples: Option<String>,
    },
    /// By the states of other alarms.
    Composite { rule: String },
}

/// An alarm as its record has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) actions_enabled: bool,
    pub(crate) condition: Condition,
    /// When the definition was changed last, in milliseconds since 1970.
    pub(crate) configured: i64,
    pub(crate) state: StateOf,
    /// When the state, its reason or its data changed last; likewise.
    pub(crate) updated: i64,
    /// When the state itself changed last; likewise.
    pub(crate) transitioned: i64,
    pub(crate) tags: Tags,
    /// Whom it tells.
    #[serde(default)]
    pub(crate) actions: Actions,
    /// What it has not told yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notices: Vec<Notice>,
}

impl Stored {
    /// From a record.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|_| Error::Damaged("an alarm"))
    }

    /// As a record has it.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged("an alarm"))
    }

    /// The rule of a composite alarm.
    pub(crate) fn rule(&self) -> Option<Rule> {
        match &self.condition {
            Condition::Composite { rule } => Rule::parse(rule).ok(),
            Condition::Metric { .. } => None,
        }
    }

    /// Whether it is a composite alarm.
    pub(crate) fn is_composite(&self) -> bool {
        matches!(self.condition, Condition::Composite { .. })
    }

    /// Takes on a state, at this time.
    pub(crate) fn enter(&mut self, state: StateOf, now_ms: i64) {
        if state.value != self.state.value {
            self.transitioned = now_ms;
        }
        self.updated = now_ms;
        self.state = state;
    }
}
