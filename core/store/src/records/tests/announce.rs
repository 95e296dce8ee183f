use kurodo_keys::SecretKey;

use super::super::{CoreDoor, Expectation, Store, StoreOptions, Transaction};
use crate::StoreError;

/// Any first byte.
const BELL: u8 = 9;

async fn committed(transaction: Transaction<'_>) -> Result<(), Expectation> {
    match transaction.commit().await {
        Err(StoreError::Conflict(conflict)) => Err(conflict.expectation),
        other => {
            other.unwrap();
            Ok(())
        }
    }
}

async fn relying(door: &CoreDoor, generation: u64) -> Result<(), Expectation> {
    let writer = door.write();
    let mut transaction = writer.transaction();
    transaction.expect_unwritten(BELL, generation).put([1], "");
    committed(transaction).await
}

#[tokio::test]
async fn what_is_announced_outdates_what_relied_on_it() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::from_bytes([1; 32]);
    let (store, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
    let before = store.generation(BELL);
    assert_eq!(relying(&door, before).await, Ok(()));
    let writer = door.write();
    let mut transaction = writer.transaction();
    transaction.announce(BELL);
    committed(transaction).await.unwrap();
    assert_eq!(relying(&door, before).await, Err(Expectation::Unwritten));
    assert_eq!(relying(&door, store.generation(BELL)).await, Ok(()));
}

#[tokio::test]
async fn it_is_outdated_within_the_same_batch_too() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::from_bytes([1; 32]);
    let (store, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
    for _ in 0..100 {
        let (writer, generation) = (door.write(), store.generation(BELL));
        let (mut first, mut second) = (writer.transaction(), writer.transaction());
        let mut other = writer.transaction();
        other.announce(BELL);
        first.put([2], "").join(other);
        second.expect_unwritten(BELL, generation).put([1], "");
        // Whether or not they are committed together, the second comes after the first.
        let (first, second) = tokio::join!(committed(first), committed(second));
        assert_eq!((first, second), (Ok(()), Err(Expectation::Unwritten)));
    }
}
