//! What the two ways of reading an object say of it.

use std::ops::Range;

use kurodo_authz::Grant;
use kurodo_gateway::Call;

use crate::{
    Error,
    checksum::Stored,
    conditions::{ReadConditions, Verdict},
    content::Customer,
    facts::BucketFacts,
    lifecycle::Facts,
    model::ServerSideEncryption,
    records::{Content, Head, KmsKey, VersionId},
    resources::Object,
    versions::{NewObject, Place},
};

/// The content type of an object that was put without one.
pub(super) const UNTYPED: &str = "binary/octet-stream";

/// The version's id, as replies show it: not at all where the bucket never kept versions.
pub(super) fn shown_version<G: Grant<Resource = Object>>(permit: &G) -> Result<Option<String>, Error> {
    let head = Object::granted(permit)?;
    Ok(permit.resource().facts().versioning.was_on().then(|| head.id.to_string()))
}

/// When the current version expires.
pub(super) fn shown_expiry<G: Grant<Resource = Object>>(permit: &G) -> Result<Option<String>, Error> {
    let placed = Object::placed(permit)?;
    match placed.kept.head().filter(|_| placed.place == Place::Current) {
        Some(head) => expiry(permit.resource(), head),
        None => Ok(None),
    }
}

/// When an object that was put expires.
pub(super) fn new_expiry(place: &Object, new: &NewObject) -> Result<Option<String>, Error> {
    if place.facts().lifecycle.is_some() { expiry(place, &new.head()?) } else { Ok(None) }
}

/// When this object at this place expires.
pub(super) fn expiry(place: &Object, head: &Head) -> Result<Option<String>, Error> {
    let Some(rules) = &place.facts().lifecycle else { return Ok(None) };
    Ok(rules.shown_expiry(Facts { key: place.key(), head })?)
}

/// The id of a version that was put: the null version's is not told.
pub(super) fn new_version(id: VersionId) -> Option<String> {
    (!id.is_null()).then(|| id.to_string())
}

/// Shows what of a version's lock the caller may see.
macro_rules! show_lock {
    ($output:expr, $head:expr, $retention:expr, $hold:expr) => {{
        if let Some(retention) = $head.lock.retention.filter(|_| $retention.flatten().is_some()) {
            $output.object_lock_mode = Some(retention.mode.into());
            $output.object_lock_retain_until_date = Some($crate::times::exact(retention.until_ms));
        }
        if let Some(on) = $head.lock.hold.filter(|_| $hold.flatten().is_some()) {
            use $crate::model::ObjectLockLegalHoldStatus::{Off, On};
            $output.object_lock_legal_hold_status = Some(if on { On } else { Off });
        }
    }};
}
pub(super) use show_lock;

/// Shows when an upload is aborted if nobody completes it.
macro_rules! show_abort {
    ($output:expr, $facts:expr, $key:expr, $initiated_ms:expr) => {
        if let Some(abort) = $facts.lifecycle.as_ref().and_then(|rules| rules.abort($key, $initiated_ms)) {
            $output.abort_date = Some($crate::times::exact(abort.at_ms));
            $output.abort_rule_id = Some(abort.rule.to_owned());
        }
    };
}
pub(super) use show_abort;

/// Fills in what is said of an object whenever it is read.
macro_rules! describe {
    ($output:expr, $input:expr, $permit:expr, $customer:expr) => {{
        let (output, head) = (&mut $output, $crate::resources::Object::granted($permit)?);
        let meta = head.meta()?;
        output.version_id = $crate::ops::described::shown_version($permit)?;
        output.storage_class = head.class.shown();
        output.replication_status =
            meta.replication.as_deref().and_then($crate::model::ReplicationStatus::parse);
        output.expiration = $crate::ops::described::shown_expiry($permit)?;
        output.accept_ranges = Some("bytes".to_owned());
        output.last_modified = Some($crate::times::shown(head.modified_ms));
        output.e_tag = Some(head.etag.to_string());
        output.content_type = $input
            .response_content_type
            .take()
            .or(meta.content_type)
            .or_else(|| Some($crate::ops::described::UNTYPED.to_owned()));
        output.cache_control = $input.response_cache_control.take().or(meta.cache_control);
        output.content_disposition = $input.response_content_disposition.take().or(meta.content_disposition);
        output.content_encoding = $input.response_content_encoding.take().or(meta.content_encoding);
        output.content_language = $input.response_content_language.take().or(meta.content_language);
        output.expires = $input.response_expires.map($crate::times::in_header).or(meta.expires);
        output.website_redirect_location = meta.website_redirect_location;
        output.metadata = (!meta.user.is_empty()).then_some(meta.user);
        $crate::ops::described::show_encryption!(output, $customer, head.kms.as_deref());
    }};
}
pub(super) use describe;

