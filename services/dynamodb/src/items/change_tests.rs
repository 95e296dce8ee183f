use kurodo_keys::SecretKey;
use kurodo_store::{Scan, Store, StoreOptions};

use super::*;
use crate::{
    attribute::Attribute,
    definition::sample,
    history::KnownPast,
    streams::{TableStream, View},
};

const WORD: &[u8] = b"the-hidden-word";

/// A table with a global index that has everything, and a stream.
fn facts(current: kurodo_store::Fact) -> TableFacts {
    let stream = TableStream { created: 0, view: View::Both, enabled: true };
    TableFacts {
        region: "us-east-1".parse().unwrap(),
        account: kurodo_arn::AccountId::new(1).unwrap(),
        name: "table".to_owned(),
        definition: Definition { stream: Some(stream), ..sample() },
        current,
        past: KnownPast::default(),
        policy: None,
    }
}

/// How many records a change writes beside the time of a shard, and how many of them show the value of an attribute.
async fn written(table: &TableKey) -> (usize, usize) {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::from_bytes([7; SecretKey::LEN]);
    let (_store, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
    let facts = facts(door.read().fact([0]).unwrap().1);
    let text = |bytes: &[u8]| Attribute::String(String::from_utf8_lossy(bytes).into_owned());
    let item: Item = [("h", text(b"a")), ("g", text(b"b")), ("v", text(WORD))]
        .map(|(name, value)| (name.into(), value))
        .into();
    let place = layout::item(&facts.definition.key, &item).unwrap();
    let writer = door.write();
    let mut transaction = writer.transaction();
    let change = Written { old: None, version: None, new: Some(item.clone()) };
    let (occasion, nothing) = (Occasion::call(1), Noting::default());
    stage(&mut transaction, &writer, (&facts, table), &place, &change, occasion, (&nothing, 1)).unwrap();
    transaction.commit().await.unwrap();
    let (found, _) = crate::items::get(&door.read(), table, &place).unwrap().unwrap();
    assert_eq!(found, item);
    let records = door.read().scan(&Scan::default()).unwrap();
    let shows = |value: &[u8]| value.windows(WORD.len()).any(|part| part == WORD);
    (records.len(), records.iter().filter(|record| shows(&record.value)).count())
}

#[tokio::test]
async fn under_a_key_no_record_of_an_item_shows_its_values() {
    assert_eq!(
        written(TableKey::none()).await,
        (3, 3),
        "the item, its copy in the index, the stream's record"
    );
    let key = TableKey::opened(&SecretKey::from_bytes([1; SecretKey::LEN]));
    assert_eq!(written(&key).await, (3, 0));
}
