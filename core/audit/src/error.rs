use std::path::PathBuf;

use kurodo_store::log::LogError;

/// Why the trail cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The trail cannot be written: what would have been recorded must not happen.
    #[error("the audit trail cannot be written, so nothing is done: {0}")]
    Unwritable(#[source] LogError),
    /// The trail cannot be read.
    #[error("the audit trail cannot be read: {0}")]
    Unreadable(#[source] LogError),
    /// The trail ends before its anchor, or a note elsewhere, says: entries were cut off.
    #[error(
        "the audit trail in {directory:?} ends after {found} entries and there have been {expected}: entries were cut \
         off. Restore them, or put the trail aside as evidence with `kurodo audit renew`"
    )]
    Truncated {
        /// The entries that there have been.
        expected: u64,
        /// The entries that are there.
        found: u64,
        /// The trail's directory.
        directory: PathBuf,
    },
    /// The trail has entries, and no anchor that is authentic.
    #[error(
        "the audit trail's anchor {0:?} is missing or was changed, or the key is another. Restore it, or put the \
         trail aside as evidence with `kurodo audit renew`"
    )]
    Anchor(PathBuf),
    /// The entry at this position does not follow from the one before.
    #[error(
        "entry {0} of the audit trail does not follow from the one before: `kurodo audit verify` says more"
    )]
    Chain(u64),
    /// The entry at this position was written by another version of the program.
    #[error("entry {0} of the audit trail is of a form that this program does not know: use a newer one")]
    Line(u64),
    /// The event is too long to be recorded.
    #[error(
        "the event is too long for the audit trail ({0} bytes), so nothing is done: name fewer resources"
    )]
    TooLong(usize),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Stopped,
}
