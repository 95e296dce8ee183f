use kurodo_keys::SecretKey;

use super::super::{Place, Scan, Store, StoreOptions, Version};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn appended_records_stand_in_the_order_of_commits_and_of_changes() {
    let dir = tempfile::tempdir().unwrap();
    let open =
        || Store::open(dir.path(), &SecretKey::from_bytes([1; 32]), &StoreOptions::default()).unwrap().1;
    let door = open();
    let found = |door: &super::super::CoreDoor| -> Vec<(Place, Vec<u8>)> {
        let records = door.read().scan(&Scan::within(b"log")).unwrap();
        records.iter().map(|one| (Place::of(&one.key).unwrap(), one.value.to_vec())).collect()
    };

    let writer = door.write();
    let (mut first, mut second) = (writer.transaction(), writer.transaction());
    second.append(b"log", "second");
    first.append(b"log", "first").put(b"other", "").append(b"log", "after it");
    let first = run(first.commit()).unwrap().version;
    let second = run(second.commit()).unwrap().version;

    let place = |version: Version, change| Place { version, change };
    let expected = vec![
        (place(first, 0), b"first".to_vec()),
        (place(first, 2), b"after it".to_vec()),
        (place(second, 0), b"second".to_vec()),
    ];
    assert_eq!(found(&door), expected);

    // Places only grow, also after the store was closed.
    drop(writer);
    drop(door);
    let door = open();
    let writer = door.write();
    let mut third = writer.transaction();
    third.append(b"log", "third");
    run(third.commit()).unwrap();
    assert!(found(&door).is_sorted() && found(&door).len() == 4);
}
