use std::collections::HashSet;

use kurodo_store::{
    CoreDoor, KeyParser, Scan,
    blobs::BlobId,
};

use crate::{
    Error, layout,
    records::{Content, Head, Part, PartList},
};

/// The blobs that objects and uploads refer to, for the sweep that removes all others.
///
/// # Errors
/// When the records cannot be read, or one of them is damaged: nothing must be removed then.
pub fn live_blobs(door: &CoreDoor) -> Result<HashSet<BlobId>, Error> {
    let reader = door.read();
    let mut live = HashSet::new();
    for record in reader.cursor(&Scan::within([layout::OBJECTS]))? {
        let record = record?;
        match behind(&record.key, 0) {
            0 => {
                if let Content::Blob(blob) = Head::read(&record.value)?.content {
                    live.insert(blob.id());
                }
            }
            _ => live.extend(PartList::read(&record.value)?.iter().map(|entry| entry.blob.id())),
        }
    }
    for record in reader.cursor(&Scan::within([layout::UPLOADS]))? {
        let record = record?;
        if behind(&record.key, UPLOAD) > 0 {
            live.insert(Part::read(&record.value)?.blob.id());
        }
    }
    Ok(live)
}

/// Bytes of an upload's id in a key.
const UPLOAD: usize = 16;

/// Bytes of a whole key that are behind the object's or upload's own key.
fn behind(key: &[u8], tail: usize) -> usize {
    let mut parser = KeyParser::new(key);
    let own = parser.byte().and_then(|_| parser.number()).and_then(|_| parser.number()).and_then(|_| parser.part());
    let Ok(_) = own else { return 0 };
    let mut left = 0;
    while parser.byte().is_ok() {
        left += 1;
    }
    left - tail.min(left)
}
