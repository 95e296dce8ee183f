//! Measures lone puts into a store of a million records of 300 bytes, and a start after a crash: of the store, and of
//! plain redb with and without its quick repair. `cargo run --release -p kurodo-store --example restart [DIR] [RECORDS]`

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kurodo_keys::SecretKey;
use kurodo_store::{CoreDoor, Store, StoreOptions};
use redb::{Database, TableDefinition};
use tokio::runtime::Runtime;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const TABLE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("plain");
const TOGETHER: u64 = 1000;
const CACHE: usize = 64 << 20;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("kurodo-restart");
    let records = arguments.next().map_or(Ok(1_000_000), |records| records.parse())?;
    fs::create_dir_all(&dir)?;
    ours(&dir, records)?;
    for (name, quick) in [("one flush, full repair", false), ("two flushes, quick repair", true)] {
        plain(&dir, name, quick, records)?;
    }
    fs::remove_dir_all(&dir)?;
    Ok(())
}

fn ours(dir: &Path, records: u64) -> Outcome<()> {
    let (live, crashed) = (dir.join("live"), dir.join("crashed"));
    let (runtime, key, begin) = (Runtime::new()?, SecretKey::generate()?, Instant::now());
    let options = StoreOptions::default();
    let (store, door) = Store::open(&live, &key, &options)?;
    for first in (0..records).step_by(TOGETHER as usize) {
        let writer = door.write();
        let mut transaction = writer.transaction();
        (first..first + TOGETHER).for_each(|number| {
            transaction.put(name(number), vec![7; 300]);
        });
        runtime.block_on(transaction.commit())?;
    }
    let filled = begin.elapsed();
    lone(&runtime, &door, records)?;
    fs::create_dir_all(&crashed)?;
    for file in ["records.kdj", "records.kdb"] {
        copy(&live.join(file), &crashed.join(file))?;
    }
    drop((store, door));
    let begin = Instant::now();
    let (_store, door) = Store::open(&crashed, &key, &options)?;
    report("the store", records, filled, begin.elapsed(), &crashed.join("records.kdb"))?;
    let begin = Instant::now();
    println!("    a whole check: {:?} in {:?}", door.verify(|_, _| {})?, begin.elapsed());
    Ok(())
}

/// Puts one after the other, each waited for, over records picked at random.
fn lone(runtime: &Runtime, door: &CoreDoor, records: u64) -> Outcome<()> {
    const PUTS: u64 = 10_000;
    let (written, cpu) = used()?;
    let mut times = Vec::new();
    for number in 0..PUTS {
        let (writer, begin) = (door.write(), Instant::now());
        let mut transaction = writer.transaction();
        transaction.put(name(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % records), vec![8; 300]);
        runtime.block_on(transaction.commit())?;
        times.push(begin.elapsed());
    }
    times.sort();
    let at = |share: usize| times.get(times.len() * share / 1000).copied().unwrap_or_default();
    let (after, cpu_after) = used()?;
    println!(
        "{records} records: a lone put takes {:?}, p99 {:?}, at most {:?}; {} KiB written, {} us of CPU",
        at(500),
        at(990),
        at(999),
        (after - written) / PUTS / 1024,
        (cpu_after - cpu) * 10_000 / PUTS,
    );
    Ok(())
}

/// Bytes that this process wrote, and hundredths of a second that it computed.
fn used() -> Outcome<(u64, u64)> {
    let io = fs::read_to_string("/proc/self/io")?;
    let written = io.lines().find_map(|line| line.strip_prefix("wchar: ")).ok_or("no wchar")?;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let cpu = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    Ok((written.trim().parse()?, cpu(11) + cpu(12)))
}

fn plain(dir: &Path, title: &str, quick: bool, records: u64) -> Outcome<()> {
    let (live, crashed) = (dir.join("live.redb"), dir.join("crashed.redb"));
    let begin = Instant::now();
    let database = Database::builder().set_cache_size(CACHE).create(&live)?;
    for first in (0..records).step_by(TOGETHER as usize) {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(quick);
        {
            let mut table = transaction.open_table(TABLE)?;
            for number in first..first + TOGETHER {
                table.insert(&name(number)[..], &[7; 300][..])?;
            }
        }
        transaction.commit()?;
    }
    let filled = begin.elapsed();
    copy(&live, &crashed)?;
    drop(database);
    let begin = Instant::now();
    let _reopened = Database::builder().set_cache_size(CACHE).open(&crashed)?;
    report(&format!("plain redb, {title}"), records, filled, begin.elapsed(), &crashed)?;
    fs::remove_file(live)?;
    Ok(())
}

/// As a crash would leave it: while it is open, and on disk.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::copy(from, to)?;
    Ok(fs::File::open(to)?.sync_all()?)
}

fn name(number: u64) -> [u8; 8] {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()
}

fn report(title: &str, records: u64, filled: Duration, start: Duration, file: &Path) -> Outcome<()> {
    let (rate, size) = (records as f64 / filled.as_secs_f64(), fs::metadata(file)?.len() >> 20);
    println!("{title}: filled at {rate:.0} /s, file of {size} MiB, start after a crash {start:?}");
    Ok(())
}
