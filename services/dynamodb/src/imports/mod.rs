//! Imports of tables from S3, as they are stored and as AWS describes them.
//!
//! An import reads S3 in the name of whoever asked for it, piece by piece; see [`crate::exports`].
//!
//! Source: DynamoDB API Reference, "ImportTableDescription"; Developer Guide, "DynamoDB data import from Amazon S3: how
//! it works".

mod csv;
mod json;
mod lines;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use lines::{UNPACKED, chunk, lines, unzipped};

use crate::{
    Error,
    attribute::Item,
    definition::{Definition, parameters},
    error::DamagedTable,
    model::{
        CsvOptions, ImportStatus, ImportSummary, ImportTableDescription, InputCompressionType, InputFormat,
        InputFormatOptions, S3BucketSource,
    },
    names::ImportName,
};

/// For how long an import is told of, in milliseconds: 90 days.
///
/// Source: DynamoDB API Reference, ListImports.
const TOLD: i64 = 90 * 24 * 3600 * 1000;
/// For how long a client token is valid, in milliseconds: 8 hours.
///
/// Source: DynamoDB API Reference, ImportTable.
const TOKEN: i64 = 8 * 3600 * 1000;

/// An import.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Import {
    /// The table as it was made.
    pub(crate) definition: Definition,
    pub(crate) source: Source,
    /// The key of KMS that the table was asked to be under, as it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms: Option<String>,
    pub(crate) token: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub(crate) began: i64,
    /// When it ended.
    pub(crate) ended: Option<i64>,
    /// Why it failed: a code and a message.
    pub(crate) failure: Option<(String, String)>,
    /// The object that is being read.
    pub(crate) at: Option<Object>,
    /// The key of the last object that was read.
    pub(crate) after: Option<String>,
    /// Lines that were read.
    pub(crate) processed: i64,
    /// Lines that became items.
    pub(crate) imported: i64,
    /// Bytes that were read, after decompression.
    pub(crate) bytes: i64,
}

/// Where items come from, and in which form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) owner: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) form: Form,
    pub(crate) zipped: bool,
}

/// How a line says what an item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    Json,
    Csv {
        delimiter: char,
        /// The names of the fields, where no file says them in its first line.
        names: Option<Vec<String>>,
    },
}

/// An object that is being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) size: u64,
    /// Bytes of it that were read, after decompression.
    pub(crate) offset: u64,
    /// The names of its fields, as its first line says them.
    pub(crate) names: Option<Vec<String>>,
}

impl Import {
    /// The import of a record.
    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| DamagedTable("(an import)".to_owned()).into())
    }

    /// The record of the import.
    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| DamagedTable("(an import)".to_owned()).into())
    }

    /// Whether there is something to do.
    pub(crate) fn is_due(&self, now: i64) -> bool {
        self.ended.is_none() || self.is_forgotten(now)
    }

    /// Whether nobody is told of it any more.
    pub(crate) fn is_forgotten(&self, now: i64) -> bool {
        self.ended.is_some_and(|ended| ended.saturating_add(TOLD) < now)
    }

    /// Whether a request with this token, now, asks for this import.
    pub(crate) fn is_by(&self, token: Option<&str>, now: i64) -> bool {
        token.is_some() && self.token.as_deref() == token && now < self.began.saturating_add(TOKEN)
    }

    /// The items of a line, each of them none where it is none that the table can hold; a line that names fields has
    /// no items.
    pub(crate) fn items(&mut self, line: &[u8]) -> Vec<Option<Item>> {
        match &self.source.form {
            Form::Json => json::items(line),
            Form::Csv { .. } => self.fields(line).into_iter().collect(),
        }
    }

    /// The item of a line of fields; nothing where it names them.
    fn fields(&mut self, line: &[u8]) -> Option<Option<Item>> {
        match &self.source.form {
            Form::Json => None,
            Form::Csv { delimiter, names } => {
                let here = self.at.as_mut().map(|object| &mut object.names);
                let fields = csv::fields(line, *delimiter);
                match (names.as_ref(), here) {
                    (Some(names), _) => Some(csv::item(names, fields?, &self.definition)),
                    (None, Some(Some(names))) => Some(csv::item(names, fields?, &self.definition)),
                    (None, Some(first)) => {
                        *first = Some(fields.unwrap_or_default());
                        None
                    }
                    (None, None) => None,
                }
            }
        }
    }

    fn status(&self) -> ImportStatus {
        match (self.ended, &self.failure) {
            (None, _) => ImportStatus::InProgress,
            (Some(_), None) => ImportStatus::Completed,
            (Some(_), Some(_)) => ImportStatus::Failed,
        }
    }

    fn bucket(&self) -> S3BucketSource {
        let Source { bucket, owner, prefix, .. } = self.source.clone();
        S3BucketSource { s3_bucket: bucket, s3_bucket_owner: owner, s3_key_prefix: prefix }
    }

    fn format(&self) -> (InputFormat, Option<InputFormatOptions>) {
        match &self.source.form {
            Form::Json => (InputFormat::DynamodbJson, None),
            Form::Csv { delimiter, names } => {
                let csv = CsvOptions { delimiter: Some(delimiter.to_string()), header_list: names.clone() };
                (InputFormat::Csv, Some(InputFormatOptions { csv: Some(csv) }))
            }
        }
    }

    /// The line of a listing.
    pub(crate) fn summary(&self, place: &ImportName) -> ImportSummary {
        ImportSummary {
            import_arn: Some(place.arn()),
            import_status: Some(self.status()),
            table_arn: Some(place.table.arn()),
            s3_bucket_source: Some(self.bucket()),
            cloud_watch_log_group_arn: None,
            input_format: Some(self.format().0),
            start_time: time(self.began),
            end_time: self.ended.and_then(time),
        }
    }

    /// The description.
    pub(crate) fn describe(&self, place: &ImportName) -> ImportTableDescription {
        let ((format, options), zipped) = (self.format(), self.source.zipped);
        let (failure_code, failure_message) = self.failure.clone().unzip();
        let compression = if zipped { InputCompressionType::Gzip } else { InputCompressionType::None };
        ImportTableDescription {
            import_arn: Some(place.arn()),
            import_status: Some(self.status()),
            table_arn: Some(place.table.arn()),
            table_id: Some(self.definition.id.clone()),
            client_token: self.token.clone(),
            s3_bucket_source: Some(self.bucket()),
            error_count: Some(self.processed - self.imported),
            input_format: Some(format),
            input_format_options: options,
            input_compression_type: Some(compression),
            table_creation_parameters: Some(parameters(&self.definition, &place.table.name)),
            start_time: time(self.began),
            end_time: self.ended.and_then(time),
            processed_size_bytes: Some(self.bytes),
            processed_item_count: Some(self.processed),
            imported_item_count: Some(self.imported),
            failure_code,
            failure_message,
            ..ImportTableDescription::default()
        }
    }
}

fn time(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}
