use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kurodo_arn::AccountId;
use kurodo_keys::SecretKey;
use kurodo_store::log::{Disk, Files, LogError, SegmentFile};
use serde_json::json;
use tempfile::TempDir;

use super::*;

struct Place(TempDir);

fn key() -> SecretKey {
    SecretKey::from_bytes([3; 32])
}

fn event<'a>(request_id: &'a str, class: Class) -> Begin<'a> {
    Begin {
        time: Timestamp::UNIX_EPOCH,
        request_id,
        account: AccountId::new(123_456_789_012),
        principal: Some("arn:aws:iam::123456789012:user/alice"),
        access_key_id: Some("AKIAEXAMPLE"),
        source: Some("192.0.2.1".parse().unwrap()),
        tls: Some(Tls::V13),
        service: "s3",
        operation: "GetObject",
        region: "eu-central-1",
        resources: &["arn:aws:s3:::bucket/key"],
        class,
        decision: Decision::Allowed,
    }
}

fn outcome() -> Outcome<'static> {
    Outcome { error: None, status: 200, bytes_in: 0, bytes_out: 4096, duration: Duration::from_micros(77) }
}

fn answered() -> Ending {
    Ending::Answered { error: None, status: 200, bytes_in: 0, bytes_out: 4096, micros: 77 }
}

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit")
    }

    fn open(&self) -> Result<Audit, AuditError> {
        self.open_with(Options::default())
    }

    fn open_with(&self, options: Options) -> Result<Audit, AuditError> {
        Audit::open(&self.path(), &key(), options)
    }

    fn reader(&self) -> AuditReader {
        AuditReader::open(&self.path(), &key()).unwrap()
    }

    /// Data events, one frame each.
    fn write(&self, segment_bytes: u64, numbers: std::ops::Range<u32>) {
        let audit = self.open_with(Options { segment_bytes, ..Options::default() }).unwrap();
        run(async {
            for number in numbers {
                audit.begin(&event(&id(number), Class::Write)).await.unwrap().finish(&outcome());
                audit.flush().await.unwrap();
            }
        });
    }

    fn segments(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.path()).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some()).collect();
        files.sort();
        files
    }

    fn verify(&self) -> Report {
        self.reader().verify(|_| ()).unwrap()
    }

    /// What a change to the files does to a verification; undoes it.
    fn bad_after(&self, change: impl FnOnce()) -> Option<Bad> {
        let files: Vec<_> = fs::read_dir(self.path()).unwrap().map(|file| file.unwrap().path()).collect();
        let before: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
        change();
        let report = AuditReader::new(&self.path(), &key()).verify(|_| ()).unwrap();
        files.iter().zip(before).for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
        report.first_bad
    }
}

