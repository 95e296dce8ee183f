use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Field, Inventory};
use crate::{
    Error,
    facts::BucketFacts,
    listing::Version,
    records::{Content, Head, Kept, Mode},
    times,
};

/// Keys are listed in URL encoding.
const KEYS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/');

/// A list that is being written.
pub(crate) struct Listing<'a> {
    pub(crate) facts: &'a BucketFacts,
    pub(crate) inventory: &'a Inventory,
}

impl Listing<'_> {
    /// The names of the columns, as manifests say them.
    pub(crate) fn schema(&self) -> String {
        let versions: &[&str] =
            if self.inventory.versions { &["VersionId", "IsLatest", "IsDeleteMarker"] } else { &[] };
        let names = ["Bucket", "Key"].into_iter().chain(versions.iter().copied()).map(str::to_owned);
        names.chain(self.inventory.fields.iter().map(|field| field.name())).collect::<Vec<_>>().join(", ")
    }

    /// One version's row; `None` where it is not listed.
    pub(crate) fn row(&self, version: &Version) -> Result<Option<String>, Error> {
        let prefix = self.inventory.filter.as_deref().unwrap_or_default();
        let head = version.kept.head();
        if !version.key.starts_with(prefix)
            || (!self.inventory.versions && (head.is_none() || !version.is_latest))
        {
            return Ok(None);
        }
        let key = utf8_percent_encode(&version.key, KEYS).to_string();
        let mut columns = vec![self.facts.name.clone(), key];
        if self.inventory.versions {
            let id = version.kept.id();
            columns.push(if id.is_null() { String::new() } else { id.to_string() });
            columns.push(version.is_latest.to_string());
            columns.push(head.is_none().to_string());
        }
        for field in &self.inventory.fields {
            columns.push(self.told(*field, &version.kept)?);
        }
        let quoted: Vec<_> =
            columns.iter().map(|column| format!("\"{}\"", column.replace('"', "\"\""))).collect();
        Ok(Some(quoted.join(",") + "\n"))
    }

    /// What a list says of a version; nothing where there is nothing to say.
    fn told(&self, field: Field, kept: &Kept) -> Result<String, Error> {
        if let (Kept::Marker(marker), Field::LastModifiedDate) = (kept, field) {
            return Ok(moment(marker.modified_ms));
        }
        let Some(head) = kept.head() else { return Ok(String::new()) };
        Ok(match field {
            Field::Size => head.size.to_string(),
            Field::LastModifiedDate => moment(head.modified_ms),
            Field::ETag => head.etag.to_string().trim_matches('"').to_owned(),
            Field::StorageClass => head.class.word().to_string(),
            Field::IsMultipartUploaded => matches!(head.content, Content::Parts { .. }).to_string(),
            Field::ReplicationStatus => {
                head.status()?.map(|status| status.word().to_owned()).unwrap_or_default()
            }
            Field::EncryptionStatus => encryption(head).to_owned(),
            Field::ObjectLockRetainUntilDate => {
                head.lock.retention.map(|retention| moment(retention.until_ms)).unwrap_or_default()
            }
            Field::ObjectLockMode => mode(head).to_owned(),
            Field::ObjectLockLegalHoldStatus => match head.lock.hold {
                Some(true) => "On".to_owned(),
                Some(false) => "Off".to_owned(),
                None => String::new(),
            },
            Field::BucketKeyStatus => bucket_key(head).to_owned(),
            Field::ChecksumAlgorithm => {
                head.checksum.map(|stored| stored.checksum.algorithm().word().to_string()).unwrap_or_default()
            }
            Field::ObjectOwner => head
                .rights()?
                .map_or_else(|| self.facts.owner.canonical_id.clone(), |(owner, _)| owner.canonical_id),
        })
    }
}

fn moment(ms: i64) -> String {
    times::exact(ms).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
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
