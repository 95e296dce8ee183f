use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use kurodo_keys::SecretKey;
use tempfile::TempDir;

use super::segment::{FRAME, HEADER, parse_name};
use super::*;

struct Place(TempDir);

fn key() -> SecretKey {
    SecretKey::from_bytes([8; 32])
}

fn entry(number: u64) -> Vec<u8> {
    format!("entry {number} ").repeat(1 + number as usize % 7).into_bytes()
}

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, segment_bytes: u64) -> Result<Log, LogError> {
        Log::open(&self.path(), &key(), Options { segment_bytes, ..Options::default() })
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("log")
    }

    fn reader(&self) -> Reader {
        Reader::new(&self.path(), &key())
    }

    /// One frame for each entry.
    fn write(&self, segment_bytes: u64, numbers: std::ops::Range<u64>) {
        let log = self.open(segment_bytes).unwrap();
        run(async {
            for number in numbers {
                let ticket = log.append(&entry(number)).unwrap();
                assert_eq!(ticket.position(), number);
                ticket.durable().await.unwrap();
            }
        });
    }

    fn segments(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.path()).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> =
            files.filter(|file| parse_name(file.file_name().unwrap().to_str().unwrap()).is_some()).collect();
        files.sort();
        files
    }

    fn read(&self, from: u64) -> Result<Vec<u64>, LogError> {
        let check = |found: Result<Entry, LogError>| {
            let found = found?;
            assert_eq!(found.bytes, entry(found.position));
            Ok(found.position)
        };
        self.reader().from(from)?.map(check).collect()
    }

    fn change(&self, segment: usize, change: impl FnOnce(&mut Vec<u8>)) {
        let path = &self.segments()[segment];
        let mut bytes = fs::read(path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn range(range: std::ops::Range<u64>) -> Vec<u64> {
    range.collect()
}

#[track_caller]
fn assert_damaged<T: std::fmt::Debug>(result: Result<T, LogError>) {
    assert!(matches!(result, Err(LogError::Damaged { .. })), "{result:?}");
}

#[test]
fn entries_come_back_in_order_over_segments_and_restarts() {
    let place = Place::new();
    place.write(300, 0..20);
    place.write(300, 20..40);
    place.write(1 << 20, 40..50);
    assert!(place.segments().len() > 5);
    assert_eq!(place.read(0).unwrap(), range(0..50));
    for from in 0..51 {
        assert_eq!(place.read(from).unwrap(), range(from..50), "{from}");
    }
}

#[test]
fn what_nobody_waits_for_is_written_too() {
    let place = Place::new();
    let log = place.open(1 << 20).unwrap();
    for number in 0..1000 {
        log.append(&entry(number)).unwrap();
    }
    run(log.beyond(999)).unwrap();
    assert_eq!(place.read(0).unwrap(), range(0..1000));
    assert_eq!(log.end(), 1000);
    for number in 1000..1010 {
        log.append(&entry(number)).unwrap();
    }
    drop(log);
    assert_eq!(place.read(1000).unwrap(), range(1000..1010));
}

#[test]
fn a_big_batch_is_split_into_frames() {
    let place = Place::new();
    let log = place.open(4 << 20).unwrap();
    let big = vec![7; 300 << 10];
    for _ in 0..20 {
        log.append(&big).unwrap();
    }
    run(log.sync()).unwrap();
    let all: Vec<_> = place.reader().all().unwrap().map(Result::unwrap).collect();
    assert_eq!(all.len(), 20);
    assert!(all.iter().all(|entry| entry.bytes == big));
    assert!(matches!(log.append(&vec![0; MAX_ENTRY + 1]), Err(LogError::TooLong(_))));
}

#[test]
fn a_reader_follows_a_growing_log() {
    let place = Place::new();
    let entries = place.reader().from(0);
    assert!(entries.is_err(), "there is no directory yet");
    let log = place.open(400).unwrap();
    let mut entries = place.reader().all().unwrap();
    assert!(entries.next().is_none());
    run(async {
        for number in 0..30 {
            log.append(&entry(number)).unwrap().durable().await.unwrap();
            assert_eq!(entries.next().unwrap().unwrap().position, number);
            assert!(entries.next().is_none());
        }
    });
}

#[test]
fn one_writer_at_a_time() {
    let place = Place::new();
    let log = place.open(1000).unwrap();
    assert!(matches!(place.open(1000), Err(LogError::Locked(_))));
    drop(log);
    place.open(1000).unwrap();
}

#[test]
fn a_torn_end_is_cut_at_every_length() {
    let place = Place::new();
    place.write(1 << 20, 0..5);
    let path = &place.segments()[0];
    let whole = fs::read(path).unwrap();
    let frame = FRAME + 4 + entry(4).len() + 16;
    let kept = whole.len() - frame;
    for length in kept..whole.len() {
        fs::write(path, &whole[..length]).unwrap();
        let recovered = Log::recover(&place.path(), &key(), Options::default()).unwrap();
        let recovery = recovered.recovery();
        assert_eq!((recovery.end, recovery.torn), (4, (length - kept) as u64));
        assert_eq!(recovery.last.as_ref().unwrap(), &entry(3));
        assert_eq!(fs::metadata(path).unwrap().len(), kept as u64);
    }
    place.write(1 << 20, 4..8);
    assert_eq!(place.read(0).unwrap(), range(0..8));
}

#[test]
fn an_end_of_zeros_is_torn() {
    let place = Place::new();
    place.write(1 << 20, 0..3);
    place.change(0, |bytes| bytes.extend([0; 2000]));
    assert_eq!(place.read(0).unwrap(), range(0..3));
    place.write(1 << 20, 3..6);
    assert_eq!(place.read(0).unwrap(), range(0..6));
}

#[test]
fn a_segment_without_a_whole_frame_is_removed() {
    let place = Place::new();
    for length in [0, 50, HEADER, HEADER + 10] {
        place.write(1 << 20, 0..3);
        place.write(1 << 20, 3..4);
        place.change(1, |bytes| bytes.truncate(length));
        place.write(1 << 20, 3..6);
        assert_eq!(place.read(0).unwrap(), range(0..6), "{length}");
        fs::remove_dir_all(place.path()).unwrap();
    }
}

/// Whichever bit flips, what is read before it is right, and the damage is seen: by reading on, or by opening the log.
#[test]
fn no_flipped_bit_goes_unseen() {
    let place = Place::new();
    place.write(250, 0..4);
    place.write(250, 4..8);
    let segments = place.segments();
    assert!(segments.len() > 2);
    for (number, path) in segments.iter().enumerate() {
        let whole = fs::read(path).unwrap();
        for at in 0..whole.len() {
            place.change(number, |bytes| bytes[at] ^= 1 << (at % 8));
            let read = place.read(0);
            let opened = Log::recover(&place.path(), &key(), Options::default());
            let seen = matches!(read, Err(LogError::Damaged { .. }))
                || matches!(&opened, Err(LogError::Damaged { .. }))
                || opened.is_ok_and(|opened| opened.recovery().torn > 0);
            assert!(seen, "segment {number}, byte {at}");
            fs::write(path, &whole).unwrap();
        }
    }
    assert_eq!(place.read(0).unwrap(), range(0..8));
}

#[test]
fn damage_in_the_last_segment_is_not_cut() {
    let place = Place::new();
    place.write(1 << 20, 0..5);
    place.change(0, |bytes| bytes[HEADER + FRAME + 3] ^= 1);
    assert_damaged(place.open(1000).map(drop));
    assert_damaged(place.read(0));
    place.change(0, |bytes| {
        bytes[HEADER + FRAME + 3] ^= 1;
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    });
    assert_damaged(place.open(1000).map(drop));
}

#[test]
fn reordered_removed_and_foreign_parts_are_damage() {
    let place = Place::new();
    place.write(1 << 20, 0..3);
    place.write(1 << 20, 3..6);
    place.write(1 << 20, 6..9);
    let segments = place.segments();
    let whole: Vec<_> = segments.iter().map(|path| fs::read(path).unwrap()).collect();
    let restore = || segments.iter().zip(&whole).for_each(|(path, bytes)| fs::write(path, bytes).unwrap());

    let frame = |number: u64| FRAME + 4 + entry(number).len() + 16;
    place.change(0, |bytes| {
        bytes.drain(HEADER..HEADER + frame(0));
    });
    assert_damaged(place.read(0));
    restore();
    place.change(0, |bytes| bytes[HEADER..].rotate_left(frame(0)));
    assert_damaged(place.read(0));
    restore();
    place.change(0, |bytes| bytes.truncate(HEADER + frame(0) + frame(1)));
    assert_damaged(place.read(0));
    restore();
    fs::remove_file(&segments[1]).unwrap();
    assert_damaged(place.read(0));
    restore();
    fs::write(&segments[1], &whole[2]).unwrap();
    assert_damaged(place.read(0));
    restore();
    fs::write(&segments[1], []).unwrap();
    assert_damaged(place.read(0));
    restore();

    let other = Place::new();
    other.write(1 << 20, 0..3);
    fs::copy(&other.segments()[0], &segments[0]).unwrap();
    assert_damaged(place.read(0));
    restore();
    assert_eq!(place.read(0).unwrap(), range(0..9));
    assert_damaged(Reader::new(&place.path(), &SecretKey::from_bytes([1; 32])).all().map(drop));
}

#[test]
fn old_segments_can_be_dropped() {
    let place = Place::new();
    place.write(250, 0..20);
    let before = place.segments().len();
    place.reader().segments().drop_before(10).unwrap();
    assert!(place.segments().len() < before);
    let first = place.reader().first().unwrap();
    assert!(first > 0 && first <= 10);
    assert_eq!(place.read(first).unwrap(), range(first..20));
    assert!(matches!(place.read(0), Err(LogError::Dropped { first: now }) if now == first));
    place.reader().segments().drop_before(u64::MAX).unwrap();
    assert_eq!(place.segments().len(), 1);
    place.write(250, 20..25);
    let first = place.reader().first().unwrap();
    assert_eq!(place.read(first).unwrap(), range(first..25));
}

#[test]
fn nothing_readable_is_on_the_disk() {
    let place = Place::new();
    place.write(1 << 20, 0..10);
    for path in place.segments() {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"entry"));
    }
}