fn id(number: u32) -> String {
    format!("REQUEST{number:08}")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn a_data_event_is_one_line_and_a_management_event_two() {
    let place = Place::new();
    let audit = place.open().unwrap();
    run(async {
        audit.begin(&event("data", Class::Read)).await.unwrap().finish(&outcome());
        audit.begin(&event("management", Class::Management)).await.unwrap().finish(&outcome());
        let records = audit.tail(10).await.unwrap();
        let told: Vec<_> = records.iter().map(|record| (record.position, &*record.request_id)).collect();
        assert_eq!(told, [(0, "data"), (1, "management")]);
        assert!(records.iter().all(|record| record.ending == answered()));
    });
    assert_eq!(place.verify(), Report { first: 0, entries: 3, first_bad: None });
}

#[test]
fn management_events_and_denials_are_on_the_disk_before_the_act() {
    let place = Place::new();
    let audit = place.open_with(Options { selector: Selector::None, ..Options::default() }).unwrap();
    let explanation = json!({"statements": []});
    let decision =
        Decision::Denied { reason: "because no identity-based policy allows it", explanation: &explanation };
    run(async {
        let denied = Begin { decision, ..event("denied", Class::Read) };
        let pending = [
            audit.begin(&event("management", Class::Management)).await.unwrap(),
            audit.begin(&denied).await.unwrap(),
        ];
        for request_id in ["management", "denied"] {
            let record = place.reader().find(request_id).unwrap().unwrap();
            assert_eq!(record.ending, Ending::Open);
        }
        let record = audit.find("denied").await.unwrap().unwrap();
        let reason = "because no identity-based policy allows it".to_owned();
        assert_eq!(record.decision, Verdict::Denied { reason, explanation: explanation.clone() });
        pending.into_iter().for_each(|pending| pending.finish(&outcome()));
        assert_eq!(audit.find("denied").await.unwrap().unwrap().ending, answered());
    });
}

#[test]
fn the_selector_chooses_among_data_events() {
    for (selector, expected) in
        [(Selector::None, vec![]), (Selector::Writes, vec!["write"]), (Selector::All, vec!["read", "write"])]
    {
        let place = Place::new();
        let audit = place.open_with(Options { selector, ..Options::default() }).unwrap();
        run(async {
            audit.begin(&event("read", Class::Read)).await.unwrap().finish(&outcome());
            audit.begin(&event("write", Class::Write)).await.unwrap().finish(&outcome());
            let records = audit.tail(10).await.unwrap();
            assert_eq!(records.iter().map(|record| &*record.request_id).collect::<Vec<_>>(), expected);
        });
    }
}

#[test]
fn a_dropped_request_is_recorded_as_abandoned() {
    let place = Place::new();
    let audit = place.open().unwrap();
    run(async {
        drop(audit.begin(&event("data", Class::Read)).await.unwrap());
        drop(audit.begin(&event("management", Class::Management)).await.unwrap());
        for record in audit.tail(2).await.unwrap() {
            assert_eq!(record.ending, Ending::Abandoned, "{}", record.request_id);
        }
    });
}

#[test]
fn requests_are_found_recent_old_and_after_a_restart() {
    let place = Place::new();
    place.write(2000, 0..30);
    assert!(place.segments().len() > 2);
    let audit = place.open().unwrap();
    run(async {
        audit.begin(&event("recent", Class::Read)).await.unwrap().finish(&outcome());
        assert_eq!(audit.find("recent").await.unwrap().unwrap().position, 30);
        for number in [0, 13, 29] {
            let record = audit.find(&id(number)).await.unwrap().unwrap();
            assert_eq!((record.position, record.ending), (u64::from(number), answered()));
        }
        assert_eq!(audit.find("never").await.unwrap(), None);
        let tail: Vec<_> = audit.tail(5).await.unwrap().into_iter().map(|record| record.position).collect();
        assert_eq!(tail, [26, 27, 28, 29, 30]);
    });
}

/// Its end lies in a newer segment than its beginning.
#[test]
fn a_request_over_two_segments_is_one_record() {
    let place = Place::new();
    let audit = place.open_with(Options { segment_bytes: 1, ..Options::default() }).unwrap();
    run(async {
        let pending = audit.begin(&event("long", Class::Management)).await.unwrap();
        audit.begin(&event("other", Class::Management)).await.unwrap().finish(&outcome());
        pending.finish(&outcome());
        audit.flush().await.unwrap();
    });
    drop(audit);
    assert_eq!(place.reader().find("long").unwrap().unwrap().ending, answered());
    let tail = place.reader().tail(10).unwrap();
    assert!(tail.iter().all(|record| record.ending == answered()));
}

#[test]
fn a_follower_hears_requests_as_they_end() {
    let place = Place::new();
    place.write(1000, 0..3);
    let mut follow = place.reader().follow().unwrap();
    assert_eq!(follow.poll().unwrap(), None);
    let audit = place.open().unwrap();
    run(async {
        let pending = audit.begin(&event("management", Class::Management)).await.unwrap();
        assert_eq!(follow.poll().unwrap(), None);
        audit.begin(&event("data", Class::Read)).await.unwrap().finish(&outcome());
        pending.finish(&outcome());
        audit.flush().await.unwrap();
    });
    let heard: Vec<_> = std::iter::from_fn(|| follow.poll().unwrap()).collect();
    assert_eq!(heard.iter().map(|record| &*record.request_id).collect::<Vec<_>>(), ["data", "management"]);
    assert!(heard.iter().all(|record| record.ending == answered()));
}

#[test]
fn records_serialise_for_people() {
    let place = Place::new();
    place.write(1000, 0..1);
    let record = place.reader().find(&id(0)).unwrap().unwrap();
    let expected = json!({
        "position": 0, "time": "1970-01-01T00:00:00Z", "request_id": "REQUEST00000000",
        "account": "123456789012", "principal": "arn:aws:iam::123456789012:user/alice",
        "access_key_id": "AKIAEXAMPLE", "source": "192.0.2.1", "tls": "TLSv1.3", "service": "s3",
        "operation": "GetObject", "region": "eu-central-1", "resources": ["arn:aws:s3:::bucket/key"],
        "class": "write", "decision": {"verdict": "allowed"},
        "ending": {"state": "answered", "error": null, "status": 200, "bytes_in": 0, "bytes_out": 4096, "micros": 77},
    });
    assert_eq!(serde_json::to_value(record).unwrap(), expected);
}

#[test]
fn no_flipped_bit_goes_unseen() {
    let place = Place::new();
    place.write(600, 0..3);
    place.write(600, 3..6);
    assert_eq!(place.verify(), Report { first: 0, entries: 6, first_bad: None });
    for path in place.segments() {
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 1 << (at % 8);
            let bad = place.bad_after(|| fs::write(&path, bent).unwrap());
            assert!(bad.is_some(), "{path:?} byte {at}");
        }
    }
    assert_eq!(place.verify().first_bad, None);
}

