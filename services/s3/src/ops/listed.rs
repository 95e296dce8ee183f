//! What the two ways of listing objects share.

use crate::{
    Error,
    acl::shown_owner,
    checksum::Stored,
    facts::BucketFacts,
    listing::{Encoding, Item},
    model::{CommonPrefix, Object},
    records::{Head, Ownership},
    times,
};

/// The objects of a page.
pub(super) fn contents(
    items: &[Item],
    encoding: Encoding,
    owner: Option<&BucketFacts>,
) -> Result<Option<Vec<Object>>, Error> {
    let objects =
        items.iter().map(|item| object(item, encoding, owner)).collect::<Result<Vec<_>, Error>>()?;
    Ok((!objects.is_empty()).then_some(objects))
}

fn object(item: &Item, encoding: Encoding, facts: Option<&BucketFacts>) -> Result<Object, Error> {
    let head = Head::read(&item.record)?;
    let owner = match facts {
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
        restore_status: None,
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
