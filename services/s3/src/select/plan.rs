use kurodo_select::{Compression, Csv, CsvOutput, Headers, Input, Json, Output, Plan, Query, SelectError};

use crate::model::{
    CSVInput, CSVOutput, CompressionType, FileHeaderInfo, InputSerialization, JSONType, OutputSerialization,
    QuoteFields, ScanRange, SelectObjectContentInput,
};

/// What a request asks of an object of this size.
///
/// # Errors
/// The code for what is missing or does not go together.
pub(crate) fn plan(input: SelectObjectContentInput, size: u64, now_ms: i64) -> Result<Plan, SelectError> {
    Ok(Plan {
        query: Query::parse(&input.expression)?,
        compression: match input.input_serialization.compression_type {
            None | Some(CompressionType::None) => Compression::None,
            Some(CompressionType::Gzip) => Compression::Gzip,
            Some(CompressionType::Bzip2) => Compression::Bzip2,
        },
        input: from(input.input_serialization, size)?,
        output: to(input.output_serialization)?,
        range: input.scan_range.map(|range| range_of(&range, size)).transpose()?,
        now_ms,
    })
}

fn from(form: InputSerialization, size: u64) -> Result<Input, SelectError> {
    match (form.csv, form.json, form.parquet) {
        (Some(csv), None, None) => Ok(Input::Csv(csv_from(csv))),
        (None, Some(json), None) => match json.r#type {
            Some(JSONType::Document) => Ok(Input::Json(Json::Document)),
            Some(JSONType::Lines) => Ok(Input::Json(Json::Lines)),
            None => Err(SelectError::MissingRequiredParameter),
        },
        (None, None, Some(_)) => Ok(Input::Parquet(size)),
        (None, None, None) => Err(SelectError::MissingRequiredParameter),
        _ => Err(SelectError::ObjectSerializationConflict),
    }
}

fn csv_from(csv: CSVInput) -> Csv {
    let usual = Csv::default();
    Csv {
        headers: match csv.file_header_info {
            None | Some(FileHeaderInfo::None) => Headers::None,
            Some(FileHeaderInfo::Ignore) => Headers::Ignore,
            Some(FileHeaderInfo::Use) => Headers::Use,
        },
        comments: csv.comments.unwrap_or(usual.comments),
        quote_escape: csv.quote_escape_character.unwrap_or(usual.quote_escape),
        record_delimiter: csv.record_delimiter.unwrap_or(usual.record_delimiter),
        field_delimiter: csv.field_delimiter.unwrap_or(usual.field_delimiter),
        quote: csv.quote_character.unwrap_or(usual.quote),
        quoted_record_delimiters: csv.allow_quoted_record_delimiter.unwrap_or(usual.quoted_record_delimiters),
    }
}

fn to(form: OutputSerialization) -> Result<Output, SelectError> {
    match (form.csv, form.json) {
        (Some(_), Some(_)) => Err(SelectError::ObjectSerializationConflict),
        (Some(csv), None) => Ok(Output::Csv(csv_to(csv))),
        (None, Some(json)) => Ok(Output::Json(json.record_delimiter.unwrap_or_else(|| "\n".into()))),
        (None, None) => Err(SelectError::MissingRequiredParameter),
    }
}

fn csv_to(csv: CSVOutput) -> CsvOutput {
    let usual = CsvOutput::default();
    CsvOutput {
        always_quote: csv.quote_fields == Some(QuoteFields::Always),
        quote_escape: csv.quote_escape_character.unwrap_or(usual.quote_escape),
        record_delimiter: csv.record_delimiter.unwrap_or(usual.record_delimiter),
        field_delimiter: csv.field_delimiter.unwrap_or(usual.field_delimiter),
        quote: csv.quote_character.unwrap_or(usual.quote),
    }
}

/// The first and the last byte at which records may begin. An end alone counts from the end of the object.
///
/// Source: S3 API Reference, SelectObjectContent, "ScanRange".
fn range_of(range: &ScanRange, size: u64) -> Result<(u64, u64), SelectError> {
    let byte = |at: i64| u64::try_from(at).map_err(|_| SelectError::InvalidScanRange);
    let (start, end) = match (range.start, range.end) {
        (None, None) => (0, u64::MAX),
        (Some(start), None) => (byte(start)?, u64::MAX),
        (None, Some(count)) => (size.saturating_sub(byte(count)?), u64::MAX),
        (Some(start), Some(end)) => (byte(start)?, byte(end)?),
    };
    if start > end || (start >= size && start > 0) {
        Err(SelectError::InvalidScanRange)
    } else {
        Ok((start, end))
    }
}
