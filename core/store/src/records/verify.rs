use std::time::Duration;

use redb::{Database, DatabaseError};

use super::fault::explain;
use crate::StoreError;
use crate::error::{Damage, RECORDS_FILE};
use crate::pages::Pages;

/// Told how many steps are done, and how many there are.
pub(super) type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// How often readers are waited for before a check, and how long each time.
const PATIENCE: (u32, Duration) = (200, Duration::from_millis(50));

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Check {
    /// What is damaged. Empty when all is well.
    pub damage: Vec<Damage>,
    /// Blocks that do not open and that nothing refers to: what a power cut left of unfinished writes. Harmless.
    pub remains: u64,
    /// Copies of marks and checkpoints that do not open, where the other copy does, and a newest entry of the journal that
    /// does not: what a power cut left of writing them, or damage. In the latter case the newest writes may be missing.
    pub spoiled: u64,
}

/// Reads every block, then lets redb walk its trees and compare its checksums, which finds blocks that are
/// missing or are older than they should be.
pub(super) fn verify(
    database: Option<&mut Database>,
    pages: &Pages,
    progress: Progress,
) -> Result<Check, StoreError> {
    let (unreadable, spoiled) = (pages.scan(progress)?, pages.spoiled() as u64);
    let walk = match database {
        Some(database) => walk(database, pages),
        None => Err(pages.fault().map_or(StoreError::Interrupted, Into::into)),
    };
    let found = match walk {
        Ok(true) => return Ok(Check { damage: Vec::new(), remains: unreadable.len() as u64, spoiled }),
        Ok(false) => Damage { file: RECORDS_FILE, place: "the list of free space (mended)".into() },
        Err(StoreError::Damaged(damage)) => damage,
        Err(error) => return Err(error),
    };
    let blocks =
        unreadable.iter().map(|block| Damage { file: RECORDS_FILE, place: format!("block {block}") });
    let mut damage = vec![found.clone()];
    damage.extend(blocks.filter(|block| *block != found));
    Ok(Check { damage, remains: 0, spoiled })
}

fn walk(database: &mut Database, pages: &Pages) -> Result<bool, StoreError> {
    let (times, pause) = PATIENCE;
    for _ in 0..times {
        match database.check_integrity() {
            Err(DatabaseError::TransactionInProgress) => std::thread::sleep(pause),
            other => return other.map_err(|error| explain(pages, error)),
        }
    }
    Err(StoreError::Interrupted)
}
