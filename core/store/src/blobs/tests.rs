use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use kurodo_keys::{SecretKey, TAG_LEN};
use proptest::prelude::*;
use tempfile::TempDir;

use super::chunk::{CHUNK, SEALED};
use super::*;

struct Place {
    dir: TempDir,
    blobs: Blobs,
    key: SecretKey,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let (blobs, _) = Blobs::open(&dir.path().join("blobs")).unwrap();
    Place { dir, blobs, key: SecretKey::from_bytes([4; 32]) }
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}

impl Place {
    async fn store(&self, content: &[u8], step: usize) -> BlobRef {
        let mut writer = self.blobs.create(&self.key).unwrap();
        for bytes in content.chunks(step) {
            writer.write(bytes).await.unwrap();
        }
        writer.finish().await.unwrap()
    }

    async fn load(&self, blob: &BlobRef, start: u64, end: u64) -> Result<Vec<u8>, BlobError> {
        let mut stream = self.blobs.read(blob, &self.key).await?.range(start, end)?;
        let mut all = Vec::new();
        while let Some(piece) = stream.next().await {
            all.extend_from_slice(&piece?);
            assert_eq!(stream.remaining(), end - start - all.len() as u64);
        }
        assert!(stream.next().await.is_none());
        Ok(all)
    }

    fn file(&self, blob: &BlobRef) -> PathBuf {
        self.dir.path().join("blobs").join(blob.id().path())
    }