#[test]
fn removal_truncation_and_reordering_are_seen() {
    let place = Place::new();
    for start in [0, 4, 8] {
        place.write(1 << 20, start..start + 4);
    }
    let segments = place.segments();
    let [first, middle, last] = &segments[..] else { panic!("{segments:?}") };
    let read = |path: &PathBuf| fs::read(path).unwrap();

    let bad = place.bad_after(|| fs::remove_file(first).unwrap()).unwrap();
    assert_eq!(bad.position, 0, "{bad:?}");
    let bad = place.bad_after(|| fs::remove_file(middle).unwrap()).unwrap();
    assert_eq!(bad.position, 4, "{bad:?}");
    let bad = place.bad_after(|| fs::remove_file(last).unwrap()).unwrap();
    assert_eq!(bad.position, 8, "{bad:?}");

    let swap = || {
        let (a, b) = (read(first), read(middle));
        fs::write(first, b).unwrap();
        fs::write(middle, a).unwrap();
    };
    assert_eq!(place.bad_after(swap).unwrap().position, 0);
    for path in &segments {
        let whole = read(path);
        for length in (0..whole.len()).step_by(23) {
            assert!(place.bad_after(|| fs::write(path, &whole[..length]).unwrap()).is_some(), "{length}");
        }
    }
    assert_eq!(place.verify(), Report { first: 0, entries: 12, first_bad: None });
}

/// The chain itself: entries that were sealed with the right key, but not by the trail.
#[test]
fn an_entry_that_does_not_follow_is_seen() {
    let place = Place::new();
    place.write(1 << 20, 0..3);
    let log =
        kurodo_store::log::Log::open(&place.path(), &reader::own_key(&key()), Default::default()).unwrap();
    run(log.append(&[0; 100]).unwrap().durable()).unwrap();
    drop(log);
    assert_eq!(place.verify().first_bad.unwrap().position, 3);
    assert!(matches!(place.open(), Err(AuditError::Chain(3))));
}

