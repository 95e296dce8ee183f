//! What the two ways of listing objects share.

use crate::{
    Error,
    acl::shown_owner,
    checksum::Stored,
    facts::BucketFacts,
    listing::{Encoding, Item},
    model::{CommonPrefix, Object, OptionalObjectAttributes, RestoreStatus},
    records::{Head, Ownership},
    times,
};

/// What more is shown of the objects of a list.
#[derive(Clone, Copy)]
pub(super) struct Shows<'a> {
    /// Their owners, by the bucket that they are in.
    pub(super) owners: Option<&'a BucketFacts>,
    /// How far they are restored at this time, in milliseconds since 1970.
    pub(super) restored: Option<i64>,
}

/// The time for which a request asks how far objects are restored, if it does.
///
/// Source: S3 API Reference, `ListObjectsV2`, "x-amz-optional-object-attributes".
pub(super) fn restored_at(asked: Option<&Vec<OptionalObjectAttributes>>, now_ms: i64) -> Option<i64> {
    asked.is_some_and(|asked| asked.contains(&OptionalObjectAttributes::RestoreStatus)).then_some(now_ms)
}

/// How far an object is restored, where that is shown.
pub(super) fn restore_status(head: &Head, restored: Option<i64>) -> Option<RestoreStatus> {
    head.restored?.listed(restored?)
}

/// The objects of a page.
pub(super) fn contents(
    items: &[Item],
    encoding: Encoding,
    shows: Shows<'_>,
) -> Result<Option<Vec<Object>>, Error> {
    let objects =
        items.iter().map(|item| object(item, encoding, shows)).collect::<Result<Vec<_>, Error>>()?;
    Ok((!objects.is_empty()).then_some(objects))
}

fn object(item: &Item, encoding: Encoding, shows: Shows<'_>) -> Result<Object, Error> {
    let head = Head::read(&item.record)?;
    let owner = match shows.owners {
        Some(facts) if facts.ownership() != Ownership::Enforced => {
            Some(head.rights()?.map_or_else(|| facts.owner.clone(), |(owner, _)| owner))
        }
        Some(facts) => Some(facts.owner.clone()),
        None => None,
    };
    Ok(Object {
        key: Some(encoding.text(&item.key)),
        last_modified: Some(times::shown(head.modified_ms)),
        e_tag: Some(head.etag.to_string()),
        checksum_algorithm: head.checksum.map(|Stored { checksum, .. }| vec![checksum.algorithm().word()]),
        checksum_type: head.checksum.map(|stored| stored.kind.word()),
        size: i64::try_from(head.size).ok(),
        storage_class: Some(head.class.listed()),
        owner: owner.as_ref().map(shown_owner),
        restore_status: restore_status(&head, shows.restored),
    })
}

/// The common prefixes of a page.
pub(super) fn prefixes(prefixes: &[String], encoding: Encoding) -> Option<Vec<CommonPrefix>> {
    let shown = prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(encoding.text(prefix)) });
    (!prefixes.is_empty()).then(|| shown.collect())
}

/// A count, for a reply.
pub(super) fn count(count: usize) -> Option<i32> {
    i32::try_from(count).ok()
}
