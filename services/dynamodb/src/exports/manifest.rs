//! The manifests of an export.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB table export output format", "Manifest files".

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::{Export, What};
use crate::names::ExportName;

/// The MD5 of a content in base64, as checksums beside manifests have it.
pub(crate) fn checksum(content: &[u8]) -> String {
    BASE64.encode(Md5::digest(content))
}

/// The manifest of the data files: a line for each.
pub(crate) fn files_manifest(export: &Export) -> Vec<u8> {
    let lines = export.files.iter().map(|file| {
        json!({
            "itemCount": file.items,
            "md5Checksum": file.md5,
            "etag": file.etag,
            "dataFileS3Key": file.key,
        })
    });
    lines.flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

/// The manifest of the export, which ends now.
pub(crate) fn summary_manifest(export: &Export, place: &ExportName, now: i64) -> Vec<u8> {
    let wanted = &export.wanted;
    let mut summary = json!({
        "version": "2020-06-30",
        "exportArn": place.arn(),
        "startTime": time(export.began),
        "endTime": time(now),
        "tableArn": place.table.arn(),
        "tableId": export.table,
        "exportTime": time(wanted.what.until()),
        "s3Bucket": wanted.bucket,
        "s3Prefix": wanted.prefix,
        "s3SseAlgorithm": wanted.algorithm().as_str(),
        "s3SseKmsKeyId": wanted.key(),
        "manifestFilesS3Key": export.files_key(&place.id),
        "billedSizeBytes": export.bytes,
        "itemCount": export.items(),
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    });
    if let (What::Changes { from, to, old }, Some(members)) = (wanted.what, summary.as_object_mut()) {
        members.remove("exportTime");
        members.insert("version".into(), "2023-08-01".into());
        members.insert("exportFromTime".into(), time(from));
        members.insert("exportToTime".into(), time(to));
        members.insert("exportType".into(), "INCREMENTAL_EXPORT".into());
        let view = if old { "NEW_AND_OLD_IMAGES" } else { "NEW_IMAGE" };
        members.insert("outputView".into(), view.into());
    }
    summary.to_string().into_bytes()
}

/// Such as `2020-11-04T07:28:34.028Z`.
fn time(ms: i64) -> Value {
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exports::{File, sample},
        names::TableName,
    };

    fn place() -> ExportName {
        let table = TableName {
            region: "us-east-1".parse().unwrap(),
            account: "123456789012".parse().unwrap(),
            name: "t".into(),
        };
        ExportName { table, id: "01604474914028-0a1b2c3d".into() }
    }

    #[test]
    fn a_manifest_lists_its_files_line_by_line() {
        let mut export = sample(What::Full { at: 1 });
        let file = File { key: "k".into(), items: 2, md5: "m".into(), etag: "e".into() };
        export.files = vec![file.clone(), file];
        let line = r#"{"itemCount":2,"md5Checksum":"m","etag":"e","dataFileS3Key":"k"}"#;
        assert_eq!(files_manifest(&export), format!("{line}\n{line}\n").into_bytes());
        assert_eq!(checksum(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
    }

    #[test]
    fn a_summary_tells_of_its_export() {
        let read = |export: &Export| -> Value {
            serde_json::from_slice(&summary_manifest(export, &place(), export.began)).unwrap()
        };
        let full = read(&sample(What::Full { at: 1_604_474_914_000 }));
        assert_eq!(full["startTime"], "2020-11-04T07:28:34.028Z");
        assert_eq!(full["exportTime"], "2020-11-04T07:28:34.000Z");
        assert_eq!(full["manifestFilesS3Key"], "p/AWSDynamoDB/01604474914028-0a1b2c3d/manifest-files.json");
        assert!(full.get("outputView").is_none());
        let changes = read(&sample(What::Changes { from: 0, to: 1000, old: true }));
        assert_eq!(
            (&changes["version"], &changes["exportToTime"]),
            (&json!("2023-08-01"), &json!("1970-01-01T00:00:01.000Z"))
        );
        assert_eq!(changes["outputView"], "NEW_AND_OLD_IMAGES");
    }
}
