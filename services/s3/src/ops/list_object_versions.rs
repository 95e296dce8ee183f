use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    listed::{count, prefixes, restore_status, restored_at},
};
use crate::{
    Error, S3,
    acl::shown_owner,
    checksum::Stored,
    facts::BucketFacts,
    listing::{Ask, Encoding, Start, Version, behind, page_length, walk_versions},
    model::{DeleteMarkerEntry, ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion, op},
    records::{Head, Kept, Marker, Owner, Ownership, VersionId, Wanted},
    resources::Bucket,
    times,
};

impl Handler<op::ListObjectVersions> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::ListObjectVersions>,
    ) -> Answer<op::ListObjectVersions> {
        let Authorized { input, permits: permit, call, .. } = call;
        let (facts, encoding) = (permit.resource().facts()?, Encoding::new(input.encoding_type));
        let most = page_length("max-keys", input.max_keys)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.as_deref();
        let reader = self.store.read(&permit);
        let (start, older) = start(&input, &prefix, permit.resource(), &reader)?;
        let ask = Ask { prefix: &prefix, delimiter, start, most, ..Ask::default() };
        let page = walk_versions(&reader, &[], &ask, older.as_ref())?;

        let restored = restored_at(input.optional_object_attributes.as_ref(), call.now_ms);
        let (mut versions, mut markers) = (Vec::new(), Vec::new());
        for version in &page.versions {
            match &version.kept {
                Kept::Object(head) => {
                    let restore_status = restore_status(head, restored);
                    versions.push(ObjectVersion { restore_status, ..shown(version, head, encoding, facts)? });
                }
                Kept::Marker(marker) => markers.push(shown_marker(version, marker, encoding, facts)),
            }
        }
        let (next_key, next_id) = match &page.next {
            Some((Start::AfterKey(key) | Start::AfterPrefix(key), id)) => (Some(key.as_str()), *id),
            _ => (None, None),
        };
        Ok(ListObjectVersionsOutput {
            is_truncated: Some(page.next.is_some()),
            key_marker: Some(encoding.text(input.key_marker.as_deref().unwrap_or_default())),
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            next_key_marker: next_key.map(|key| encoding.text(key)),
            next_version_id_marker: next_id.map(|id| id.to_string()),
            versions: (!versions.is_empty()).then_some(versions),
            delete_markers: (!markers.is_empty()).then_some(markers),
            name: Some(facts.name.clone()),
            prefix: Some(encoding.text(&prefix)),
            delimiter: encoding.optional(input.delimiter.as_ref()),
            max_keys: count(most),
            common_prefixes: prefixes(&page.prefixes, encoding),
            encoding_type: encoding.word(),
            request_charged: permit.resource().charged(),
        }
        .into())
    }
}

/// Where the page begins: behind a key, or behind one of its versions. The null version is looked up; where there is
/// none any more, the key has been listed.
fn start(
    input: &ListObjectVersionsInput,
    prefix: &str,
    bucket: &Bucket,
    reader: &kurodo_store::Reader<'_>,
) -> Result<(Start, Option<VersionId>), Error> {
    const NAME: &str = "version-id-marker";
    let key = input.key_marker.as_deref().filter(|key| !key.is_empty());
    let Some(text) = &input.version_id_marker else {
        let start = key.map_or(Start::Beginning, |key| behind(key, prefix, input.delimiter.as_deref()));
        return Ok((start, None));
    };
    let Some(key) = key else {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(Error::argument(NAME, text, message));
    };
    let id = match Wanted::read(NAME, text)? {
        Wanted::Exactly(id) => Some(id),
        Wanted::Null => bucket.null_version(reader, key)?,
    };
    Ok((Start::AfterKey(key.to_owned()), id))
}

fn shown(
    version: &Version,
    head: &Head,
    encoding: Encoding,
    facts: &BucketFacts,
) -> Result<ObjectVersion, Error> {
    let kept = if facts.ownership() == Ownership::Enforced { None } else { head.rights()? };
    Ok(ObjectVersion {
        e_tag: Some(head.etag.to_string()),
        checksum_algorithm: head.checksum.map(|Stored { checksum, .. }| vec![checksum.algorithm().word()]),
        checksum_type: head.checksum.map(|stored| stored.kind.word()),
        size: i64::try_from(head.size).ok(),
        storage_class: head.class.of_version(),
        key: Some(encoding.text(&version.key)),
        version_id: Some(head.id.to_string()),
        is_latest: Some(version.is_latest),
        last_modified: Some(times::shown(head.modified_ms)),
        owner: Some(shown_owner(kept.as_ref().map_or(&facts.owner, |(owner, _)| owner))),
        restore_status: None,
    })
}

fn shown_marker(
    version: &Version,
    marker: &Marker,
    encoding: Encoding,
    facts: &BucketFacts,
) -> DeleteMarkerEntry {
    let kept: Option<&Owner> = marker.owner.as_ref().filter(|_| facts.ownership() != Ownership::Enforced);
    DeleteMarkerEntry {
        owner: Some(shown_owner(kept.unwrap_or(&facts.owner))),
        key: Some(encoding.text(&version.key)),
        version_id: Some(marker.id.to_string()),
        is_latest: Some(version.is_latest),
        last_modified: Some(times::shown(marker.modified_ms)),
    }
}
