use std::cell::Cell;

use kurodo_store::KeyBuilder;

use super::*;

fn place() -> Place {
    (1, KeyBuilder::relative().byte(b'i').build())
}

/// A collection that is written to, and how often it was measured.
struct World {
    all: Collections,
    stored: Cell<u64>,
    measured: Cell<u32>,
}

impl World {
    fn new(limit: u64, stored: u64) -> Self {
        Self { all: Collections::new(limit), stored: Cell::new(stored), measured: Cell::new(0) }
    }

    fn admit(&self, hold: &mut Hold<'_>, old: u64, new: u64) -> bool {
        let measure = || {
            self.measured.set(self.measured.get() + 1);
            Ok(self.stored.get())
        };
        hold.admit_sizes(place(), old, new, measure).is_ok()
    }

    /// A write that meets no other one; whether it was let through.
    fn write(&self, old: u64, new: u64) -> bool {
        let mut hold = self.all.hold();
        if !self.admit(&mut hold, old, new) {
            return false;
        }
        hold.sent();
        self.stored.set(self.stored.get() + new - old);
        hold.done();
        true
    }
}

#[test]
fn a_collection_grows_to_its_limit_and_no_further() {
    let world = World::new(100, 40);
    assert!(world.write(0, 50));
    assert!(!world.write(0, 11));
    assert!(world.write(0, 10), "exactly the limit");
    assert!(!world.write(5, 6), "an update that grows");
    assert!(world.write(10, 10) && world.write(10, 4), "what does not grow is always let through");
    assert!(world.write(0, 6) && !world.write(0, 1));
    assert_eq!(world.stored.get(), 100);
    assert!(world.measured.get() <= 3, "{}", world.measured.get());
}

#[test]
fn refusing_does_not_measure_again_and_again() {
    let world = World::new(100, 99);
    (0..1000).for_each(|_| assert!(!world.write(0, 5)));
    assert!(world.measured.get() <= 2, "{}", world.measured.get());
    assert!(world.write(0, 1));
}

#[test]
fn one_that_is_too_large_already_only_shrinks() {
    let world = World::new(100, 500);
    assert!(!world.write(0, 1) && world.write(300, 0) && !world.write(0, 1));
    assert!(world.write(150, 0) && world.write(0, 50) && !world.write(0, 1));
}

#[test]
fn writes_under_way_count_and_those_that_fail_do_not() {
    let world = World::new(100, 0);
    let (mut first, mut second) = (world.all.hold(), world.all.hold());
    assert!(world.admit(&mut first, 0, 60));
    assert!(!world.admit(&mut second, 0, 60));
    first.undone();
    drop(second);
    assert!(world.write(0, 100) && !world.write(0, 1));
}

#[test]
fn what_may_have_been_done_counts_until_it_is_measured() {
    let world = World::new(100, 0);
    assert!(world.write(0, 10));
    let mut hold = world.all.hold();
    assert!(world.admit(&mut hold, 0, 60));
    hold.sent();
    drop(hold);
    let before = world.measured.get();
    assert!(world.write(0, 80), "it was not done, as measuring tells");
    assert_eq!(world.measured.get(), before + 1);
}

#[test]
fn what_is_forgotten_is_measured_again_but_not_what_is_under_way() {
    let world = World::new(100, 0);
    let mut hold = world.all.hold();
    assert!(world.admit(&mut hold, 0, 60));
    for other in 0..=MOST as u64 {
        let mut hold = world.all.hold();
        hold.admit_sizes((other + 2, KeyBuilder::relative().build()), 0, 1, || Ok(0)).unwrap();
        hold.done();
    }
    assert!(world.all.lock().len() <= MOST);
    assert!(!world.write(0, 60));
    hold.done();
    world.stored.set(60);
    assert!(!world.write(0, 60) && world.write(0, 40));
}

