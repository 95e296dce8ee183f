use aws_lc_rs::rand;
use kurodo_keys::{Sealer, SecretKey};

use super::block::FileId;
use super::medium::Medium;
use super::{PageError, Part};

const MAGIC: &[u8; 8] = b"KURODOP1";
const NAMED: usize = MAGIC.len() + 16 + 4;
const LEN: usize = NAMED + kurodo_keys::OVERHEAD;
/// The two places lie in different sectors and different pages, so that a torn write spoils one at most.
const PLACES: [u64; 2] = [0, 4096];

/// What a file is and how often it was opened. The count goes up durably before anything is written, so that no
/// nonce comes twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boot {
    pub(super) file: FileId,
    pub(super) epoch: u32,
}

impl Boot {
    /// Marks a new file.
    pub(super) fn create(medium: &dyn Medium, key: &SecretKey) -> Result<Self, PageError> {
        let mut file = [0; 16];
        rand::fill(&mut file).map_err(|_| kurodo_keys::KeyError::Random)?;
        Self { file, epoch: 0 }.next(medium, key)
    }

    /// How many of the copies are neither blank nor open.
    pub(super) fn spoiled(medium: &dyn Medium, key: &SecretKey) -> usize {
        let spoiled = |place: &u64| {
            let mut bytes = [0; LEN];
            let is_there = medium.read(*place, &mut bytes).is_ok() && bytes != [0; LEN];
            is_there && Self::read(medium, key, *place).is_none()
        };
        PLACES.iter().filter(|place| spoiled(place)).count()
    }

    /// Reads the mark of an existing file and counts it up.
    pub(super) fn open(medium: &dyn Medium, key: &SecretKey) -> Result<Self, PageError> {
        let newest =
            PLACES.iter().filter_map(|place| Self::read(medium, key, *place)).max_by_key(|boot| boot.epoch);
        newest.ok_or(PageError::Damaged(Part::Boot))?.next(medium, key)
    }

    fn next(self, medium: &dyn Medium, key: &SecretKey) -> Result<Self, PageError> {
        let epoch = self.epoch.checked_add(1).ok_or(kurodo_keys::KeyError::NoncesExhausted)?;
        let next = Self { epoch, ..self };
        let [even, odd] = PLACES;
        let place = if epoch % 2 == 0 { even } else { odd };
        medium.write(place, &next.encode(key)?)?;
        medium.sync()?;
        Ok(next)
    }

    fn encode(&self, key: &SecretKey) -> Result<Vec<u8>, PageError> {
        let named = [&MAGIC[..], &self.file, &self.epoch.to_be_bytes()].concat();
        let seal = sealer(key).seal_random(&named, b"")?;
        Ok([named, seal].concat())
    }

    fn read(medium: &dyn Medium, key: &SecretKey, place: u64) -> Option<Self> {
        let mut bytes = [0; LEN];
        medium.read(place, &mut bytes).ok()?;
        let (named, seal) = bytes.split_first_chunk::<NAMED>()?;
        sealer(key).open_random(named, seal).ok()?;
        let rest = named.strip_prefix(MAGIC)?;
        let (file, epoch) = rest.split_first_chunk()?;
        Some(Self { file: *file, epoch: u32::from_be_bytes(epoch.try_into().ok()?) })
    }
}

fn sealer(key: &SecretKey) -> Sealer {
    Sealer::new(&key.derive("record pages boot", b""))
}
