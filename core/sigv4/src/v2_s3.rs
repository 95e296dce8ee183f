//! The string that S3's older signature signs.

use std::collections::BTreeMap;

use crate::{
    canonical::write_folded,
    encoding::{decode, pairs},
    error::AuthError,
    head::Head,
};

/// The parameters that the signature covers, in order.
const SIGNED: [&str; 33] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
];

/// The parameters that may ride along unsigned: they carry the authentication, or only page a listing.
/// Any other is refused, because a stranger could have added it.
const UNSIGNED: [&str; 18] = [
    "AWSAccessKeyId",
    "Expires",
    "Signature",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "marker",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
];

/// The fields that a presigned query carries in place of headers, and the signed sub-resources.
#[derive(Default)]
struct Query {
    fields: BTreeMap<String, Vec<u8>>,
    resource: Vec<(String, Option<Vec<u8>>)>,
}

impl Query {
    fn read(query: &str) -> Result<Self, AuthError> {
        let mut found = Self::default();
        let mut loose = Vec::new();
        for piece in query.split('&').filter(|piece| !piece.is_empty()) {
            let has_value = piece.contains('=');
            let (name, value) = pairs(piece).next().unwrap_or_default();
            let name = String::from_utf8_lossy(&decode(name, true)).into_owned();
            let value = decode(value, true).into_owned();
            if name.starts_with("x-amz-") || name == "content-md5" || name == "content-type" {
                if found.fields.insert(name.clone(), value).is_some() {
                    loose.push(name);
                }
            } else if SIGNED.contains(&name.as_str()) {
                found.resource.push((name, has_value.then_some(value)));
            } else if !UNSIGNED.contains(&name.as_str()) {
                loose.push(name);
            }
        }
        found.resource.sort();
        if loose.is_empty() { Ok(found) } else { Err(AuthError::HeadersNotSigned { names: loose }) }
    }
}

/// The string to sign. `expires` is given when the authentication is in the query; `bucket` when the
/// bucket is in the host name.
pub(crate) fn text(
    head: &Head<'_>,
    expires: Option<i64>,
    bucket: Option<&str>,
) -> Result<Vec<u8>, AuthError> {
    let query = Query::read(head.query)?;
    let fields = fields(head, &query)?;
    let mut text = head.method.as_str().as_bytes().to_vec();
    for name in ["content-md5", "content-type", "date"] {
        text.push(b'\n');
        match (name, expires) {
            ("date", Some(expires)) => text.extend_from_slice(expires.to_string().as_bytes()),
            ("date", None) if fields.contains_key("x-amz-date") => {}
            _ => text.extend_from_slice(fields.get(name).map(Vec::as_slice).unwrap_or_default()),
        }
    }
    text.push(b'\n');
    for (name, value) in fields.iter().filter(|(name, _)| name.starts_with("x-amz-")) {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    write_resource(head, &query, bucket, &mut text);
    Ok(text)
}

/// The fields that are signed, from the header and the query; a field in both is refused.
fn fields(head: &Head<'_>, query: &Query) -> Result<BTreeMap<String, Vec<u8>>, AuthError> {
    let mut all = query.fields.clone();
    for name in head.headers.keys().map(http::HeaderName::as_str) {
        if !(name.starts_with("x-amz-") || matches!(name, "content-md5" | "content-type" | "date")) {
            continue;
        }
        let mut joined = Vec::new();
        for (index, value) in head.headers.get_all(name).iter().enumerate() {
            if index > 0 {
                joined.push(b',');
            }
            write_folded(value.as_bytes(), &mut joined);
        }
        if all.insert(name.to_owned(), joined).is_some() {
            return Err(AuthError::HeadersNotSigned { names: vec![name.to_owned()] });
        }
    }
    Ok(all)
}

/// A bucket's path with the slash at its end. Clients that have moved from bucket names in paths to such in host names
/// sign it so, whatever they send: `/bucket` and `/bucket/` are one thing.
pub(crate) fn closed(path: &str, bucket: Option<&str>) -> Option<String> {
    let name = path.strip_prefix('/').filter(|name| bucket.is_none() && !name.is_empty())?;
    (!name.contains('/')).then(|| format!("{path}/"))
}

fn write_resource(head: &Head<'_>, query: &Query, bucket: Option<&str>, text: &mut Vec<u8>) {
    if let Some(bucket) = bucket {
        text.push(b'/');
        text.extend_from_slice(bucket.as_bytes());
    }
    text.extend_from_slice(if head.path.is_empty() { b"/" } else { head.path.as_bytes() });
    for (index, (name, value)) in query.resource.iter().enumerate() {
        text.push(if index == 0 { b'?' } else { b'&' });
        text.extend_from_slice(name.as_bytes());
        if let Some(value) = value {
            text.push(b'=');
            text.extend_from_slice(value);
        }
    }
}