/// At random times writes begin, are stored, and end, and others measure: what is remembered is never less than what
/// is stored, and never by more than the slack too much.
#[test]
fn what_is_remembered_is_never_too_little() {
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let world = World::new(u64::MAX / 2, 10_000);
    let (mut under_way, mut measures) = (Vec::new(), Vec::new());
    for _ in 0..100_000 {
        match next(7) {
            0 | 1 => {
                let (adds, takes) = if next(2) == 0 { (next(50), 0) } else { (0, next(50)) };
                under_way.push((world.all.begin(place(), adds, takes), false));
            }
            2 | 3 if !under_way.is_empty() => {
                let at = usize::try_from(next(under_way.len() as u64)).unwrap();
                let (part, stored) = &mut under_way[at];
                if !*stored && world.stored.get() + part.adds >= part.takes {
                    world.stored.set(world.stored.get() + part.adds - part.takes);
                    *stored = true;
                }
            }
            4 | 5 if !under_way.is_empty() => {
                let (part, stored) =
                    under_way.swap_remove(usize::try_from(next(under_way.len() as u64)).unwrap());
                let known = if stored { Outcome::Done } else { Outcome::Undone };
                world.all.end(&part, if next(10) == 0 { Outcome::Unknown } else { known });
            }
            _ if measures.len() < 3 && next(2) == 0 => {
                if let Some(known) = world.all.lock().get_mut(&place()) {
                    known.begin();
                    measures.push(None);
                }
            }
            _ => match measures.iter_mut().find(|measured| measured.is_none()) {
                Some(measured) => *measured = Some(world.stored.get()),
                None => {
                    if let (Some(measured), Some(known)) =
                        (measures.pop(), world.all.lock().get_mut(&place()))
                    {
                        known.end(measured.filter(|_| next(20) > 0));
                    }
                }
            },
        }
        let all = world.all.lock();
        let Some(known) = all.get(&place()) else { continue };
        let Some(bytes) = known.bytes else { continue };
        assert!(bytes >= world.stored.get(), "{known:?} {}", world.stored.get());
        let slack = known.slack + known.lost + known.pending + takes_under_way(&under_way);
        assert!(bytes.saturating_sub(slack) <= world.stored.get(), "{known:?} {}", world.stored.get());
    }
}

fn takes_under_way(under_way: &[(Part, bool)]) -> u64 {
    under_way.iter().map(|(part, _)| part.takes).sum()
}

/// A table with a local index by `r` that has `v`, and a global one.
fn definition() -> Definition {
    let key = |hash: &str, range: &str| serde_json::json!({"hash": {"name": hash, "kind": "S"}, "range": {"name": range, "kind": "S"}});
    let throughput = serde_json::json!({"read": 0, "write": 0, "decreases_today": 0});
    let index = |number: u32, global: bool, key: serde_json::Value| {
        serde_json::json!({"number": number, "name": "index", "global": global, "key": key,
            "projected": {"Include": ["v"]}, "throughput": throughput})
    };
    let whole = serde_json::json!({"id": "id", "contents": 1, "created": 0, "attributes": [], "key": key("h", "s"),
        "on_demand": true, "throughput": throughput, "protected": false, "tags": [], "next_index": 2,
        "indexes": [index(0, false, key("h", "r")), index(1, true, key("s", "h"))]});
    serde_json::from_value(whole).unwrap()
}

fn item(pairs: &[(&str, &str)]) -> Item {
    pairs.iter().map(|(name, value)| ((*name).into(), Attribute::String((*value).into()))).collect()
}

#[tokio::test]
async fn a_collection_is_its_items_and_their_copies_in_local_indexes() {
    let definition = definition();
    let bare = item(&[("h", "a"), ("s", "1"), ("other", "four")]);
    assert_eq!(weight(&definition, &bare), 2 + 2 + 9, "it is not in the local index");
    let copied = item(&[("h", "a"), ("s", "2"), ("r", "x"), ("v", "three"), ("other", "four")]);
    assert_eq!(weight(&definition, &copied), (2 + 2 + 2 + 6 + 9) + (2 + 2 + 2 + 6));

    let dir = tempfile::tempdir().unwrap();
    let key = kurodo_keys::SecretKey::from_bytes([7; 32]);
    let (_store, door) =
        kurodo_store::Store::open(dir.path(), &key, &kurodo_store::StoreOptions::default()).unwrap();
    let (writer, other) = (door.write(), item(&[("h", "ab"), ("s", "1")]));
    let mut transaction = writer.transaction();
    for item in [&bare, &copied, &other] {
        let key = crate::layout::item(&definition.key, item).unwrap();
        transaction.put(key, crate::attribute::encode(item));
    }
    transaction.commit().await.unwrap();
    let bytes = |partition: &str| {
        measure(&door.read(), (&definition, TableKey::none()), &Attribute::String(partition.into())).unwrap()
    };
    assert_eq!((bytes("a"), bytes("ab"), bytes("b")), (13 + 33, 5, 0));
}
