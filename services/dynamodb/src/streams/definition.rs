use serde::{Deserialize, Serialize};

use super::KEPT;
use crate::{
    definition::{KeySchema, ResourcePolicy},
    encryption::{Crossing, Protection},
    model::StreamViewType,
};

/// A stream, as it is stored: all that can be told of it without its table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StreamDefinition {
    /// Where its table's items lie, and the stream's records beside them.
    pub(crate) contents: u64,
    pub(crate) view: View,
    /// The key of the table's items.
    pub(crate) key: KeySchema,
    /// Since when nothing is added to it, in milliseconds since 1970.
    pub(crate) disabled: Option<i64>,
    pub(crate) policy: Option<ResourcePolicy>,
    /// The key of KMS that its table is under, or was when the stream was disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protection: Option<Protection>,
    /// Whether its table is on its way under that key, or away from it, or was when the stream was disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) crossing: Option<Crossing>,
}

impl StreamDefinition {
    /// Whether it is a day ago that the stream was disabled: then nobody sees it any more.
    pub(crate) fn is_gone(&self, now: i64) -> bool {
        self.disabled.is_some_and(|since| since.saturating_add(KEPT) <= now)
    }
}

/// What a table's definition says of its latest stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TableStream {
    /// In milliseconds since 1970. No two streams of a table share it: it is the stream's label, too.
    pub(crate) created: i64,
    pub(crate) view: View,
    pub(crate) enabled: bool,
}

/// What of an item a stream's records have, beside its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum View {
    Keys,
    New,
    Old,
    Both,
}

impl View {
    /// Whether records have the item after the change.
    pub(crate) fn has_new(self) -> bool {
        matches!(self, Self::New | Self::Both)
    }

    /// Whether records have the item before the change.
    pub(crate) fn has_old(self) -> bool {
        matches!(self, Self::Old | Self::Both)
    }

    /// The word on the wire.
    pub(crate) fn kind(self) -> StreamViewType {
        match self {
            Self::Keys => StreamViewType::KeysOnly,
            Self::New => StreamViewType::NewImage,
            Self::Old => StreamViewType::OldImage,
            Self::Both => StreamViewType::NewAndOldImages,
        }
    }
}

impl From<StreamViewType> for View {
    fn from(kind: StreamViewType) -> Self {
        match kind {
            StreamViewType::KeysOnly => Self::Keys,
            StreamViewType::NewImage => Self::New,
            StreamViewType::OldImage => Self::Old,
            StreamViewType::NewAndOldImages => Self::Both,
        }
    }
}
