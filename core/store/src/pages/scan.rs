use super::block::{BLOCK, STRIDE};
use super::layout::{block_of, offset_of};
use super::{PageError, Pages, Part};

/// Blocks read at once by a scan.
const RUN: u64 = 256;

impl Pages {
    /// Reads every block there is and gives those that do not open. Blocks that lie on disk as zeros were never
    /// written, or were wiped; redb's own walk tells which, for then it does not find what it needs.
    ///
    /// # Errors
    /// [`PageError::Io`].
    pub(crate) fn scan(&self, mut progress: impl FnMut(u64, u64)) -> Result<Vec<u64>, PageError> {
        let blocks = block_of(self.len()).0;
        let mut unreadable = Vec::new();
        for first in (1..blocks).step_by(RUN as usize) {
            self.scan_run(first, RUN.min(blocks - first), &mut unreadable)?;
            progress((first + RUN).min(blocks), blocks);
        }
        Ok(unreadable)
    }

    fn scan_run(&self, first: u64, count: u64, unreadable: &mut Vec<u64>) -> Result<(), PageError> {
        let mut sealed = vec![0; count as usize * STRIDE];
        self.medium.read(offset_of(first), &mut sealed)?;
        let mut plain = [0; BLOCK];
        for (block, sealed) in (first..).zip(sealed.chunks(STRIDE)) {
            let hole = sealed.iter().all(|byte| *byte == 0);
            if hole || self.cipher.open(block, sealed, &mut plain).is_ok() {
                continue;
            }
            // Not through the fault: a block that nothing refers to may well be torn.
            match self.read_locked(&self.lock(), block, &mut plain) {
                Err(PageError::Damaged(Part::Block(block))) => unreadable.push(block),
                other => other?,
            }
        }
        Ok(())
    }
}