    fn files(&self) -> usize {
        let shards = fs::read_dir(self.dir.path().join("blobs")).unwrap();
        shards.map(|shard| fs::read_dir(shard.unwrap().path()).unwrap().count()).sum()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn every_length_and_step_round_trips() {
    let place = place();
    run(async {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK, 9 * CHUNK + 5, 200 * CHUNK + 1] {
            for step in [1000, CHUNK, 3 * CHUNK + 7, usize::MAX] {
                let content = content(length);
                let blob = place.store(&content, step).await;
                assert_eq!(blob.length(), length as u64);
                assert!(place.load(&blob, 0, length as u64).await.unwrap() == content, "{length} {step}");
                place.blobs.verify(&blob, &place.key).unwrap();
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn ranges_give_what_lies_between(length in 0usize..400_000, a: prop::sample::Index, b: prop::sample::Index) {
        let (place, content) = (place(), content(length));
        let (a, b) = (a.index(length + 1), b.index(length + 1));
        let (start, end) = (a.min(b), a.max(b));
        run(async {
            let blob = place.store(&content, 50_000).await;
            let part = place.load(&blob, start as u64, end as u64).await.unwrap();
            assert!(part == content[start..end]);
            assert!(matches!(
                place.load(&blob, start as u64, length as u64 + 1).await,
                Err(BlobError::Range { .. })
            ));
        });
    }
}

/// The blocking way of reading gives the same as the one through the page cache.
#[test]
fn the_blocking_run_reads_the_same() {
    let (place, content) = (place(), content(9 * CHUNK + 9));
    run(async {
        let blob = place.store(&content, CHUNK).await;
        let source = Unlocked::new(&place.blobs, &blob, &place.key).unwrap().open_source().unwrap();
        let mut all = Vec::new();
        for first in [0, 8] {
            source.run(first, 10).unwrap().iter().for_each(|chunk| all.extend_from_slice(chunk));
        }
        assert!(all == content);
    });
}

#[test]
fn damage_is_found_and_never_returned() {
    let (place, content) = (place(), content(3 * CHUNK + 100));
    run(async {
        let blob = place.store(&content, CHUNK).await;
        let whole = fs::read(place.file(&blob)).unwrap();
        for at in [0, CHUNK, SEALED + 5, 2 * SEALED + CHUNK + 3, whole.len() - 1] {
            let mut bent = whole.clone();
            bent[at] ^= 0x10;
            fs::write(place.file(&blob), bent).unwrap();
            let chunk = (at / SEALED) as u64;
            assert_damaged(&place, &blob, Damage::Chunk(chunk)).await;
            let before = chunk * CHUNK as u64;
            let sound = place.load(&blob, 0, before).await.unwrap();
            assert!(sound == content[..before as usize], "what lies before the damage is still readable");
        }
    });
}

async fn assert_damaged(place: &Place, blob: &BlobRef, expected: Damage) {
    let is = |error: BlobError| matches!(error, BlobError::Damaged { damage, .. } if damage == expected);
    assert!(is(place.load(blob, 0, blob.length()).await.unwrap_err()), "{expected:?}");
    assert!(is(place.blobs.verify(blob, &place.key).unwrap_err()), "{expected:?}");
}

#[test]
fn cut_extended_reordered_and_swapped_files_are_damaged() {
    let (place, content) = (place(), content(3 * CHUNK));
    run(async {
        let blob = place.store(&content, CHUNK).await;
        let other = place.store(&content, CHUNK).await;
        let whole = fs::read(place.file(&blob)).unwrap();
        let put = |bytes: &[u8]| fs::write(place.file(&blob), bytes).unwrap();

        put(&whole[..2 * SEALED]);
        assert_damaged(&place, &blob, Damage::Short).await;
        put(&[&whole[..], &[0; TAG_LEN]].concat());
        assert_damaged(&place, &blob, Damage::Long).await;
        put(&[&whole[SEALED..2 * SEALED], &whole[..SEALED], &whole[2 * SEALED..]].concat());
        assert_damaged(&place, &blob, Damage::Chunk(0)).await;
        put(&[&whole[..SEALED], &whole[..SEALED], &whole[2 * SEALED..]].concat());
        assert_damaged(&place, &blob, Damage::Chunk(1)).await;
        put(&fs::read(place.file(&other)).unwrap());
        assert_damaged(&place, &blob, Damage::Chunk(0)).await;
        put(&whole);
        place.blobs.verify(&blob, &place.key).unwrap();
    });
}

/// Cutting the file at a chunk and the reference's length with it is found before any byte is read.
#[test]
fn a_shortened_reference_does_not_open() {
    let place = place();
    run(async {
        let blob = place.store(&content(2 * CHUNK), CHUNK).await;
        let mut bytes = blob.to_bytes();
        bytes[17..25].copy_from_slice(&(CHUNK as u64).to_be_bytes());
        let shortened = BlobRef::from_bytes(&bytes).unwrap();
        fs::OpenOptions::new().write(true).open(place.file(&blob)).unwrap().set_len(SEALED as u64).unwrap();
        assert!(matches!(place.load(&shortened, 0, 1).await, Err(BlobError::Key(_))));
    });
}

#[test]
fn another_key_does_not_open() {
    let place = place();
    run(async {
        let blob = place.store(b"content", 7).await;
        let other = SecretKey::from_bytes([9; 32]);
        assert!(matches!(place.blobs.read(&blob, &other).await, Err(BlobError::Key(_))));
        let rotated = blob.rewrap(&place.key, &other).unwrap();
        assert_eq!(place.blobs.read(&rotated, &other).await.unwrap().length(), 7);
    });
}

#[test]
fn a_file_is_private_and_holds_no_plaintext() {
    let place = place();
    let content = b"a sentence that must not be on the disk. ".repeat(10_000);
    run(async {
        let blob = place.store(&content, 5000).await;
        let stored = fs::read(place.file(&blob)).unwrap();
        assert!(!stored.windows(10).any(|window| window == b"a sentence"));
        assert_eq!(fs::metadata(place.file(&blob)).unwrap().permissions().mode() & 0o777, 0o600);
    });
}

#[test]
fn a_link_in_place_of_the_file_is_not_followed() {
    let place = place();
    run(async {
        let blob = place.store(b"content", 7).await;
        let moved = place.dir.path().join("moved");
        fs::rename(place.file(&blob), &moved).unwrap();
        std::os::unix::fs::symlink(&moved, place.file(&blob)).unwrap();
        assert!(matches!(place.blobs.read(&blob, &place.key).await, Err(BlobError::Io { .. })));
    });
}

#[test]
fn an_unfinished_blob_leaves_nothing() {
    let place = place();
    run(async {
        let mut writer = place.blobs.create(&place.key).unwrap();
        writer.write(&content(50 * CHUNK)).await.unwrap();
        assert_eq!(place.files(), 1);
        drop(writer);
    });
    // Dropping the runtime waited for the removal.
    assert_eq!(place.files(), 0);
}

#[test]
fn a_deleted_blob_is_missing_but_readers_go_on() {
    let (place, content) = (place(), content(10 * CHUNK));
    run(async {
        let blob = place.store(&content, CHUNK).await;
        let mut stream = place.blobs.read(&blob, &place.key).await.unwrap().all();
        stream.next().await.unwrap().unwrap();
        place.blobs.delete(blob.id()).await.unwrap();
        assert!(matches!(place.load(&blob, 0, 1).await, Err(BlobError::Missing(_))));
        assert!(matches!(place.blobs.delete(blob.id()).await, Err(BlobError::Missing(_))));
        let mut rest = CHUNK;
        while let Some(piece) = stream.next().await {
            rest += piece.unwrap().len();
        }
        assert_eq!(rest, content.len());
    });
}

/// A limit of the process on file sizes would be as good as a full disk, but signals; a writer whose directory went
/// away fails in the same places.
#[test]
fn a_failed_write_breaks_the_writer() {
    let place = place();
    run(async {
        let mut writer = place.blobs.create(&place.key).unwrap();
        let shards = place.dir.path().join("blobs");
        for shard in fs::read_dir(&shards).unwrap() {
            fs::remove_dir(shard.unwrap().path()).unwrap();
        }
        let mut outcome = Ok(());
        for _ in 0..5 {
            outcome = writer.write(&content(8 * CHUNK)).await;
        }
        assert!(matches!(outcome, Err(BlobError::Broken)), "{outcome:?}");
        assert!(writer.finish().await.is_err());
    });
}

#[test]
fn a_full_disk_has_its_own_error() {
    for errno in [rustix::io::Errno::NOSPC, rustix::io::Errno::DQUOT] {
        assert!(matches!(BlobError::io("write")(errno.into()), BlobError::Full));
    }
    assert!(matches!(BlobError::io("write")(rustix::io::Errno::IO.into()), BlobError::Io { .. }));
}

#[test]
fn a_sweep_removes_what_nothing_references() {
    let place = place();
    let (live, orphan) = run(async { (place.store(b"live", 4).await, place.store(b"orphan", 6).await) });
    let stranger = place.dir.path().join("blobs/00/notes.txt");
    fs::write(&stranger, b"").unwrap();

    let (blobs, sweep) = Blobs::open(&place.dir.path().join("blobs")).unwrap();
    let again = Place { blobs, key: SecretKey::from_bytes([4; 32]), dir: place.dir };
    let fresh = run(again.store(b"fresh", 5));
    let swept = sweep.run(|id| *id == live.id()).unwrap();
    assert_eq!(swept, Swept { kept: 2, removed: vec![orphan.id()], strangers: vec![stranger] });
    run(async {
        assert_eq!(again.load(&live, 0, 4).await.unwrap(), b"live");
        assert_eq!(again.load(&fresh, 0, 5).await.unwrap(), b"fresh");
        assert!(matches!(again.load(&orphan, 0, 1).await, Err(BlobError::Missing(_))));
    });
}

#[test]
fn parts_read_as_one() {
    let (place, content) = (place(), content(3 * CHUNK + 77));
    let key = Arc::new(SecretKey::from_bytes([4; 32]));
    run(async {
        let mut parts = Vec::new();
        for piece in [&content[..10], &content[10..10], &content[10..2 * CHUNK], &content[2 * CHUNK..]] {
            parts.push(Part { blob: place.store(piece, CHUNK).await, key: Arc::clone(&key) });
        }
        let length = content.len();
        for (start, end) in [(0, length), (5, 11), (10, 10), (9, 2 * CHUNK + 1), (2 * CHUNK, length), (0, 0)]
        {
            let whole = Parts::new(&place.blobs, parts.clone());
            assert_eq!(whole.length(), length as u64);
            let mut stream = whole.range(start as u64, end as u64).await.unwrap();
            let mut all = Vec::new();
            while let Some(piece) = stream.next().await {
                all.extend_from_slice(&piece.unwrap());
            }
            assert!(all == content[start..end], "{start}..{end}");
            assert_eq!(stream.remaining(), 0);
        }
        let beyond = Parts::new(&place.blobs, parts.clone()).range(0, length as u64 + 1).await;
        assert!(matches!(beyond, Err(BlobError::Range { .. })));

        place.blobs.delete(parts[3].blob.id()).await.unwrap();
        let mut stream = Parts::new(&place.blobs, parts).range(0, length as u64).await.unwrap();
        let mut last = None;
        while let Some(piece) = stream.next().await {
            last = Some(piece);
        }
        assert!(matches!(last, Some(Err(BlobError::Missing(_)))));
    });
}

#[test]
fn sixteen_writers_at_once() {
    let place = Arc::new(place());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let place = Arc::clone(&place);
            runtime.spawn(async move {
                for round in 0..5 {
                    let content = content(task * 50_000 + round);
                    let blob = place.store(&content, 16 << 10).await;
                    assert!(place.load(&blob, 0, blob.length()).await.unwrap() == content);
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(place.files(), 80);
}
