use std::fmt::Write as _;

use kurodo_gateway::{Answered, Call};
use kurodo_policy::PrincipalKind;

use crate::{facts::BucketFacts, times};

/// What a line says that does not follow from the request alone.
pub(super) struct Line<'a> {
    pub(super) operation: &'a str,
    /// The key as it came, in URL encoding.
    pub(super) key: Option<&'a str>,
    /// It is about the source of a copy.
    pub(super) is_source: bool,
}

/// What is not known, or does not apply.
const NONE: &str = "-";

/// A request in the format of S3's access logs.
///
/// Source: S3 User Guide, "Amazon S3 server access log format".
pub(super) fn write(facts: &BucketFacts, answered: &Answered<'_>, line: &Line<'_>) -> String {
    let (call, head) = (answered.call, &answered.call.head);
    let mut text = String::with_capacity(512);
    let at = times::shown(call.now_ms).strftime("[%d/%b/%Y:%H:%M:%S +0000]");
    let (owner, bucket) = (&facts.owner.canonical_id, &facts.name);
    let source = call.source().map_or_else(|| NONE.to_owned(), |address| address.to_string());
    let (requester, id) = (requester(call), call.request_id());
    let key = line.key.unwrap_or(NONE);
    let _ = write!(text, "{owner} {bucket} {at} {source} {requester} {id} {} {key} ", line.operation);
    let uri = request_uri(call);
    let (status, error) = (answered.status, answered.error.unwrap_or(NONE));
    let (sent, size) = sizes(answered, line);
    let ms = answered.milliseconds();
    let _ = write!(text, "\"{uri}\" {status} {error} {sent} {size} {ms} {ms} ");
    let (referer, agent) = (quoted(head.header("referer")), quoted(head.header("user-agent")));
    let version = version(answered, line);
    let _ = write!(text, "\"{referer}\" \"{agent}\" {version} {id} ");
    let (signature, authentication) = (signature(call), authentication(call));
    let (tls, cipher) = call.tls().unwrap_or((NONE, None));
    let host = field(head.authority());
    let by_list = if answered.by_list { "Yes" } else { NONE };
    let cipher = cipher.unwrap_or(NONE);
    let point = facts.gate.as_ref().map_or(NONE, |point| &point.arn);
    let _ = writeln!(text, "{signature} {cipher} {authentication} {host} {tls} {point} {by_list} -");
    text
}

/// A user or a session by its ARN, everybody else who signs by the account's canonical id.
fn requester(call: &Call) -> &str {
    let principal = &call.caller.principal;
    match principal.kind {
        PrincipalKind::Anonymous => NONE,
        PrincipalKind::Root => principal.canonical_id.as_deref().unwrap_or(NONE),
        _ => &principal.arn,
    }
}

/// The request's first line, without what signs it.
fn request_uri(call: &Call) -> String {
    let head = &call.head;
    let kept: Vec<_> = head.query().split('&').filter(|pair| !is_secret(pair)).collect();
    let query = kept.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let (method, path, version) = (head.method(), head.path(), head.version());
    quoted(Some(&format!("{method} {path}{mark}{query} {version:?}")))
}

fn is_secret(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair);
    ["X-Amz-Signature", "X-Amz-Security-Token", "Signature"].iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Bytes sent, and the size of the object.
fn sizes(answered: &Answered<'_>, line: &Line<'_>) -> (String, String) {
    let or_none = |bytes: Option<u64>| bytes.map_or_else(|| NONE.to_owned(), |bytes| bytes.to_string());
    let is_head = answered.call.head.method().as_str() == "HEAD";
    let sent = Some(answered.bytes_out).filter(|bytes| *bytes > 0 && !is_head && !line.is_source);
    let size = match answered.operation {
        _ if answered.error.is_some() => None,
        "GetObject" | "HeadObject" => header(answered, "content-range")
            .and_then(|range| range.rsplit('/').next()?.parse().ok())
            .or_else(|| header(answered, "content-length")?.parse().ok())
            .or(Some(answered.bytes_out)),
        "PutObject" | "UploadPart" => decoded(answered),
        _ => None,
    };
    (or_none(sent), or_none(size))
}

/// The length of the content, without what frames its pieces.
fn decoded(answered: &Answered<'_>) -> Option<u64> {
    let head = &answered.call.head;
    let given = head.header("x-amz-decoded-content-length").or_else(|| head.header("content-length"));
    given.map_or(Some(answered.bytes_in), |length| length.parse().ok())
}

fn header<'f>(answered: &'f Answered<'_>, name: &str) -> Option<&'f str> {
    answered.headers.get(name)?.to_str().ok()
}

/// The version that the request made or named.
fn version<'f>(answered: &'f Answered<'_>, line: &Line<'_>) -> &'f str {
    let name = if line.is_source { "x-amz-copy-source-version-id" } else { "x-amz-version-id" };
    let named = || {
        let mut pairs = answered.call.head.query().split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == "versionId").map(|(_, version)| version)
    };
    header(answered, name).or_else(|| named().filter(|_| !line.is_source)).unwrap_or(NONE)
}

fn known<'c>(call: &'c Call, key: &str) -> Option<&'c str> {
    call.context.get(key)?.single()
}

fn signature(call: &Call) -> &'static str {
    match known(call, "s3:signatureversion") {
        Some("AWS") => "SigV2",
        Some(_) => "SigV4",
        None => NONE,
    }
}

fn authentication(call: &Call) -> &'static str {
    match known(call, "s3:authType") {
        Some("REST-HEADER") => "AuthHeader",
        Some("REST-QUERY-STRING") => "QueryString",
        _ => NONE,
    }
}

/// A text that ends where the field ends: whoever sends a request writes no lines of his own.
fn quoted(text: Option<&str>) -> String {
    text.unwrap_or(NONE).replace('"', "%22")
}

fn field(text: &str) -> String {
    if text.is_empty() { NONE.to_owned() } else { text.replace(['"', ' '], "_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_a_request_is_not_written_down() {
        assert!(
            is_secret("X-Amz-Signature=ab") && is_secret("Signature=x") && is_secret("x-amz-security-token")
        );
        assert!(!is_secret("X-Amz-Credential=ab") && !is_secret("versionId=3"));
    }

    #[test]
    fn a_field_ends_where_it_ends() {
        assert_eq!(quoted(Some("a\" 200 - \"b")), "a%22 200 - %22b");
        assert_eq!(quoted(None), "-");
        assert_eq!(field("a b"), "a_b");
    }
}
