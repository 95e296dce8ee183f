use kurodo_store::{Key, Reader, Version};

use crate::{
    Error,
    attribute::{Item, decode},
    plan::Lookup,
};

/// The item of this key, and the version of its record.
pub(crate) fn get(reader: &Reader<'_>, key: &Key) -> Result<Option<(Item, Version)>, Error> {
    let Some(record) = reader.get(key)? else { return Ok(None) };
    Ok(Some((decode(&record.value)?, record.version)))
}

/// What a lookup finds: the whole item, and what of it was asked for.
pub(crate) fn found(reader: &Reader<'_>, lookup: &Lookup) -> Result<Option<(Item, Option<Item>)>, Error> {
    let Some((item, _)) = get(reader, &lookup.key.stored)? else { return Ok(None) };
    let part = lookup.projection.as_ref().map(|projection| projection.apply(&item));
    Ok(Some((item, part)))
}
