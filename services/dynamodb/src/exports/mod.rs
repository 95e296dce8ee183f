//! Exports of tables to S3, as they are stored and as AWS describes them.
//!
//! An export is made piece by piece by a chore, but written to S3 in the name of whoever asked for it, so that no export
//! puts anything where its caller could not. What the caller may do is known only to the process that took the request:
//! an export that a restart interrupts has failed.
//!
//! Source: DynamoDB API Reference, "ExportDescription"; Developer Guide, "DynamoDB data export to Amazon S3: how it
//! works".

mod files;
mod json;
mod manifest;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use kurodo_authz::Caller;
use serde::{Deserialize, Serialize};

pub(crate) use files::{DataFile, File};
pub(crate) use json::{change_line, item_line};
pub(crate) use manifest::{checksum, files_manifest, summary_manifest};

use crate::{
    Error,
    definition::KeySchema,
    encryption::Protection,
    error::DamagedTable,
    history::Restore,
    model::{
        ExportDescription, ExportFormat, ExportStatus, ExportSummary, ExportType, ExportViewType,
        IncrementalExportSpecification, S3SseAlgorithm,
    },
    names::ExportName,
};

/// For how long an export is told of, in milliseconds: 90 days.
///
/// Source: DynamoDB API Reference, ListExports.
const TOLD: i64 = 90 * 24 * 3600 * 1000;
/// For how long a client token is valid, in milliseconds: 8 hours.
///
/// Source: DynamoDB API Reference, ExportTableToPointInTime.
const TOKEN: i64 = 8 * 3600 * 1000;

/// An export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Export {
    /// Where the table's items lie.
    pub(crate) contents: u64,
    /// The table's id.
    pub(crate) table: String,
    pub(crate) key: KeySchema,
    /// The key of KMS that the table was under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protection: Option<Protection>,
    /// What was asked for.
    pub(crate) wanted: Wanted,
    /// When it began, in milliseconds since 1970.
    pub(crate) began: i64,
    /// When it ended.
    pub(crate) ended: Option<i64>,
    /// Why it failed: a code and a message.
    pub(crate) failure: Option<(String, String)>,
    /// Whether it is known that the bucket can be written.
    pub(crate) started: bool,
    /// The last key that was looked at.
    pub(crate) after: Option<Vec<u8>>,
    /// What was written.
    pub(crate) files: Vec<File>,
    /// Bytes of items, as capacity counts them.
    pub(crate) bytes: i64,
}

/// What of a table is exported where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) what: What,
    pub(crate) token: Option<String>,
    pub(crate) bucket: String,
    /// The account that owns the bucket.
    pub(crate) owner: Option<String>,
    pub(crate) prefix: Option<String>,
    /// The key of KMS that protects the files; the account's own for S3 where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms: Option<String>,
}

impl Wanted {
    /// The key of KMS that was named.
    pub(crate) fn key(&self) -> Option<&String> {
        self.kms.as_ref().filter(|key| !key.is_empty())
    }

    /// How the files are encrypted.
    pub(crate) fn algorithm(&self) -> S3SseAlgorithm {
        if self.kms.is_some() { S3SseAlgorithm::Kms } else { S3SseAlgorithm::Aes256 }
    }
}

/// What of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    /// All of it, as it was at this time, in milliseconds since 1970.
    Full { at: i64 },
    /// The items that were written after a time, up to another one; and what they were before, if that is wanted.
    Changes { from: i64, to: i64, old: bool },
}

impl What {
    /// The last time of which something is exported.
    pub(crate) fn until(self) -> i64 {
        match self {
            Self::Full { at } => at,
            Self::Changes { to, .. } => to,
        }
    }

    /// The first one.
    fn since(self) -> i64 {
        match self {
            Self::Full { at } => at,
            Self::Changes { from, .. } => from,
        }
    }
}

