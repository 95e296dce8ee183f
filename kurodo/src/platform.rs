//! What the installation keeps of itself, in records that no service reaches.

use kurodo_store::{CoreDoor, Key, KeyBuilder};

use crate::{Outcome, certificates::Authority};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The namespace of the installation's own records.
const NAMESPACE: u8 = 4;

/// The certificate authority; made at the first start.
pub(crate) async fn authority(door: &CoreDoor) -> Result<Authority, Fault> {
    if let Some(found) = found_authority(door)? {
        return Ok(found);
    }
    let (authority, key) = (Authority::create()?, record("authority"));
    let writer = door.write();
    let mut transaction = writer.transaction();
    transaction.expect_absent(&key).put(&key, serde_json::to_vec(&authority)?);
    transaction.commit().await?;
    Ok(authority)
}

/// The certificate authority, if there has been a first start.
pub(crate) fn found_authority(door: &CoreDoor) -> Result<Option<Authority>, Fault> {
    let found = door.read().get(record("authority"))?;
    Ok(found.map(|found| serde_json::from_slice(&found.value)).transpose()?)
}

/// How many entries the audit trail had when that was last noted; none before the first start.
///
/// It is noted here, too, so that a trail cannot be removed or put back to an older one as a whole.
pub(crate) fn trail(door: &CoreDoor) -> Result<Option<u64>, Fault> {
    let found = door.read().get(record("trail"))?;
    Ok(found.map(|found| serde_json::from_slice(&found.value)).transpose()?)
}

/// Notes how many entries the audit trail has; none to let a new one begin.
pub(crate) async fn note_trail(door: &CoreDoor, end: Option<u64>) -> Outcome {
    let (writer, key) = (door.write(), record("trail"));
    let mut transaction = writer.transaction();
    match end {
        Some(end) => transaction.put(&key, end.to_string()),
        None => transaction.delete(&key),
    };
    transaction.commit().await?;
    Ok(())
}

fn record(name: &str) -> Key {
    KeyBuilder::new(NAMESPACE).part(name).build()
}