#[test]
fn tasks_append_together() {
    let place = Place::new();
    let log = place.open(10_000).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let tasks: Vec<_> = (0..16u8)
        .map(|task| {
            let log = log.clone();
            runtime.spawn(async move {
                for round in 0..50u8 {
                    let ticket = log.append(&[task, round]).unwrap();
                    if round % 5 == 0 {
                        ticket.durable().await.unwrap();
                    }
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
        log.sync().await.unwrap();
    });
    let mut next = [0; 16];
    for found in place.reader().all().unwrap() {
        let bytes = found.unwrap().bytes;
        assert_eq!(next[bytes[0] as usize], bytes[1], "each task's entries keep their order");
        next[bytes[0] as usize] += 1;
    }
    assert_eq!(next, [50; 16]);
}

/// A disk that is full as long as it is told to be, and then has written a part.
struct Filling {
    files: Files,
    full: Arc<AtomicBool>,
    syncs: Arc<AtomicUsize>,
    part: bool,
}

struct FillingFile(Box<dyn SegmentFile>, Arc<AtomicBool>, Arc<AtomicUsize>, bool);

impl Disk for Filling {
    fn create(&mut self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let file = self.files.create(name)?;
        Ok(Box::new(FillingFile(file, Arc::clone(&self.full), Arc::clone(&self.syncs), self.part)))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.files.remove(name)
    }
}

impl SegmentFile for FillingFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.1.load(Ordering::SeqCst) && self.3 {
            self.0.append(&bytes[..bytes.len() / 2])?;
            return Err(rustix::io::Errno::NOSPC.into());
        }
        self.0.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.2.fetch_add(1, Ordering::SeqCst);
        if self.1.load(Ordering::SeqCst) {
            return Err(rustix::io::Errno::NOSPC.into());
        }
        self.0.sync()
    }

    /// Not even that works.
    fn cut(&mut self, _: u64) -> io::Result<()> {
        Err(rustix::io::Errno::IO.into())
    }
}

fn filling(place: &Place, part: bool) -> (Log, Arc<AtomicBool>, Arc<AtomicUsize>) {
    let (full, syncs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    fs::create_dir_all(place.path()).unwrap();
    let files = Files::open(&place.path()).unwrap();
    let disk = Filling { files, full: Arc::clone(&full), syncs: Arc::clone(&syncs), part };
    let recovered = Log::recover(&place.path(), &key(), Options::default()).unwrap();
    (recovered.on(disk).start(Plain).unwrap(), full, syncs)
}

#[test]
fn a_full_disk_is_told_and_what_was_accepted_is_written_once_there_is_room() {
    for part in [true, false] {
        let place = Place::new();
        let (log, full, _) = filling(&place, part);
        run(async {
            for number in 0..3 {
                log.append(&entry(number)).unwrap().durable().await.unwrap();
            }
            let admission = log.admit().unwrap();
            full.store(true, Ordering::SeqCst);
            let refused = log.append(&entry(3)).unwrap().durable().await;
            assert!(matches!(refused, Err(LogError::Full)));
            assert!(matches!(log.append(&entry(4)), Err(LogError::Full)));
            assert!(matches!(log.admit(), Err(LogError::Full)));
            assert_eq!(log.end(), 3);
            let admitted = admission.append(&entry(4)).unwrap();
            assert_eq!(place.read(0).unwrap()[..3], [0, 1, 2]);
            full.store(false, Ordering::SeqCst);
            log.beyond(3).await.unwrap();
            let _ = admitted.durable().await;
            log.append(&entry(5)).unwrap().durable().await.unwrap();
        });
        assert_eq!(place.read(0).unwrap(), range(0..6));
        drop(log);
        place.write(1 << 20, 6..8);
        assert_eq!(place.read(0).unwrap(), range(0..8));
    }
}

#[test]
fn a_first_segment_that_failed_gives_its_name_back() {
    let place = Place::new();
    let (log, full, _) = filling(&place, true);
    full.store(true, Ordering::SeqCst);
    run(async {
        assert!(log.append(&entry(0)).unwrap().durable().await.is_err());
        full.store(false, Ordering::SeqCst);
        log.beyond(0).await.unwrap();
    });
    assert_eq!(place.read(0).unwrap(), [0]);
}

#[test]
fn a_reader_that_was_ahead_of_a_failed_sync_goes_on() {
    let place = Place::new();
    let (log, full, _) = filling(&place, false);
    let mut entries = place.reader().all().unwrap();
    run(async {
        log.append(&entry(0)).unwrap().durable().await.unwrap();
        full.store(true, Ordering::SeqCst);
        assert!(log.append(&entry(1)).unwrap().durable().await.is_err());
        let ahead: Vec<_> = entries.by_ref().map(|entry| entry.unwrap().position).collect();
        assert_eq!(ahead, [0, 1]);
        full.store(false, Ordering::SeqCst);
        log.beyond(1).await.unwrap();
        log.append(&entry(2)).unwrap().durable().await.unwrap();
    });
    assert_eq!(entries.next().unwrap().unwrap().position, 2);
    assert_eq!(place.read(0).unwrap(), range(0..3));
}

#[test]
fn those_who_wait_share_a_sync() {
    let place = Place::new();
    let (log, _, syncs) = filling(&place, false);
    run(async {
        log.append(&entry(0)).unwrap().durable().await.unwrap();
        let before = syncs.load(Ordering::SeqCst);
        let tickets: Vec<_> = (1..200).map(|number| log.append(&entry(number)).unwrap()).collect();
        for ticket in tickets {
            ticket.durable().await.unwrap();
        }
        assert!(syncs.load(Ordering::SeqCst) - before < 20);
    });
}

/// A stage that numbers entries, and keeps the count in the head of each segment.
struct Numbering(u64);

impl Stage for Numbering {
    fn lay(&mut self, position: u64, entry: &[u8], laid: &mut Vec<u8>) {
        assert_eq!(position, self.0);
        self.0 += 1;
        laid.extend_from_slice(&self.0.to_be_bytes());
        laid.extend_from_slice(entry);
    }

    fn mark(&self) -> [u8; 32] {
        [self.0 as u8; 32]
    }
}

#[test]
fn the_stage_lays_entries_and_marks_segments() {
    let place = Place::new();
    let options = Options { segment_bytes: 300, ..Options::default() };
    let log = Log::recover(&place.path(), &key(), options).unwrap().start(Numbering(0)).unwrap();
    run(async {
        for number in 0..20 {
            log.append(&entry(number)).unwrap().durable().await.unwrap();
        }
    });
    for found in place.reader().all().unwrap() {
        let found = found.unwrap();
        assert_eq!(found.bytes[..8], (found.position + 1).to_be_bytes());
    }
    let list = place.reader().segments().list().unwrap();
    assert!(list.len() > 2);
    for segment in list {
        assert_eq!(place.reader().mark(segment.first).unwrap(), Some([segment.first as u8; 32]));
    }
    assert_eq!(place.reader().mark(1000).unwrap(), None);
}
