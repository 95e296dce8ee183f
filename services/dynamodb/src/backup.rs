//! Backups, as they are stored and as AWS describes them.
//!
//! Source: DynamoDB API Reference, "BackupDetails", "BackupDescription" and "BackupSummary".

use jiff::Timestamp;
use kurodo_store::Reader;
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    definition::{Counts, Definition, features, source},
    error::DamagedTable,
    history::Cut,
    layout,
    model::{BackupDescription, BackupDetails, BackupStatus, BackupSummary, BackupType},
    names::BackupName,
};

/// For how long the backup is kept that the deletion of a recoverable table leaves, in milliseconds.
///
/// Source: DynamoDB Developer Guide, "Point-in-time recovery: How it works", "Deleting a table with point-in-time
/// recovery enabled".
const KEPT: i64 = 35 * 24 * 3600 * 1000;

/// A backup: what its table was defined as. Its items are those of the table, as they were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Backup {
    pub(crate) name: String,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    /// When it deletes itself, in milliseconds since 1970; none for those that somebody asked for.
    pub(crate) expires: Option<i64>,
    /// Whether it is deleted, and what it kept is still being.
    pub(crate) deleted: bool,
    pub(crate) definition: Definition,
    pub(crate) items: i64,
    pub(crate) bytes: i64,
}

impl Backup {
    /// A backup that somebody asked for.
    pub(crate) fn new(name: String, definition: Definition, counts: Counts, now: i64) -> Self {
        let (items, bytes) = (counts.items, counts.bytes);
        Self { name, created: now, expires: None, deleted: false, definition, items, bytes }
    }

    /// The backup that the deletion of a table leaves.
    pub(crate) fn of_deleted(table: &str, definition: Definition, counts: Counts, now: i64) -> Self {
        let name = format!("{table}$DeletedTableBackup");
        Self { expires: Some(now.saturating_add(KEPT)), ..Self::new(name, definition, counts, now) }
    }

    /// The backup of a record.
    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| DamagedTable("(a backup)".to_owned()).into())
    }

    /// The record of the backup.
    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| DamagedTable("(a backup)".to_owned()).into())
    }

    /// Whether anybody can see it.
    pub(crate) fn is_there(&self, now: i64) -> bool {
        !self.deleted && self.expires.is_none_or(|expires| expires > now)
    }

    fn kind(&self) -> BackupType {
        if self.expires.is_some() { BackupType::System } else { BackupType::User }
    }

    /// Whether a listing of this kind has it; one that names no kind has those that somebody asked for.
    pub(crate) fn is_kind(&self, asked: Option<crate::model::BackupTypeFilter>) -> bool {
        use crate::model::BackupTypeFilter as Filter;
        match asked {
            None | Some(Filter::User) => self.kind() == BackupType::User,
            Some(Filter::System) => self.kind() == BackupType::System,
            Some(Filter::AwsBackup) => false,
            Some(Filter::All) => true,
        }
    }

    /// The description, in this state.
    pub(crate) fn details(&self, place: &BackupName, status: BackupStatus) -> BackupDetails {
        BackupDetails {
            backup_arn: place.arn(),
            backup_name: self.name.clone(),
            backup_size_bytes: Some(self.bytes),
            backup_status: status,
            backup_type: self.kind(),
            backup_creation_date_time: time(self.created),
            backup_expiry_date_time: self.expires.map(time),
        }
    }

    /// The description with that of the table.
    pub(crate) fn describe(&self, place: &BackupName, status: BackupStatus) -> BackupDescription {
        let counts = Counts { items: self.items, bytes: self.bytes };
        let table = source(&self.definition, &place.table.name, place.table.arn(), counts);
        BackupDescription {
            backup_details: Some(self.details(place, status)),
            source_table_details: Some(table),
            source_table_feature_details: Some(features(&self.definition)),
        }
    }

    /// The line of a listing.
    pub(crate) fn summary(&self, place: &BackupName) -> BackupSummary {
        BackupSummary {
            table_name: Some(place.table.name.clone()),
            table_id: Some(self.definition.id.clone()),
            table_arn: Some(place.table.arn()),
            backup_arn: Some(place.arn()),
            backup_name: Some(self.name.clone()),
            backup_creation_date_time: Some(time(self.created)),
            backup_expiry_date_time: self.expires.map(time),
            backup_status: Some(BackupStatus::Available),
            backup_type: Some(self.kind()),
            backup_size_bytes: Some(self.bytes),
        }
    }
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

/// The state that a backup is of, by the mark that it left at the items.
pub(crate) fn cut(kept: &Reader<'_>, id: &str) -> Result<Option<Cut>, Error> {
    let mark = kept.get(layout::mark(id))?;
    Ok(mark.map(|mark| Cut::Version(mark.version.number())))
}

/// The id of a new backup: when it is made, and something random.
pub(crate) fn id(now: i64, random: u32) -> String {
    format!("{now:014}-{random:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_like_those_of_aws() {
        assert_eq!(id(1_576_616_366_715, 0xb4e5_8d3a), "01576616366715-b4e58d3a");
    }
}
