use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use kurodo_store::log::{LogError, Reader, Stage};

use crate::anchor::AnchorFile;
use crate::recent::Recent;

/// The length of an entry's hash, which its line follows.
pub(crate) const HASH: usize = 32;

/// The hash of an entry: SHA-256 over the hash of the one before, and the line.
pub(crate) fn link(before: &[u8; HASH], line: &[u8]) -> [u8; HASH] {
    let mut context = Context::new(&SHA256);
    context.update(before);
    context.update(line);
    let mut hash = [0; HASH];
    hash.iter_mut().zip(context.finish().as_ref()).for_each(|(byte, digest)| *byte = *digest);
    hash
}

/// An entry's hash and line.
pub(crate) fn parse(entry: &Bytes) -> Option<([u8; HASH], Bytes)> {
    let (hash, _) = entry.split_first_chunk()?;
    Some((*hash, entry.slice(HASH..)))
}

/// Chains the lines on the log's writing thread, moves the anchor on, and drops what retention no longer keeps.
pub(crate) struct Chain {
    pub(crate) hash: [u8; HASH],
    pub(crate) anchor: AnchorFile,
    pub(crate) recent: Arc<Recent>,
    pub(crate) log: Reader,
    pub(crate) max_bytes: Option<u64>,
}

impl Stage for Chain {
    fn lay(&mut self, position: u64, line: &[u8], laid: &mut Vec<u8>) {
        self.hash = link(&self.hash, line);
        laid.extend_from_slice(&self.hash);
        laid.extend_from_slice(line);
        self.recent.push(position, line);
    }

    fn mark(&self) -> [u8; HASH] {
        self.hash
    }

    fn durable(&mut self, end: u64, rotated: bool) -> Result<(), LogError> {
        self.anchor.reach(end, self.hash)?;
        if rotated { self.retain() } else { Ok(()) }
    }
}

impl Chain {
    /// Drops the oldest segments beyond the number of bytes to keep. The anchor knows the new beginning before the first
    /// file goes.
    fn retain(&mut self) -> Result<(), LogError> {
        let Some(max) = self.max_bytes else { return Ok(()) };
        let segments = self.log.segments().list()?;
        let mut bytes = 0;
        let kept = segments.iter().rev().take_while(|segment| {
            bytes += segment.bytes;
            bytes <= max
        });
        let kept = kept.count().max(1);
        let Some(base) = segments.len().checked_sub(kept).and_then(|dropped| segments.get(dropped)) else {
            return Ok(());
        };
        let oldest = segments.first().map(|segment| segment.first);
        let Some(mark) = self.log.mark(base.first)?.filter(|_| oldest < Some(base.first)) else {
            return Ok(());
        };
        self.anchor.rebase(base.first, mark)?;
        self.log.segments().drop_before(base.first)?;
        tracing::info!(before = base.first, "dropped the oldest entries of the audit trail");
        Ok(())
    }
}