#[test]
fn a_server_does_not_start_on_a_trail_that_was_cut() {
    let place = Place::new();
    place.write(1 << 20, 0..4);
    place.write(1 << 20, 4..8);
    let last = &place.segments()[1];
    let whole = fs::read(last).unwrap();
    fs::remove_file(last).unwrap();
    assert!(matches!(place.open(), Err(AuditError::Truncated { expected: 8, found: 4, .. })));
    fs::write(last, &whole).unwrap();
    place.open().unwrap();

    let anchor = anchor::path(&place.path());
    let kept = fs::read(&anchor).unwrap();
    fs::remove_file(&anchor).unwrap();
    assert!(matches!(place.open(), Err(AuditError::Anchor(_))));
    fs::write(&anchor, vec![0; kept.len()]).unwrap();
    assert!(matches!(place.open(), Err(AuditError::Anchor(_))));
    assert!(AuditReader::open(&place.path(), &key()).is_err());
    fs::write(&anchor, kept).unwrap();
    let other = Audit::open(&place.path(), &SecretKey::from_bytes([1; 32]), Options::default());
    assert!(other.is_err());
    place.open().unwrap();
}

/// The whole trail, anchor and all, removed or put back: only a note elsewhere can tell.
#[test]
fn a_trail_that_was_removed_or_put_back_is_seen_by_the_note_of_its_length() {
    let (place, older) = (Place::new(), tempfile::tempdir().unwrap());
    let noted = || place.open_with(Options { at_least: Some(8), ..Options::default() });
    place.write(1 << 20, 0..4);
    for file in fs::read_dir(place.path()).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), older.path().join(file.file_name())).unwrap();
    }
    place.write(1 << 20, 4..8);
    assert_eq!(noted().unwrap().end(), 8);

    fs::remove_dir_all(place.path()).unwrap();
    assert!(matches!(noted(), Err(AuditError::Anchor(_))));
    fs::remove_dir_all(place.path()).unwrap();
    fs::rename(older.path(), place.path()).unwrap();
    assert_eq!(place.verify().first_bad, None, "it is whole in itself");
    assert!(matches!(noted(), Err(AuditError::Truncated { expected: 8, found: 4, .. })));
}

/// A crash between the flush of the log and the renewal of the anchor.
#[test]
fn an_anchor_that_lags_is_caught_up() {
    let place = Place::new();
    place.write(1 << 20, 0..4);
    let anchor = anchor::path(&place.path());
    let old = fs::read(&anchor).unwrap();
    place.write(1 << 20, 4..8);
    fs::write(&anchor, old).unwrap();
    assert_eq!(place.verify(), Report { first: 0, entries: 8, first_bad: None });
    place.write(1 << 20, 8..9);
    assert_eq!(place.verify(), Report { first: 0, entries: 9, first_bad: None });
}

#[test]
fn a_torn_end_is_cut_and_the_trail_goes_on() {
    let place = Place::new();
    place.write(1 << 20, 0..4);
    let path = &place.segments()[0];
    let mut bytes = fs::read(path).unwrap();
    bytes.extend([0; 300]);
    fs::write(path, bytes).unwrap();
    place.write(1 << 20, 4..6);
    assert_eq!(place.verify(), Report { first: 0, entries: 6, first_bad: None });
}

#[test]
fn retention_drops_whole_files_and_the_rest_still_verifies() {
    let place = Place::new();
    let options = Options { segment_bytes: 1000, max_bytes: Some(5000), ..Options::default() };
    let audit = place.open_with(options.clone()).unwrap();
    run(async {
        for number in 0..60 {
            audit.begin(&event(&id(number), Class::Write)).await.unwrap().finish(&outcome());
            audit.flush().await.unwrap();
        }
    });
    let report = place.verify();
    assert!(report.first > 30, "{report:?}");
    assert_eq!((report.first + report.entries, &report.first_bad), (60, &None));
    let bytes: u64 = place.segments().iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes <= 6000, "{bytes}");
    drop(audit);
    assert_eq!(run(place.open_with(options).unwrap().find(&id(0))).unwrap(), None);
    assert!(run(place.open().unwrap().find(&id(59))).unwrap().is_some());

    let oldest = place.segments()[0].clone();
    let bad = place.bad_after(|| fs::remove_file(oldest).unwrap()).unwrap();
    assert_eq!(bad.position, report.first, "what retention did not drop is missed");
}

