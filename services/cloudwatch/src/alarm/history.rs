//! What happened to alarms.
//!
//! Source: CloudWatch API Reference, AlarmHistoryItem.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{StateOf, Stored};
use crate::{Error, model::HistoryItemType};

/// How long history is kept, in milliseconds.
///
/// Source: CloudWatch User Guide, "Alarms": 30 days.
pub(crate) const HISTORY_KEPT: i64 = 30 * 86_400_000;
/// The most characters that `HistoryData` has.
const MOST: usize = 4095;

/// Something that happened to an alarm.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Milliseconds since 1970.
    pub(crate) time: i64,
    pub(crate) kind: String,
    pub(crate) composite: bool,
    pub(crate) summary: String,
    pub(crate) data: String,
}

impl Item {
    /// From a record.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|_| Error::Damaged("the history of an alarm"))
    }

    /// As a record has it.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged("the history of an alarm"))
    }
}

fn state(state: &StateOf) -> Json {
    let mut told = json!({ "stateValue": state.value.as_str(), "stateReason": state.reason });
    let data = state.data.as_deref().and_then(|data| serde_json::from_str::<Json>(data).ok());
    if let (Some(data), Some(members)) = (data, told.as_object_mut()) {
        members.insert("stateReasonData".to_owned(), data);
    }
    told
}

/// That an alarm went from one state to the one that it is in.
pub(crate) fn transition(stored: &Stored, before: &StateOf, now_ms: i64) -> Item {
    let whole = json!({ "version": "1.0", "oldState": state(before), "newState": state(&stored.state) });
    let bare = |state: &StateOf| json!({ "stateValue": state.value.as_str() });
    let short = json!({ "version": "1.0", "oldState": bare(before), "newState": bare(&stored.state) });
    let (from, to) = (before.value.as_str(), stored.state.value.as_str());
    Item {
        time: now_ms,
        kind: HistoryItemType::StateUpdate.as_str().to_owned(),
        composite: stored.is_composite(),
        summary: format!("Alarm updated from {from} to {to}"),
        data: fitting(whole, short),
    }
}

/// That an alarm was created, updated or deleted.
pub(crate) fn configuration(stored: &Stored, kind: &str, definition: Json, now_ms: i64) -> Item {
    let done = match kind {
        "Create" => "created",
        "Delete" => "deleted",
        _ => "updated",
    };
    let mut whole = json!({ "version": "1.0", "type": kind });
    if let Some(members) = whole.as_object_mut() {
        members.insert(format!("{done}Alarm"), definition);
    }
    Item {
        time: now_ms,
        kind: HistoryItemType::ConfigurationUpdate.as_str().to_owned(),
        composite: stored.is_composite(),
        summary: format!("Alarm \"{}\" {done}", stored.name).chars().take(255).collect(),
        data: fitting(whole, json!({ "version": "1.0", "type": kind })),
    }
}

/// The whole, or what is left of it where that is too much.
fn fitting(whole: Json, short: Json) -> String {
    let whole = whole.to_string();
    if whole.len() <= MOST { whole } else { short.to_string() }
}
