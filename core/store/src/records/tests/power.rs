//! The whole store on disks that lose power, run full, or are changed by others.

use std::collections::BTreeMap;
use std::sync::Arc;

use kurodo_keys::SecretKey;
use proptest::prelude::*;

use super::super::disk::{Disk, make};
use super::super::engine::Engine;
use super::super::lock::DirLock;
use super::super::{CoreDoor, Place, Scan, StoreOptions, Version};
use crate::StoreError;
use crate::pages::Pages;
use crate::pages::tests::stand_in::{Dice, StandIn, rng};

fn key() -> SecretKey {
    SecretKey::from_bytes([5; 32])
}

/// Both files of a store.
struct Disks {
    pages: StandIn,
    journal: StandIn,
    lock: tempfile::TempDir,
}

impl Disks {
    fn new() -> Self {
        let pages = StandIn::default();
        make(Pages::create(Box::new(pages.clone()), &key()).unwrap(), &StoreOptions::default()).unwrap();
        Self { journal: pages.beside(), pages, lock: tempfile::tempdir().unwrap() }
    }

    fn open(&self) -> Result<CoreDoor, StoreError> {
        let options = StoreOptions { cache_bytes: 32 << 10, journal_bytes: 64 << 10 };
        let pages = Pages::open(Box::new(self.pages.clone()), &key())?;
        let disk = Disk::new(pages, Box::new(self.journal.clone()), &key(), &options)?;
        let lock = DirLock::take(self.lock.path())?;
        Ok(CoreDoor(Arc::new(Engine::start(disk, lock)?)))
    }

    fn after_power_cut(&self, seed: u64) -> Self {
        Self {
            pages: self.pages.after_power_cut(seed),
            journal: self.journal.after_power_cut(seed.rotate_left(7)),
            lock: tempfile::tempdir().unwrap(),
        }
    }
}

/// What the store should hold: by key, the version and the value of records and of what was appended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    records: BTreeMap<Vec<u8>, (u64, Vec<u8>)>,
    /// The version of the last transaction.
    last: u64,
}

impl Model {
    /// Whether the store holds this, and nothing else. Where writing down fails for want of room, redb is opened anew, and
    /// what reads meanwhile is told so.
    fn is_in(&self, door: &CoreDoor) -> bool {
        let everything = Scan::within(b"");
        let mut scans = std::iter::repeat_with(|| door.read().scan(&everything)).take(10_000);
        let found = scans
            .find(|scanned| !matches!(scanned, Err(StoreError::Full | StoreError::Interrupted)))
            .unwrap()
            .unwrap();
        let found = found.iter().map(|one| (one.key.to_vec(), (one.version.number(), one.value.to_vec())));
        found.collect::<BTreeMap<_, _>>() == self.records
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Makes some changes to the model and to the store.
fn change(door: &CoreDoor, model: &mut Model, dice: &mut Dice) -> Result<(), StoreError> {
    let writer = door.write();
    let mut transaction = writer.transaction();
    model.last += 1;
    for change in 0..1 + dice.below(4) as u32 {
        let key = vec![b'k', dice.below(40) as u8];
        let value = vec![dice.below(256) as u8; dice.below(3000) as usize];
        match dice.below(4) {
            0 => {
                transaction.delete(&key);
                model.records.remove(&key);
            }
            1 => {
                let place = Place { version: Version(model.last), change };
                transaction.append(b"log", value.clone());
                model.records.insert([b"log".as_slice(), &place.bytes()].concat(), (model.last, value));
            }
            _ => {
                transaction.put(&key, value.clone());
                model.records.insert(key, (model.last, value));
            }
        }
    }
    // So that the states after any two transactions differ.
    transaction.put(b"last", Vec::new());
    model.records.insert(b"last".to_vec(), (model.last, Vec::new()));
    run(transaction.commit()).map(drop)
}

/// Works until something fails: changes, now and then closing and opening again, or a check of everything. Gives what
/// was acknowledged, and what was under way.
fn work(disks: &Disks, dice: &mut Dice) -> (Model, Model) {
    let mut model = Model::default();
    let Ok(mut door) = disks.open() else { return (model.clone(), model) };
    for _ in 0..200 {
        let fresh = match dice.below(25) {
            0 => {
                drop(door);
                disks.open()
            }
            1 => door.verify(|_, _| {}).map(|_| door),
            _ => Ok(door),
        };
        let Ok(opened) = fresh else { return (model.clone(), model) };
        door = opened;
        let mut next = model.clone();
        if change(&door, &mut next, dice).is_err() {
            return (model, next);
        }
        model = next;
    }
    (model.clone(), model)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]
    #[test]
    fn a_power_cut_leaves_what_was_acknowledged(power in 1..600u64, seed: u64) {
        let (disks, mut dice) = (Disks::new(), rng(seed));
        disks.pages.cut_power_after(power);
        let (acknowledged, under_way) = work(&disks, &mut dice);
        for cut in 0..4 {
            let after = disks.after_power_cut(seed ^ cut);
            let door = after.open().unwrap();
            let known = [&acknowledged, &under_way].into_iter().find(|model| model.is_in(&door)).cloned();
            prop_assert!(known.is_some());
            let mut model = known.unwrap();
            prop_assert_eq!(door.verify(|_, _| {}).unwrap().damage, []);
            change(&door, &mut model, &mut dice).unwrap();
            drop(door);
            prop_assert!(model.is_in(&after.open().unwrap()));
        }
    }

    /// A full disk refuses, loses nothing, can be read, and takes writes again when there is room.
    #[test]
    fn a_full_disk_is_outlived(room in 0..400_000u64, seed: u64) {
        let (disks, mut dice) = (Disks::new(), rng(seed));
        let (mut model, door) = (Model::default(), disks.open().unwrap());
        (0..60).for_each(|_| change(&door, &mut model, &mut dice).unwrap());
        disks.pages.leave_room(Some(room));
        disks.journal.leave_room(Some(room / 4));
        for _ in 0..200 {
            let mut next = model.clone();
            match change(&door, &mut next, &mut dice) {
                Ok(()) => model = next,
                Err(error) => prop_assert!(matches!(error, StoreError::Full), "{}", error),
            }
            if dice.below(10) == 0 {
                prop_assert!(model.is_in(&door));
            }
        }
        disks.pages.leave_room(None);
        disks.journal.leave_room(None);
        change(&door, &mut model, &mut dice).unwrap();
        prop_assert!(model.is_in(&door));
        drop(door);
        prop_assert!(model.is_in(&disks.open().unwrap()));
    }
}
