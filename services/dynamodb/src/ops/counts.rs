//! About how many items there are.

use kurodo_keys::OVERHEAD;
use kurodo_store::{Reader, Scan};

use crate::{
    Error,
    attribute::{decode, item_size},
    definition::{Counts, Definition, Index},
    layout::Shelf,
};

/// So many items are counted. From how far they reach among the hashes of partition keys follows about how many
/// there are.
const COUNTED: usize = 4096;

/// The count of a table's items, or of an index's: exact for few, and about right for many. Of a table under a key of KMS the
/// bytes are those of the sealed records, for nobody opens it to be counted.
pub(super) fn count(
    reader: &Reader<'_>,
    definition: &Definition,
    index: Option<&Index>,
) -> Result<Counts, Error> {
    let shelf = index.map_or(Shelf::Items, |index| Shelf::Index(index.number));
    let prefix = shelf.all();
    let (mut items, mut bytes, mut last) = (0_u64, 0_u64, None);
    for record in reader.cursor(&Scan::within(&prefix))?.take(COUNTED + 1) {
        let record = record?;
        if items == COUNTED as u64 {
            last = record.key.get(prefix.len()..).and_then(|rest| rest.first_chunk().copied());
            break;
        }
        items += 1;
        bytes += match definition.protection {
            None => item_size(&decode(&record.value)?),
            Some(_) => record.value.len().saturating_sub(OVERHEAD),
        } as u64;
    }
    let whole = |part: u64| match last {
        None => part,
        Some(hash) => {
            let reached = u64::from(u32::from_be_bytes(hash)).max(1);
            u64::try_from(u128::from(part) * (1 << 32) / u128::from(reached)).unwrap_or(part)
        }
    };
    let shown = |number: u64| i64::try_from(whole(number)).unwrap_or(i64::MAX);
    Ok(Counts { items: shown(items), bytes: shown(bytes) })
}
