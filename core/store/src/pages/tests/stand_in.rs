use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::pages::Medium;

/// A disk in memory that can lose power, run full, and fail to flush.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandIn(Arc<Mutex<Disk>>);

#[derive(Debug, Default)]
struct Disk {
    now: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// Operations left before the power goes, of all that hang on it.
    power: Arc<Mutex<Option<u64>>>,
    /// The most bytes that may be written past what was ever written, holes not counted.
    room: Option<u64>,
    flush_fails: bool,
    flushes: u64,
}

#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Resize(u64),
}

impl StandIn {
    pub(crate) fn with(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.lock().now.clone_from(&bytes);
        disk.lock().durable = bytes;
        disk
    }

    /// Another disk that loses power at the same moment.
    pub(crate) fn beside(&self) -> Self {
        let disk = Self::default();
        disk.lock().power = Arc::clone(&self.lock().power);
        disk
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lock().now.clone()
    }

    pub(crate) fn cut_power_after(&self, operations: u64) {
        *self.lock().power.lock().unwrap() = Some(operations);
    }

    pub(crate) fn restore_power(&self) {
        *self.lock().power.lock().unwrap() = None;
    }

    pub(crate) fn leave_room(&self, bytes: Option<u64>) {
        self.lock().room = bytes;
    }

    pub(crate) fn fail_flushes(&self) {
        self.lock().flush_fails = true;
    }

    pub(crate) fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    /// What a power cut may leave: all that was flushed; of the rest some, in any order of sectors, some torn.
    pub(crate) fn after_power_cut(&self, seed: u64) -> Self {
        let disk = self.lock();
        let mut rng = rng(seed);
        let mut bytes = disk.durable.clone();
        for change in &disk.unsynced {
            match change {
                Change::Resize(len) => {
                    if rng.random_bool() {
                        bytes.resize(*len as usize, 0);
                    }
                }
                Change::Write(offset, data) => write_some(&mut bytes, *offset, data, &mut rng),
            }
        }
        Self::with(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }
}

/// Numbers that look random and come again with the same seed (splitmix64).
pub(crate) struct Dice(u64);

pub(crate) fn rng(seed: u64) -> Dice {
    Dice(seed)
}

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn random_bool(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// All of a write, none of it, or some of its sectors.
fn write_some(bytes: &mut Vec<u8>, offset: u64, data: &[u8], dice: &mut Dice) {
    let way = dice.below(4);
    let mut at = offset as usize;
    let end = at + data.len();
    if way == 0 {
        return;
    }
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    while at < end {
        let stop = ((at / 512 + 1) * 512).min(end);
        if way > 1 || dice.random_bool() {
            bytes[at..stop].copy_from_slice(&data[at - offset as usize..stop - offset as usize]);
        }
        at = stop;
    }
}

impl Disk {
    fn use_power(&mut self) -> io::Result<()> {
        match &mut *self.power.lock().unwrap() {
            Some(0) => Err(io::Error::other("no power")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn take_room(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        let Some(room) = &mut self.room else { return Ok(()) };
        let hole = self.now[offset as usize..][..data.len()].iter().all(|byte| *byte == 0);
        let taken = if hole { data.len() as u64 } else { 0 };
        *room = room.checked_sub(taken).ok_or(io::ErrorKind::StorageFull)?;
        Ok(())
    }
}

impl Medium for StandIn {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let disk = self.lock();
        let found = disk.now.get(offset as usize..).and_then(|bytes| bytes.get(..out.len()));
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.lock();
        let dying = *disk.power.lock().unwrap() == Some(1);
        disk.use_power()?;
        let end = offset as usize + data.len();
        if disk.now.len() < end {
            disk.now.resize(end, 0);
        }
        disk.take_room(offset, data)?;
        disk.now[offset as usize..end].copy_from_slice(data);
        disk.unsynced.push(Change::Write(offset, data.to_vec()));
        if dying { Err(io::Error::other("no power")) } else { Ok(()) }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.lock();
        disk.use_power()?;
        disk.now.resize(len as usize, 0);
        disk.unsynced.push(Change::Resize(len));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.lock();
        disk.use_power()?;
        if disk.flush_fails {
            return Err(io::Error::other("cannot flush"));
        }
        disk.flushes += 1;
        for change in std::mem::take(&mut disk.unsynced) {
            match change {
                Change::Resize(len) => disk.durable.resize(len as usize, 0),
                Change::Write(offset, data) => {
                    let end = offset as usize + data.len();
                    if disk.durable.len() < end {
                        disk.durable.resize(end, 0);
                    }
                    disk.durable[offset as usize..end].copy_from_slice(&data);
                }
            }
        }
        Ok(())
    }
}
