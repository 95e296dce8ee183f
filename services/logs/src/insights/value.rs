use std::{cmp::Ordering, sync::Arc};

use jiff::Timestamp;
use serde_json::Value as Json;

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Text(String),
    Number(f64),
    Truth(bool),
    /// A time, in milliseconds since 1970.
    Time(i64),
    /// A map or a list.
    Structure(Arc<Json>),
}

impl Value {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// The number that it is or spells.
    #[expect(clippy::cast_precision_loss, reason = "times are far from the limits of what a float holds")]
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Time(time) => Some(*time as f64),
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            // As results show it.
            Self::Truth(truth) => Some(f64::from(*truth)),
            Self::Nothing | Self::Structure(_) => None,
        }
    }

    /// What it takes to keep it, in bytes, but for its own place.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Structure(json) => json_weight(json),
            Self::Nothing | Self::Number(_) | Self::Truth(_) | Self::Time(_) => 0,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => text == "true" || text == "1",
            Self::Time(_) | Self::Nothing | Self::Structure(_) => false,
        }
    }

    /// As results show it; nothing where there is nothing to show.
    pub(crate) fn show(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(shown(*number)),
            Self::Truth(truth) => Some(if *truth { "1" } else { "0" }.to_owned()),
            Self::Time(time) => Some(time_shown(*time)),
            Self::Structure(json) => Some(json.to_string()),
        }
    }

    /// Numbers before texts, and nothing before both.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(one), Some(another)) => one.total_cmp(&another),
            (Some(_), None) if !other.is_nothing() => Ordering::Less,
            (None, Some(_)) if !self.is_nothing() => Ordering::Greater,
            _ => self.show().cmp(&other.show()),
        }
    }
}

fn json_weight(json: &Json) -> usize {
    let parts: usize = match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(json_weight).sum(),
        Json::Object(members) => members.iter().map(|(name, item)| 64 + name.len() + json_weight(item)).sum(),
    };
    32 + parts
}

/// A number with at most four decimals.
fn shown(number: f64) -> String {
    let text = format!("{number:.4}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn time_shown(time: i64) -> String {
    let time = Timestamp::from_millisecond(time).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}
