use kurodo_store::{Reader, Record, Scan, Version};

use crate::{Error, attribute::Item, encryption::TableKey, plan::Lookup};

/// The item of this key, and the version of its record.
pub(crate) fn get(
    reader: &Reader<'_>,
    table: &TableKey,
    key: impl AsRef<[u8]>,
) -> Result<Option<(Item, Version)>, Error> {
    let Some(record) = reader.get(&key)? else { return Ok(None) };
    Ok(Some((table.open(key.as_ref(), &record.value)?, record.version)))
}

/// The most bytes of records that are looked at together.
const TOGETHER: usize = 4 << 20;

/// The first records of a scan: so many, or fewer where they are large.
pub(crate) fn some(reader: &Reader<'_>, scan: &Scan, most: usize) -> Result<Vec<Record>, Error> {
    let (mut records, mut bytes) = (Vec::new(), 0);
    for record in reader.cursor(scan)?.take(most) {
        let record = record?;
        bytes += record.key.len() + record.value.len();
        records.push(record);
        if bytes > TOGETHER {
            break;
        }
    }
    Ok(records)
}

/// What a lookup finds: the whole item, and what of it was asked for.
pub(crate) fn found(
    reader: &Reader<'_>,
    table: &TableKey,
    lookup: &Lookup,
) -> Result<Option<(Item, Option<Item>)>, Error> {
    let Some((item, _)) = get(reader, table, &lookup.key.stored)? else { return Ok(None) };
    let part = lookup.projection.as_ref().map(|projection| projection.apply(&item));
    Ok(Some((item, part)))
}
