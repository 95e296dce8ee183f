//! What the installation keeps of itself, in records that no service reaches.

use kurodo_store::{CoreDoor, KeyBuilder};

use crate::certificates::Authority;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The namespace of the installation's own records.
const NAMESPACE: u8 = 4;

/// The certificate authority; made at the first start.
pub(crate) async fn authority(door: &CoreDoor) -> Result<Authority, Fault> {
    let key = KeyBuilder::new(NAMESPACE).part("authority").build();
    if let Some(found) = door.read().get(&key)? {
        return Ok(serde_json::from_slice(&found.value)?);
    }
    let authority = Authority::create()?;
    let writer = door.write();
    let mut transaction = writer.transaction();
    transaction.expect_absent(&key).put(&key, serde_json::to_vec(&authority)?);
    transaction.commit().await?;
    Ok(authority)
}
