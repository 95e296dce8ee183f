//! A table that changes at random, and what it was at every backup and at every time.

use std::collections::BTreeMap;

use kurodo_keys::SecretKey;
use kurodo_store::{CoreDoor, Key, Scan, Store, StoreOptions};
use proptest::prelude::*;

use super::{Continuous, Cut, History, KnownPast, Noting, page};
use crate::{
    attribute::{Attribute, Item, Type, encode},
    backup::cut,
    definition::{Definition, KeyAttribute, KeySchema, sample},
    encryption::{Crossing, TableKey},
    items::{Written, get},
    layout::{self, Past, Shelf},
};

/// Microseconds of a second.
const SECOND: u64 = 1_000_000;
/// When it begins: shortly before a day ends.
const BEGIN: u64 = 19_999 * 24 * 3600 * SECOND - 8 * SECOND;

#[derive(Debug, Clone)]
enum Step {
    Put(u8, u16),
    Delete(u8),
    Backup,
    Forget(u8),
    /// The table goes some way under its key, or away from it.
    Cross,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8, any::<u16>()).prop_map(|(key, value)| Step::Put(key, value)),
        3 => (0..4_u8).prop_map(Step::Delete),
        2 => Just(Step::Backup),
        1 => any::<u8>().prop_map(Step::Forget),
        4 => Just(Step::Cross),
    ]
}

type State = BTreeMap<Vec<u8>, Item>;

struct World {
    _dir: tempfile::TempDir,
    store: Store,
    door: CoreDoor,
    time: u64,
    now: State,
    /// Whether the table is under its key.
    sealed: bool,
    /// What it is read and written with while it is on its way, and how far that is.
    under_way: Option<(Crossing, TableKey, Vec<u8>)>,
    key: TableKey,
    /// What each is of, and whether the table was under its key.
    backups: Vec<(String, State, bool)>,
    times: Vec<(u64, State)>,
}

fn item(key: u8, value: u16) -> (Key, Item) {
    let schema = KeySchema::new(KeyAttribute { name: "h".into(), kind: Type::S }, None);
    let number = Attribute::Number(value.to_string().parse().unwrap());
    let item = Item::from([("h".into(), Attribute::String(key.to_string())), ("v".into(), number)]);
    (layout::item(&schema, &item).unwrap(), item)
}

fn opened() -> TableKey {
    TableKey::opened(&SecretKey::from_bytes([1; 32]))
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::from_bytes([7; 32]);
        let (store, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
        let (now, backups, times) = (State::new(), Vec::new(), Vec::new());
        let (sealed, under_way, key) = (false, None, opened());
        Self { _dir: dir, store, door, time: BEGIN, now, sealed, under_way, key, backups, times }
    }

    fn under(&self, sealed: bool) -> &TableKey {
        if sealed { &self.key } else { TableKey::none() }
    }

    fn table(&self) -> &TableKey {
        self.under_way.as_ref().map_or_else(|| self.under(self.sealed), |(_, table, _)| table)
    }

    /// The table begins to cross, is written otherwise, or has a piece stored anew; after the last one it has arrived.
    async fn cross(&mut self) {
        let Some((crossing, table, at)) = self.under_way.take() else {
            let crossing = Crossing::new(!self.sealed, 0);
            self.under_way = Some((crossing, opened().within(Some(crossing)), Vec::new()));
            return;
        };
        if let Some(next) = crossing.next(0) {
            self.under_way = Some((next, opened().within(Some(next)), at));
            return;
        }
        let definition = Definition { indexes: Vec::new(), ..sample() };
        let time = self.tick();
        match crate::ops::anew(&self.door, (&definition, &table), time, &at).await.unwrap() {
            Some(next) => self.under_way = Some((crossing, table, next)),
            None => self.sealed = crossing.enters,
        }
    }

    /// Some time passes: sometimes none of a second, sometimes more than one.
    fn tick(&mut self) -> u64 {
        self.time += if self.time.is_multiple_of(3) { SECOND * 3 / 2 + 1 } else { 7 };
        self.time
    }

    async fn keep(&mut self, change: impl FnOnce(&mut History)) {
        let writer = self.door.write();
        let noting = Noting::read(&writer).unwrap();
        let mut history = noting.history.clone();
        change(&mut history);
        let mut transaction = writer.transaction();
        noting.replace(&mut transaction, &history).unwrap();
        transaction.commit().await.unwrap();
    }

    async fn write(&mut self, key: Key, new: Option<Item>) {
        let time = self.tick();
        let writer = self.door.write();
        let noting = Noting::read(&writer).unwrap();
        let table = self.table();
        let (old, version) = get(&writer, table, &key).unwrap().unzip();
        let mut transaction = writer.transaction();
        noting.expect(&mut transaction);
        match &new {
            Some(item) => transaction.put(&key, table.seal(&key, item).unwrap()),
            None => transaction.delete(&key),
        };
        let written = Written { old, version, new: new.clone() };
        noting.note(&writer, time, &mut transaction, &key, (&written, table)).unwrap();
        transaction.commit().await.unwrap();
        match new {
            Some(item) => self.now.insert(key.to_vec(), item),
            None => self.now.remove(&key[..]),
        };
        self.times.push((time, self.now.clone()));
    }

    async fn back_up(&mut self) {
        if self.under_way.is_some() {
            return;
        }
        let id = format!("{}", self.tick());
        self.keep(|history| history.backups += 1).await;
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.put(layout::mark(&id), Vec::new());
        transaction.commit().await.unwrap();
        self.backups.push((id, self.now.clone(), self.sealed));
    }

    async fn forget(&mut self, which: u8) {
        if self.backups.is_empty() {
            return;
        }
        let (id, ..) = self.backups.remove(usize::from(which) % self.backups.len());
        self.keep(|history| history.backups -= 1).await;
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.delete(layout::mark(&id));
        transaction.commit().await.unwrap();
        crate::ops::prune_all(&self.door, &id).await.unwrap();
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Put(key, value) => {
                let (key, item) = item(key, value);
                self.write(key, Some(item)).await;
            }
            Step::Delete(key) => self.write(item(key, 0).0, None).await,
            Step::Backup => self.back_up().await,
            Step::Forget(which) => self.forget(which).await,
            Step::Cross => self.cross().await,
        }
    }

    /// The whole state, in pages of two, as it opens with this key.
    fn read(&self, cut: Cut, table: &TableKey) -> State {
        let (mut state, mut after) = (State::new(), None::<Vec<u8>>);
        loop {
            let now = i64::try_from(self.time / 1000).unwrap();
            let found = page(&self.door.read(), cut, after.as_deref(), 2, now).unwrap();
            for (key, record) in found.items {
                let item = table.open(&key, &record).unwrap();
                state.insert(key, item);
            }
            if !found.more {
                return state;
            }
            after = found.last;
        }
    }

    fn at(&self, ms: u64) -> State {
        let before = self.times.iter().rev().find(|(time, _)| *time <= ms * 1000);
        before.map(|(_, state)| state.clone()).unwrap_or_default()
    }

    fn check(&self) {
        for (id, state, sealed) in &self.backups {
            let cut = cut(&self.door.read(), id).unwrap().unwrap();
            assert_eq!(&self.read(cut, self.under(*sealed)), state, "backup {id}");
        }
    }
}

fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn backups_stay_what_they_were(steps in proptest::collection::vec(step(), 1..40)) {
        run(async {
            let mut world = World::new();
            for step in steps {
                world.step(step).await;
            }
            world.check();
            if world.backups.is_empty() {
                let kept = world.door.read().scan(&Scan::within(Past::Kept.all())).unwrap();
                assert!(kept.is_empty(), "what no backup is of is kept");
            }
        });
    }

    #[test]
    fn every_second_can_be_recovered(steps in proptest::collection::vec(step(), 1..40)) {
        run(async {
            let mut world = World::new();
            world.keep(|history| history.continuous = Some(Continuous { since: 0, days: 35 })).await;
            for step in steps {
                world.step(step).await;
            }
            world.check();
            while world.under_way.is_some() {
                world.cross().await;
            }
            world.check();
            let (from, to) = (BEGIN / SECOND * 1000, world.time / SECOND * 1000 + 1000);
            for ms in (from..=to).step_by(1000) {
                let cut = Cut::Time(i64::try_from(ms).unwrap());
                assert_eq!(world.read(cut, world.under(world.sealed)), world.at(ms), "at {ms}");
            }
        });
    }
}

#[test]
fn what_is_out_of_time_is_swept_away() {
    run(async {
        let mut world = World::new();
        world.keep(|history| history.continuous = Some(Continuous { since: 0, days: 1 })).await;
        for value in 0..4 {
            world.step(Step::Put(1, value)).await;
        }
        world.time += 3 * 24 * 3600 * SECOND;
        world.step(Step::Put(2, 1)).await;
        world.step(Step::Put(2, 2)).await;
        let left = world.door.read().scan(&Scan::within(Past::journal())).unwrap();
        assert_eq!(left.len(), 2);
        assert_eq!(world.door.read().scan(&Scan::within(Shelf::Items.all())).unwrap().len(), 2);
    });
}

/// A change that is made up now and committed later.
fn later<'w>(writer: &'w kurodo_store::Writer<'_>, past: &super::Known) -> kurodo_store::Transaction<'w> {
    let mut transaction = writer.transaction();
    past.expect(&mut transaction);
    transaction.put(item(1, 1).0, encode(&item(1, 1).1));
    transaction
}

#[test]
fn writes_look_at_what_is_kept_only_when_that_has_changed() {
    run(async {
        let mut world = World::new();
        let (known, reads) = (KnownPast::default(), std::cell::Cell::new(0));
        let now = |world: &World| {
            let reader = || {
                reads.set(reads.get() + 1);
                world.door.read()
            };
            known.now(&world.store, reader).unwrap()
        };
        for value in 0..10 {
            assert!(!now(&world).noting().looks());
            world.step(Step::Put(1, value)).await;
        }
        assert_eq!(reads.get(), 1);
        world.step(Step::Backup).await;
        for _ in 0..10 {
            assert!(now(&world).noting().looks());
        }
        assert_eq!(reads.get(), 2);
    });
}

#[test]
fn a_write_on_its_way_does_not_miss_a_backup_that_begins() {
    run(async {
        let mut world = World::new();
        let known = KnownPast::default();
        let before = known.now(&world.store, || world.door.read()).unwrap();
        world.step(Step::Backup).await;
        let writer = world.door.write();
        let missed = later(&writer, &before).commit().await;
        assert!(missed.is_err_and(|error| error.conflict().is_some()));
        let now = known.now(&world.store, || world.door.read()).unwrap();
        later(&writer, &now).commit().await.unwrap();
    });
}
