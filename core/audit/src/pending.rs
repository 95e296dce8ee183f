use kurodo_store::log::Admission;

use crate::{Outcome, line};

/// An act that may happen, and whose end will be recorded: as abandoned, if this is dropped unfinished.
#[must_use = "dropping it records the request as abandoned"]
pub struct Pending(Option<(Admission, Vec<u8>)>);

impl Pending {
    pub(crate) fn new(admission: Admission, line: Vec<u8>) -> Self {
        Self(Some((admission, line)))
    }

    /// The selector does not take the event.
    pub(crate) fn unrecorded() -> Self {
        Self(None)
    }

    /// Records how the request ended. Durable within 50 ms or so.
    pub fn finish(mut self, outcome: &Outcome<'_>) {
        self.end(|line| line::answered(line, outcome));
    }

    fn end(&mut self, complete: impl FnOnce(&mut Vec<u8>)) {
        let Some((admission, mut line)) = self.0.take() else { return };
        complete(&mut line);
        if let Err(error) = admission.append(&line) {
            tracing::error!(%error, "the end of a request is missing from the audit trail");
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.end(line::abandoned);
    }
}
