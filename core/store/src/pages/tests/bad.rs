use kurodo_keys::SecretKey;

use super::*;
use crate::pages::layout::offset_of;
use crate::pages::{Fault, PageError, Part};

fn written() -> StandIn {
    let disk = StandIn::default();
    let pages = create(&disk);
    pages.set_len(6 * 4096).unwrap();
    for at in 1..5 {
        pages.write(at * 4096, &block(at as u8)).unwrap();
    }
    pages.write(0, &[9]).unwrap();
    pages.sync().unwrap();
    pages.close().unwrap();
    disk
}

fn read(pages: &Pages, at: u64) -> Result<Vec<u8>, PageError> {
    let mut out = block(77);
    pages.read(at * 4096, &mut out).map(|()| out)
}

fn is_damaged<T>(result: Result<T, PageError>, part: Part) -> bool {
    matches!(result, Err(PageError::Damaged(found)) if found == part)
}

fn changed(change: impl FnOnce(&mut Vec<u8>)) -> StandIn {
    let mut bytes = written().bytes();
    change(&mut bytes);
    StandIn::with(bytes)
}

#[test]
fn every_byte_of_a_block_counts() {
    let start = offset_of(2) as usize;
    for at in (start..start + 4128).step_by(31).chain(start + 4096..start + 4128) {
        let pages = open(&changed(|bytes| bytes[at] ^= 1));
        assert!(is_damaged(read(&pages, 2), Part::Block(2)), "byte {at}");
        assert_eq!(pages.fault(), Some(Fault::Damaged(Part::Block(2))));
        assert!(read(&pages, 1).is_ok());
    }
}

#[test]
fn a_wiped_block_is_not_zeros() {
    let wiped = changed(|bytes| bytes[offset_of(2) as usize..][..4128].fill(0));
    assert!(is_damaged(read(&open(&wiped), 2), Part::Block(2)));
}

#[test]
fn a_block_that_no_one_wrote_is_zeros_only_to_who_added_it() {
    let disk = written();
    let pages = open(&disk);
    assert!(is_damaged(read(&pages, 5), Part::Block(5)));
    pages.set_len(8 * 4096).unwrap();
    assert!(read(&pages, 7).unwrap() == block(0));
}

#[test]
fn blocks_do_not_open_elsewhere() {
    let moved = changed(|bytes| {
        let (from, to) = (offset_of(1) as usize, offset_of(2) as usize);
        bytes.copy_within(from..from + 4128, to);
    });
    assert!(is_damaged(read(&open(&moved), 2), Part::Block(2)));
    let other = written().bytes();
    let foreign =
        changed(|bytes| bytes[offset_of(2) as usize..].copy_from_slice(&other[offset_of(2) as usize..]));
    assert!(is_damaged(read(&open(&foreign), 2), Part::Block(2)));
}

#[test]
fn after_a_clean_close_either_checkpoint_will_do() {
    for slot in crate::pages::layout::SLOTS {
        let pages = open(&changed(|bytes| bytes[slot as usize + 100] ^= 4));
        assert_eq!((read(&pages, 0).unwrap()[0], pages.spoiled()), (9, 1));
    }
    let neither = changed(|bytes| {
        for slot in crate::pages::layout::SLOTS {
            bytes[slot as usize + 100] ^= 4;
        }
    });
    assert!(is_damaged(Pages::open(Box::new(neither), &key()), Part::Header));
}

#[test]
fn a_spoiled_copy_of_the_mark_is_told() {
    let (disk, mut spoiled) = (written(), [0; 2]);
    assert_eq!(open(&disk).spoiled(), 0);
    for (place, count) in [0, 4096].into_iter().zip(&mut spoiled) {
        let mut bytes = disk.bytes();
        bytes[place + 30] ^= 1;
        *count = open(&StandIn::with(bytes)).spoiled();
    }
    assert_eq!(spoiled, [1, 1]);
}

#[test]
fn another_key_opens_nothing() {
    let other = SecretKey::from_bytes([8; 32]);
    assert!(is_damaged(Pages::open(Box::new(written()), &other), Part::Boot));
}

#[test]
fn a_cut_file_is_noticed() {
    let cut = changed(|bytes| bytes.truncate(offset_of(2) as usize));
    assert!(is_damaged(Pages::open(Box::new(cut), &key()), Part::Header));
}

#[test]
fn no_nonce_comes_twice() {
    let disk = written();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..3 {
        let pages = open(&disk);
        for _ in 0..20 {
            pages.write(4096, &block(1)).unwrap();
            let bytes = disk.bytes();
            assert!(seen.insert(bytes[offset_of(1) as usize + 4096..][..12].to_vec()));
        }
    }
}

#[test]
fn a_failed_flush_stops_everything() {
    let disk = written();
    let pages = open(&disk);
    disk.fail_flushes();
    pages.write(0, &[1]).unwrap();
    assert!(matches!(pages.sync(), Err(PageError::Stopped)));
    assert!(matches!(pages.write(0, &[2]), Err(PageError::Stopped)));
    assert!(matches!(pages.sync(), Err(PageError::Stopped)));
    assert!(matches!(pages.roll_back(), Err(PageError::Stopped)));
}

#[test]
fn a_full_disk_is_told_by_the_flush_and_rolled_back() {
    let disk = written();
    let pages = open(&disk);
    pages.set_len(20 * 4096).unwrap();
    disk.leave_room(Some(4128));
    pages.write(0, &[1]).unwrap();
    pages.write(10 * 4096, &block(1)).unwrap();
    pages.write(11 * 4096, &block(2)).unwrap();
    assert!(!pages.has_room());
    assert_eq!(read(&pages, 11).unwrap(), block(2), "what found no room is kept");
    assert!(pages.sync().is_err());
    assert_eq!(pages.fault(), Some(Fault::Full));
    pages.roll_back().unwrap();
    assert_eq!(pages.fault(), None);
    assert_eq!(read(&pages, 0).unwrap()[0], 9);
    assert!(pages.has_room());
}

#[test]
fn what_found_no_room_is_written_when_there_is_some() {
    let disk = written();
    let pages = open(&disk);
    pages.set_len(20 * 4096).unwrap();
    disk.leave_room(Some(0));
    for (at, byte) in [(10, 1), (11, 2), (10, 3), (12, 4)] {
        pages.write(at * 4096, &block(byte)).unwrap();
    }
    pages.set_len(12 * 4096).unwrap();
    disk.leave_room(None);
    pages.write(0, &[1]).unwrap();
    pages.sync().unwrap();
    let pages = open(&disk.after_power_cut(1));
    assert_eq!([10, 11].map(|at| read(&pages, at).unwrap()), [block(3), block(2)]);
}

#[test]
fn a_scan_names_what_does_not_open() {
    let disk = changed(|bytes| {
        bytes[offset_of(2) as usize + 9] ^= 1;
        bytes[offset_of(4) as usize + 4100] ^= 1;
    });
    let pages = open(&disk);
    let mut steps = Vec::new();
    assert_eq!(pages.scan(|done, all| steps.push((done, all))).unwrap(), [2, 4]);
    assert_eq!(steps.last(), Some(&(6, 6)));
}
