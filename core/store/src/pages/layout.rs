//! Where things lie in the file:
//!
//! | from | what |
//! |---|---|
//! | 0 and 4 KiB | the file's mark and epoch, in two copies taken in turn |
//! | 8 KiB and 136 KiB | checkpoints (redb's block 0), in two slots taken in turn |
//! | 264 KiB | blocks 1, 2, .. of redb, each 4096 bytes of ciphertext and 32 of nonce, tag and format |

use super::block::{BLOCK, STRIDE};

/// Bytes of a checkpoint slot.
pub(super) const SLOT: u64 = 128 << 10;
const FIRST_SLOT: u64 = 8 << 10;
/// Where the checkpoint slots begin.
pub(super) const SLOTS: [u64; 2] = [FIRST_SLOT, FIRST_SLOT + SLOT];
const DATA: u64 = FIRST_SLOT + 2 * SLOT;

/// Where a block begins on disk. Block 0 lies in the checkpoints.
pub(super) fn offset_of(block: u64) -> u64 {
    DATA.saturating_add(block.saturating_sub(1).saturating_mul(STRIDE as u64))
}

/// The length on disk of a file of so many blocks.
pub(super) fn disk_len(blocks: u64) -> u64 {
    if blocks == 0 { FIRST_SLOT } else { offset_of(blocks) }
}

/// The whole blocks in a file of this length on disk.
pub(super) fn blocks_in(disk_len: u64) -> u64 {
    disk_len.checked_sub(DATA).map_or(0, |data| 1 + data / STRIDE as u64)
}

/// The block that a byte of redb's lies in, and where in it.
pub(super) fn block_of(offset: u64) -> (u64, usize) {
    (offset / BLOCK as u64, (offset % BLOCK as u64) as usize)
}
