use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Field, Inventory,
    cell::{Cell, Column, Kind},
};
use crate::{
    Error,
    facts::BucketFacts,
    listing::Version,
    records::{Content, Head, Kept, Mode},
};

/// Keys are listed in URL encoding.
const KEYS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/');

/// A list that is being written.
pub(crate) struct Listing<'a> {
    pub(crate) facts: &'a BucketFacts,
    pub(crate) inventory: &'a Inventory,
}

impl Listing<'_> {
    /// The columns, in their order.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let column = |name: &str, kind, required| Column { name: name.to_owned(), kind, required };
        let mut columns = vec![column("Bucket", Kind::Text, true), column("Key", Kind::Text, true)];
        if self.inventory.versions {
            columns.push(column("VersionId", Kind::Text, false));
            columns.extend(["IsLatest", "IsDeleteMarker"].map(|name| column(name, Kind::Flag, false)));
        }
        columns.extend(self.inventory.fields.iter().map(|field| column(&field.name(), kind(*field), false)));
        columns
    }

    /// One version's row; `None` where it is not listed.
    pub(crate) fn row(&self, version: &Version) -> Result<Option<Vec<Cell>>, Error> {
        let prefix = self.inventory.filter.as_deref().unwrap_or_default();
        let head = version.kept.head();
        if !version.key.starts_with(prefix)
            || (!self.inventory.versions && (head.is_none() || !version.is_latest))
        {
            return Ok(None);
        }
        let key = utf8_percent_encode(&version.key, KEYS).to_string();
        let mut row = vec![Cell::text(&*self.facts.name), Cell::text(key)];
        if self.inventory.versions {
            let id = version.kept.id();
            row.push(if id.is_null() { Cell::Empty } else { Cell::Text(id.to_string()) });
            row.push(Cell::Flag(version.is_latest));
            row.push(Cell::Flag(head.is_none()));
        }
        for field in &self.inventory.fields {
            row.push(self.told(*field, &version.kept)?);
        }
        Ok(Some(row))
    }

    /// What a list says of a version.
    fn told(&self, field: Field, kept: &Kept) -> Result<Cell, Error> {
        if let (Kept::Marker(marker), Field::LastModifiedDate) = (kept, field) {
            return Ok(Cell::Moment(marker.modified_ms));
        }
        let Some(head) = kept.head() else { return Ok(Cell::Empty) };
        Ok(match field {
            Field::Size => Cell::Number(i64::try_from(head.size).unwrap_or(i64::MAX)),
            Field::LastModifiedDate => Cell::Moment(head.modified_ms),
            Field::ETag => Cell::text(head.etag.to_string().trim_matches('"')),
            Field::StorageClass => Cell::Text(head.class.word().to_string()),
            Field::IsMultipartUploaded => Cell::Flag(matches!(head.content, Content::Parts { .. })),
            Field::ReplicationStatus => {
                head.status()?.map_or(Cell::Empty, |status| Cell::text(status.word()))
            }
            Field::EncryptionStatus => Cell::text(encryption(head)),
            Field::ObjectLockRetainUntilDate => {
                head.lock.retention.map_or(Cell::Empty, |retention| Cell::Moment(retention.until_ms))
            }
            Field::ObjectLockMode => Cell::text(mode(head)),
            Field::ObjectLockLegalHoldStatus => {
                head.lock.hold.map_or(Cell::Empty, |on| Cell::text(if on { "On" } else { "Off" }))
            }
            Field::BucketKeyStatus => Cell::text(bucket_key(head)),
            Field::ChecksumAlgorithm => head
                .checksum
                .map_or(Cell::Empty, |stored| Cell::Text(stored.checksum.algorithm().word().to_string())),
            Field::ObjectOwner => Cell::Text(
                head.rights()?
                    .map_or_else(|| self.facts.owner.canonical_id.clone(), |(owner, _)| owner.canonical_id),
            ),
        })
    }
}

fn kind(field: Field) -> Kind {
    match field {
        Field::Size => Kind::Number,
        Field::LastModifiedDate | Field::ObjectLockRetainUntilDate => Kind::Moment,
        Field::IsMultipartUploaded => Kind::Flag,
        _ => Kind::Text,
    }
}

fn encryption(head: &Head) -> &'static str {
    match &head.kms {
        Some(kms) if kms.dual => "DSSE-KMS",
        Some(_) => "SSE-KMS",
        None if head.customer_key.is_some() => "SSE-C",
        None => "SSE-S3",
    }
}

fn bucket_key(head: &Head) -> &'static str {
    if head.kms.as_ref().is_some_and(|kms| kms.bucket_key) { "ENABLED" } else { "DISABLED" }
}

fn mode(head: &Head) -> &'static str {
    match head.lock.retention.map(|retention| retention.mode) {
        Some(Mode::Governance) => "GOVERNANCE",
        Some(Mode::Compliance) => "COMPLIANCE",
        None => "",
    }
}