#[test]
fn verification_works_while_the_server_writes_and_drops() {
    let place = Place::new();
    let options = Options { segment_bytes: 2000, max_bytes: Some(20_000), ..Options::default() };
    let audit = place.open_with(options).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            run(async {
                for number in 0..400 {
                    audit.begin(&event(&id(number), Class::Write)).await.unwrap().finish(&outcome());
                    audit.flush().await.unwrap();
                }
            });
            done.store(true, Ordering::SeqCst);
        });
        while !done.load(Ordering::SeqCst) {
            assert_eq!(place.verify().first_bad, None);
        }
    });
    let report = place.verify();
    assert_eq!(report.first + report.entries, 400);
}

#[test]
fn sixteen_tasks_record_together() {
    let place = Place::new();
    let audit = place.open_with(Options { segment_bytes: 20_000, ..Options::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let audit = audit.clone();
            runtime.spawn(async move {
                for round in 0..20 {
                    let class = if round % 5 == 0 { Class::Management } else { Class::Read };
                    let id = id(task * 100 + round);
                    audit.begin(&event(&id, class)).await.unwrap().finish(&outcome());
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
        let records = audit.tail(1000).await.unwrap();
        assert_eq!(records.len(), 320);
        assert!(records.iter().all(|record| record.ending == answered()));
        let heard = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&heard);
        let report = audit.verify(move |_| told.store(true, Ordering::SeqCst)).await.unwrap();
        assert_eq!(report, Report { first: 0, entries: 16 * 24, first_bad: None });
        assert!(heard.load(Ordering::SeqCst));
    });
}

#[test]
fn nothing_readable_is_on_the_disk() {
    let place = Place::new();
    place.write(1 << 20, 0..3);
    for file in fs::read_dir(place.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for secret in ["REQUEST", "alice", "bucket", "GetObject"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[test]
fn an_event_that_is_too_long_is_refused() {
    let place = Place::new();
    let audit = place.open().unwrap();
    let long = "x".repeat(9 << 20);
    for class in [Class::Read, Class::Management] {
        let event = Begin { resources: &[&long], ..event("long", class) };
        assert!(matches!(run(audit.begin(&event)), Err(AuditError::TooLong(_))));
    }
}

/// A disk that is full as long as it is told to be.
struct Filling(Files, Arc<AtomicBool>);

struct FillingFile(Box<dyn SegmentFile>, Arc<AtomicBool>);

impl Disk for Filling {
    fn create(&mut self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(FillingFile(self.0.create(name)?, Arc::clone(&self.1))))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }
}

impl SegmentFile for FillingFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.1.load(Ordering::SeqCst) {
            self.0.append(&bytes[..bytes.len() / 2])?;
            return Err(rustix::io::Errno::NOSPC.into());
        }
        self.0.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.cut(length)
    }
}

#[test]
fn nothing_begins_while_the_disk_is_full_and_what_was_admitted_is_recorded() {
    let place = Place::new();
    fs::create_dir_all(place.path()).unwrap();
    let full = Arc::new(AtomicBool::new(false));
    let disk = Filling(Files::open(&place.path()).unwrap(), Arc::clone(&full));
    let audit = Audit::open_on(disk, &place.path(), &key(), Options::default()).unwrap();
    run(async {
        let admitted = audit.begin(&event("admitted", Class::Read)).await.unwrap();
        full.store(true, Ordering::SeqCst);
        let refused = |result: Result<Pending, AuditError>| {
            matches!(result, Err(AuditError::Unwritable(LogError::Full)))
        };
        assert!(refused(audit.begin(&event("management", Class::Management)).await));
        for class in [Class::Read, Class::Write, Class::Management] {
            assert!(refused(audit.begin(&event("refused", class)).await));
        }
        admitted.finish(&outcome());
        full.store(false, Ordering::SeqCst);
        while audit.begin(&event("again", Class::Write)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(audit.find("admitted").await.unwrap().unwrap().ending, answered());
        assert_eq!(audit.find("management").await.unwrap().unwrap().ending, Ending::Abandoned);
        assert_eq!(audit.find("refused").await.unwrap(), None);
    });
    drop(audit);
    assert_eq!(place.verify().first_bad, None);
}