/// Says which key protects an object: the customer's, one of KMS, or one of ours.
macro_rules! show_encryption {
    ($output:expr, $customer:expr, $kms:expr) => {
        match $customer {
            Some(customer) => {
                $output.sse_customer_algorithm = Some(customer.algorithm());
                $output.sse_customer_key_md5 = Some(customer.md5());
            }
            None => $crate::ops::described::show_key!($output, $kms),
        }
    };
}
pub(super) use show_encryption;

/// The same of an object that no customer's key protects.
macro_rules! show_key {
    ($output:expr, $kms:expr) => {
        match $kms {
            Some(kms) => {
                $output.server_side_encryption = Some($crate::ops::described::algorithm(kms));
                $output.ssekms_key_id = Some(kms.arn.as_str().into());
                $output.bucket_key_enabled = kms.bucket_key.then_some(true);
            }
            None => $output.server_side_encryption = Some($crate::model::ServerSideEncryption::Aes256),
        }
    };
}
pub(super) use show_key;

/// What an object that a key of KMS protects is encrypted by.
pub(super) fn algorithm(kms: &KmsKey) -> ServerSideEncryption {
    if kms.dual { ServerSideEncryption::AwsKmsDsse } else { ServerSideEncryption::AwsKms }
}

/// Shows an object's checksum, where the request asks for it.
macro_rules! show_checksum {
    ($output:expr, $stored:expr) => {{
        if let Some(stored) = $stored {
            $crate::checksum::show!($output, stored.checksum.algorithm(), stored.text());
            $output.checksum_type = Some(stored.kind.word());
        }
    }};
}
pub(super) use show_checksum;

/// Shows a part's checksum.
macro_rules! show_part_checksum {
    ($output:expr, $checksum:expr) => {
        if let Some(checksum) = $checksum {
            $crate::checksum::show!($output, checksum.algorithm(), checksum.text());
        }
    };
}
pub(super) use show_part_checksum;

/// The conditions on the source of a copy.
macro_rules! source_conditions {
    ($input:expr) => {
        $crate::conditions::ReadConditions {
            if_match: $input.copy_source_if_match.as_deref(),
            if_none_match: $input.copy_source_if_none_match.as_deref(),
            if_modified_since: $input.copy_source_if_modified_since,
            if_unmodified_since: $input.copy_source_if_unmodified_since,
        }
    };
}
pub(super) use source_conditions;

/// What a request to read an object asks for.
pub(super) struct Reading<'a> {
    pub(super) conditions: ReadConditions<'a>,
    pub(super) range: Option<&'a str>,
    pub(super) part: Option<i32>,
    pub(super) checksum: bool,
    /// The fields of the reply's head that are to be others than the object's.
    pub(super) overrides: [(&'static str, Option<&'a str>); 5],
    /// Whether the time when it expires is.
    pub(super) expires: bool,
}

/// Reads it from an input that has all of its members.
macro_rules! reading {
    ($input:expr) => {
        $crate::ops::described::Reading {
            conditions: $crate::conditions::ReadConditions {
                if_match: $input.if_match.as_deref(),
                if_none_match: $input.if_none_match.as_deref(),
                if_modified_since: $input.if_modified_since,
                if_unmodified_since: $input.if_unmodified_since,
            },
            range: $input.range.as_deref(),
            part: $input.part_number,
            checksum: $input.checksum_mode.is_some(),
            overrides: [
                ("response-content-type", $input.response_content_type.as_deref()),
                ("response-cache-control", $input.response_cache_control.as_deref()),
                ("response-content-disposition", $input.response_content_disposition.as_deref()),
                ("response-content-encoding", $input.response_content_encoding.as_deref()),
                ("response-content-language", $input.response_content_language.as_deref()),
            ],
            expires: $input.response_expires.is_some(),
        }
    };
}
pub(super) use reading;

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Nothing: the client has the object.
    NotModified,
    /// All of it.
    Whole,
    /// A range of it.
    Range(Range<u64>),
}

