use super::LogError;

/// What the writing thread does with entries on their way to the disk, off the path of whoever appends.
pub trait Stage: Send + 'static {
    /// Lays one entry as it shall be stored, by appending to `laid`. Called once for each position, in order.
    fn lay(&mut self, position: u64, entry: &[u8], laid: &mut Vec<u8>);

    /// State that the head of a segment keeps, authenticated: what held before its first entry.
    fn mark(&self) -> [u8; 32] {
        [0; 32]
    }

    /// Everything before `end` is durable. `rotated` says whether a segment was begun on the way.
    ///
    /// # Errors
    /// What hinders the stage's own duties. Those who wait for the entries are told, and the log refuses new ones until
    /// a later call succeeds.
    fn durable(&mut self, end: u64, rotated: bool) -> Result<(), LogError> {
        let _ = (end, rotated);
        Ok(())
    }
}

/// Stores entries as they are.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl Stage for Plain {
    fn lay(&mut self, _: u64, entry: &[u8], laid: &mut Vec<u8>) {
        laid.extend_from_slice(entry);
    }
}
