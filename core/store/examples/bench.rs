//! Measures the records: durable puts per second with 1, 16, 64 and 256 callers, gets per second, and the same
//! puts into plain redb for comparison. `cargo run --release -p kurodo-store --example bench [DIR] [SECONDS]`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kurodo_keys::SecretKey;
use kurodo_store::{CoreDoor, Store, StoreOptions};
use redb::{Database, TableDefinition};
use tokio::runtime::Runtime;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const VALUE: usize = 300;
const TABLE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("plain");

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("kurodo-bench");
    let seconds = arguments.next().map_or(Ok(3), |seconds| seconds.parse())?;
    let span = Duration::from_secs(seconds);
    let runtime = Runtime::new()?;
    std::fs::create_dir_all(&dir)?;
    {
        let key = SecretKey::generate()?;
        let (_store, door) = Store::open(&dir, &key, &StoreOptions::default())?;
        for callers in [1, 16, 64, 256] {
            let rate = puts(&runtime, &door, callers, span);
            println!("durable puts, {callers:3} callers: {rate:9.0} /s");
        }
        let total = fill(&runtime, &door, 100_000)?;
        println!("fill, 100 puts a transaction:  {total:9.0} /s");
        for callers in [1, 2, 4] {
            println!("gets, {callers} threads:               {:9.0} /s", gets(&door, callers, span));
        }
    }
    for (name, quick) in [("one flush, full repair", false), ("two flushes, quick repair", true)] {
        for batch in [1, 64, 256] {
            let rate = plain(&dir, quick, batch, span)?;
            println!("plain redb, {name}, {batch:3} a commit: {rate:9.0} /s");
        }
    }
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

fn key(number: u64) -> [u8; 24] {
    let mut key = [b'k'; 24];
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
    key.iter_mut().zip(scattered).for_each(|(to, from)| *to = from);
    key
}

fn puts(runtime: &Runtime, door: &CoreDoor, callers: u64, span: Duration) -> f64 {
    let (next, stop) = (Arc::new(AtomicU64::new(callers << 40)), Arc::new(AtomicBool::new(false)));
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (door, next, stop, done) = (door.clone(), next.clone(), stop.clone(), done.clone());
            runtime.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    if put(&door, next.fetch_add(1, Ordering::Relaxed)).await {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(span);
    stop.store(true, Ordering::Relaxed);
    let rate = done.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64();
    runtime.block_on(async {
        for task in tasks {
            let _ = task.await;
        }
    });
    rate
}

async fn put(door: &CoreDoor, number: u64) -> bool {
    let writer = door.write();
    let mut transaction = writer.transaction();
    transaction.put(key(number), vec![7; VALUE]);
    transaction.commit().await.is_ok()
}

fn fill(runtime: &Runtime, door: &CoreDoor, count: u64) -> Outcome<f64> {
    let begin = Instant::now();
    for first in (0..count).step_by(100) {
        let writer = door.write();
        let mut transaction = writer.transaction();
        for number in first..first + 100 {
            transaction.put(key(number), vec![7; VALUE]);
        }
        runtime.block_on(transaction.commit())?;
    }
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

fn gets(door: &CoreDoor, threads: u64, span: Duration) -> f64 {
    let done = AtomicU64::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let done = &done;
            scope.spawn(move || {
                let mut number = thread * 7919;
                while begin.elapsed() < span {
                    for _ in 0..100 {
                        number = (number + 1) % 100_000;
                        let found = door.read().get(key(number));
                        done.fetch_add(
                            u64::from(found.is_ok_and(|found| found.is_some())),
                            Ordering::Relaxed,
                        );
                    }
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64()
}

fn plain(dir: &Path, quick: bool, batch: u64, span: Duration) -> Outcome<f64> {
    let path = dir.join("plain.redb");
    let database = Database::create(&path)?;
    let (begin, mut number) = (Instant::now(), 0);
    while begin.elapsed() < span {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(quick);
        {
            let mut table = transaction.open_table(TABLE)?;
            for _ in 0..batch {
                number += 1;
                table.insert(&key(number)[..], &[7; VALUE][..])?;
            }
        }
        transaction.commit()?;
    }
    let rate = number as f64 / begin.elapsed().as_secs_f64();
    drop(database);
    std::fs::remove_file(path)?;
    Ok(rate)
}