impl Extent {
    /// The bytes to send.
    pub(super) fn range(&self, size: u64) -> Range<u64> {
        match self {
            Self::NotModified => 0..0,
            Self::Whole => 0..size,
            Self::Range(range) => range.clone(),
        }
    }
}

/// The lengths and checksum of a part.
pub(super) struct Part {
    pub(super) range: Range<u64>,
    pub(super) checksum: Option<Stored>,
}

impl Reading<'_> {
    /// Refuses what contradicts itself, or is not for everybody.
    pub(super) fn check(&self, call: &Call) -> Result<(), Error> {
        check_unasked(call)?;
        let mut overrides =
            self.overrides.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        let overridden = self.expires || overrides.clone().next().is_some();
        if overridden && call.caller.is_anonymous() {
            return Err(Error::InvalidRequest(
                "Request specific response headers cannot be used for anonymous GET requests.".into(),
            ));
        }
        if let Some((name, value)) = overrides.find(|(_, value)| value.chars().any(char::is_control)) {
            return Err(Error::argument(name, value, "Header value cannot be represented using ISO-8859-1."));
        }
        if self.range.is_some() && self.part.is_some() {
            return Err(Error::InvalidRequest(
                "Cannot specify both Range header and partNumber query parameter".into(),
            ));
        }
        Ok(())
    }

    /// What to send, by the conditions and the range; `part` is where the part lies that was asked for.
    pub(super) fn extent(&self, head: &Head, part: Option<&Part>) -> Result<Extent, Error> {
        if self.conditions.weigh(head)? == Verdict::NotModified {
            return Ok(Extent::NotModified);
        }
        if let Some(part) = part {
            return Ok(Extent::Range(part.range.clone()));
        }
        let range = self.range.map(|range| crate::range::requested(range, head.size)).transpose()?.flatten();
        Ok(range.map_or(Extent::Whole, Extent::Range))
    }

    /// The checksum to show.
    pub(super) fn shown_checksum(&self, head: &Head, extent: &Extent, part: Option<&Part>) -> Option<Stored> {
        match (self.checksum, part, extent) {
            (false, ..) | (_, _, Extent::NotModified) => None,
            (true, Some(part), _) => part.checksum,
            (true, None, Extent::Range(_)) => None,
            (true, None, _) => head.checksum,
        }
    }
}

/// The number of parts, as replies show it.
pub(super) fn parts_count(head: &Head) -> Option<i32> {
    match head.content {
        Content::Parts { count, .. } => Some(count.into()),
        _ => None,
    }
}

/// That the object need not be restored before it is read.
///
/// Source: S3 User Guide, "Restoring an archived object".
pub(super) fn check_readable(head: &Head, now_ms: i64) -> Result<(), Error> {
    match head.is_away(now_ms) {
        true => Err(Error::InvalidObjectState(head.class.word().to_string())),
        false => Ok(()),
    }
}

/// The same for the source of a copy.
pub(super) fn check_active(head: &Head, now_ms: i64) -> Result<(), Error> {
    if head.is_away(now_ms) { Err(Error::ObjectNotInActiveTier) } else { Ok(()) }
}

/// That the request asks for no encryption, where that was settled before.
pub(super) fn check_unasked(call: &Call) -> Result<(), Error> {
    const ENCRYPTION: &str = "x-amz-server-side-encryption";
    let Some(asked) = call.head.header(ENCRYPTION) else { return Ok(()) };
    let message = "x-amz-server-side-encryption header is not supported for this operation.";
    Err(Error::argument(ENCRYPTION, asked, message))
}

/// That the customer brought the right key, and no other.
pub(super) fn check_key(customer: Option<&Customer>, head: &Head, facts: &BucketFacts) -> Result<(), Error> {
    Customer::check_of(customer, head.customer_key.as_ref(), facts)
}
