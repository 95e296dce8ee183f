use kurodo_keys::SecretKey;
use proptest::prelude::*;

use super::*;
use crate::pages::tests::stand_in::StandIn;

fn open(disk: &StandIn) -> Journal {
    Journal::open(Box::new(disk.clone()), &SecretKey::from_bytes([3; 32]), b"records", 1 << 20).unwrap()
}

fn read(journal: &mut Journal, covered: u64) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut found = Vec::new();
    journal.read(covered, |content| {
        found.push(content);
        Ok(())
    })?;
    Ok(found)
}

fn content(number: u64) -> Vec<u8> {
    let length = [3, 40, 4000, 4096, 9000][number as usize % 5];
    vec![number as u8; length]
}

/// A journal of this many entries, read at first.
fn filled(disk: &StandIn, entries: u64) -> Journal {
    let mut journal = open(disk);
    read(&mut journal, 0).unwrap();
    (1..=entries).for_each(|number| journal.append(number, &content(number)).unwrap());
    journal
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_power_cut_leaves_all_that_was_acknowledged(power in 1..60u64, restarts: Vec<bool>, seed: u64) {
        let disk = StandIn::default();
        let mut journal = filled(&disk, 0);
        let (mut covered, mut done) = (0, 0);
        disk.cut_power_after(power);
        for restart in restarts.iter().copied().chain([false; 60]) {
            if restart {
                covered = done;
                journal.restart(covered).unwrap();
            }
            if journal.append(done + 1, &content(done + 1)).is_err() {
                break;
            }
            done += 1;
        }
        for cut in 0..8 {
            let after = disk.after_power_cut(seed ^ cut);
            let mut journal = open(&after);
            let found = read(&mut journal, covered).unwrap();
            let expected = |to: u64| (covered + 1..=to).map(content).collect::<Vec<_>>();
            prop_assert!(found == expected(done) || found == expected(done + 1), "{} of {}", found.len(), done);
            // And on it goes behind them, whatever was torn.
            let end = journal.last();
            journal.append(end + 1, &content(end + 1)).unwrap();
            let again = read(&mut open(&after), covered).unwrap();
            prop_assert_eq!(again.len(), found.len() + 1);
        }
    }

    #[test]
    fn a_flipped_bit_is_told_unless_it_is_in_what_a_crash_may_tear(at: prop::sample::Index, bit in 0..8u8) {
        let disk = StandIn::default();
        filled(&disk, 4);
        let mut bytes = disk.bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let mut journal = open(&StandIn::with(bytes));
        let all = (1..=4).map(content).collect::<Vec<_>>();
        match read(&mut journal, 0) {
            // In the room between two entries.
            Ok(found) if found == all => prop_assert!(!journal.is_torn()),
            Ok(found) => prop_assert_eq!(found, &all[..3]),
            Err(StoreError::Damaged(damage)) => prop_assert_eq!(damage.file, JOURNAL_FILE),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn what_the_tree_covers_is_skipped() {
    let disk = StandIn::default();
    let mut journal = filled(&disk, 6);
    assert_eq!(read(&mut open(&disk), 4).unwrap(), [content(5), content(6)]);
    assert_eq!(read(&mut open(&disk), 6).unwrap(), [] as [Vec<u8>; 0]);
    // Begun anew, with the old entries behind the new one.
    journal.restart(6).unwrap();
    journal.append(8, &content(8)).unwrap();
    assert_eq!(read(&mut open(&disk), 6).unwrap(), [content(8)]);
    assert_eq!(
        read(&mut open(&disk), 7).unwrap(),
        [content(8)],
        "a transaction that wrote nothing has a number"
    );
}

#[test]
fn a_missing_entry_is_damage() {
    let disk = StandIn::default();
    filled(&disk, 5);
    assert!(matches!(read(&mut open(&disk), 0), Ok(found) if found.len() == 5));
    let mut bytes = disk.bytes();
    // The first entry fits one place.
    bytes[..ALIGN as usize].fill(0);
    let lost = read(&mut open(&StandIn::with(bytes.clone())), 0);
    assert!(matches!(lost, Err(StoreError::Damaged(_))));
    // The tree of another time does not fit either.
    let disk = StandIn::default();
    let mut journal = open(&disk);
    read(&mut journal, 7).unwrap();
    journal.append(8, &content(8)).unwrap();
    assert!(matches!(read(&mut open(&disk), 5), Err(StoreError::Damaged(_))));
}

#[test]
fn an_entry_opens_at_its_place_and_in_its_store_alone() {
    let disk = StandIn::default();
    filled(&disk, 1);
    let bytes = disk.bytes();
    let moved = [vec![0; ALIGN as usize], bytes.clone()].concat();
    assert_eq!(read(&mut open(&StandIn::with(moved)), 0).unwrap().len(), 0);
    let other =
        Journal::open(Box::new(StandIn::with(bytes)), &SecretKey::from_bytes([3; 32]), b"other", 1 << 20);
    assert_eq!(read(&mut other.unwrap(), 0).unwrap().len(), 0);
}

#[test]
fn a_full_disk_refuses_and_goes_on() {
    let disk = StandIn::default();
    let mut journal = filled(&disk, 2);
    disk.leave_room(Some(100));
    assert!(matches!(journal.append(3, &content(4)), Err(StoreError::Full)));
    disk.leave_room(None);
    journal.append(3, &content(3)).unwrap();
    assert_eq!(read(&mut open(&disk), 0).unwrap(), [content(1), content(2), content(3)]);
}

#[test]
fn nothing_is_taken_after_a_flush_that_failed() {
    let disk = StandIn::default();
    let mut journal = filled(&disk, 1);
    disk.fail_flushes();
    assert!(matches!(journal.append(2, &content(2)), Err(StoreError::Stopped)));
    assert!(matches!(journal.append(2, &content(2)), Err(StoreError::Stopped)));
}

#[test]
fn no_two_entries_share_a_nonce() {
    let disk = StandIn::default();
    let mut journal = filled(&disk, 1);
    let header =
        |disk: &StandIn, at: usize| Header::decode(disk.bytes()[at..][..HEADER].try_into().unwrap()).unwrap();
    let first = header(&disk, 0);
    disk.leave_room(Some(0));
    assert!(journal.append(2, &content(2)).is_err());
    disk.leave_room(None);
    journal.append(2, &content(2)).unwrap();
    let second = header(&disk, ALIGN as usize);
    assert_eq!((second.run, second.count), (first.run, first.count + 2));
    journal.restart(2).unwrap();
    journal.append(3, &content(1)).unwrap();
    assert_ne!(header(&disk, 0).run, first.run);
}