impl Export {
    /// The export of a record.
    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| DamagedTable("(an export)".to_owned()).into())
    }

    /// The record of the export.
    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| DamagedTable("(an export)".to_owned()).into())
    }

    /// What it keeps of the table's past until it has ended.
    pub(crate) fn hold(&self, id: &str) -> Restore {
        Restore { table: id.to_owned(), backup: None, at: self.wanted.what.since() }
    }

    /// Whether there is something to do: the time is over that is exported, or nobody is told of it any more.
    pub(crate) fn is_due(&self, now: i64) -> bool {
        match self.ended {
            None => self.wanted.what.until() < now,
            Some(_) => self.is_forgotten(now),
        }
    }

    /// Whether there will be something to do before long.
    pub(crate) fn waits(&self, now: i64) -> bool {
        self.ended.is_none() && !self.is_due(now)
    }

    /// Whether nobody is told of it any more.
    pub(crate) fn is_forgotten(&self, now: i64) -> bool {
        self.ended.is_some_and(|ended| ended.saturating_add(TOLD) < now)
    }

    /// Whether a request with this token, now, asks for this export.
    pub(crate) fn is_by(&self, token: Option<&str>, now: i64) -> bool {
        token.is_some() && self.wanted.token.as_deref() == token && now < self.began.saturating_add(TOKEN)
    }

    /// How many items, or changes of items, it has.
    pub(crate) fn items(&self) -> i64 {
        self.files.iter().map(|file| file.items).sum()
    }

    fn status(&self) -> ExportStatus {
        match (self.ended, &self.failure) {
            (None, _) => ExportStatus::InProgress,
            (Some(_), None) => ExportStatus::Completed,
            (Some(_), Some(_)) => ExportStatus::Failed,
        }
    }

    /// Whether it is of the whole table.
    pub(crate) fn kind_is_full(&self) -> bool {
        matches!(self.wanted.what, What::Full { .. })
    }

    fn kind(&self) -> ExportType {
        match self.wanted.what {
            What::Full { .. } => ExportType::FullExport,
            What::Changes { .. } => ExportType::IncrementalExport,
        }
    }

    /// The line of a listing.
    pub(crate) fn summary(&self, place: &ExportName) -> ExportSummary {
        ExportSummary {
            export_arn: Some(place.arn()),
            export_status: Some(self.status()),
            export_type: Some(self.kind()),
        }
    }

    /// The description.
    pub(crate) fn describe(&self, place: &ExportName) -> ExportDescription {
        let (wanted, done) = (self.wanted.clone(), self.status() == ExportStatus::Completed);
        let (failure_code, failure_message) = self.failure.clone().unzip();
        ExportDescription {
            export_arn: Some(place.arn()),
            export_status: Some(self.status()),
            start_time: time(self.began),
            end_time: self.ended.and_then(time),
            export_manifest: done.then(|| self.summary_key(&place.id)),
            table_arn: Some(place.table.arn()),
            table_id: Some(self.table.clone()),
            export_time: time(self.wanted.what.until()),
            client_token: wanted.token,
            s3_bucket: Some(wanted.bucket),
            s3_bucket_owner: wanted.owner,
            s3_prefix: wanted.prefix,
            s3_sse_algorithm: Some(self.wanted.algorithm()),
            s3_sse_kms_key_id: self.wanted.key().cloned(),
            failure_code,
            failure_message,
            export_format: Some(ExportFormat::DynamodbJson),
            billed_size_bytes: done.then_some(self.bytes),
            item_count: done.then(|| self.items()),
            export_type: Some(self.kind()),
            incremental_export_specification: self.specification(),
            ..ExportDescription::default()
        }
    }

    fn specification(&self) -> Option<IncrementalExportSpecification> {
        let What::Changes { from, to, old } = self.wanted.what else { return None };
        let view = if old { ExportViewType::NewAndOldImages } else { ExportViewType::NewImage };
        Some(IncrementalExportSpecification {
            export_from_time: time(from),
            export_to_time: time(to),
            export_view_type: Some(view),
        })
    }
}

fn time(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}

/// In whose names exports under way are written and imports under way read, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Sponsors(Mutex<HashMap<String, Arc<Caller>>>);

impl Sponsors {
    /// Remembers the caller of an export or an import.
    pub(crate) fn note(&self, id: &str, caller: Arc<Caller>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), caller);
    }

    /// The caller of it, if this process took the request.
    pub(crate) fn of(&self, id: &str) -> Option<Arc<Caller>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Forgets the caller of what has ended.
    pub(crate) fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

#[cfg(test)]
pub(crate) fn sample(what: What) -> Export {
    use crate::{attribute::Type, definition::KeyAttribute};
    Export {
        contents: 1,
        table: "table-id".into(),
        key: KeySchema::new(KeyAttribute { name: "h".into(), kind: Type::S }, None),
        protection: None,
        wanted: Wanted {
            what,
            token: Some("t".into()),
            bucket: "b".into(),
            owner: None,
            prefix: Some("p/".into()),
            kms: None,
        },
        began: 1_604_474_914_028,
        ended: None,
        failure: None,
        started: false,
        after: None,
        files: Vec::new(),
        bytes: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_waits_for_its_time_and_is_forgotten_in_the_end() {
        let mut export = sample(What::Full { at: 1000 });
        assert!(export.waits(1000) && !export.is_due(1000) && export.is_due(1001));
        export.ended = Some(2000);
        assert!(!export.is_due(2000 + TOLD) && !export.waits(0) && export.is_due(2001 + TOLD));
    }

    #[test]
    fn a_token_is_good_for_eight_hours() {
        let export = sample(What::Full { at: 1000 });
        assert!(export.is_by(Some("t"), export.began + TOKEN - 1));
        assert!(!export.is_by(Some("t"), export.began + TOKEN));
        assert!(!export.is_by(Some("u"), export.began) && !export.is_by(None, export.began));
    }

    #[test]
    fn records_are_what_they_were() {
        let export = sample(What::Changes { from: 1, to: 2, old: true });
        assert_eq!(Export::read(&export.record().unwrap()).unwrap(), export);
    }
}
