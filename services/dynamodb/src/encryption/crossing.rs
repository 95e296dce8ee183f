use serde::{Deserialize, Serialize};

/// How long a step of a crossing lasts at least, in milliseconds: whoever knows a table only as it was a step before has
/// read it by then.
const STEP: i64 = 5_000;

/// A table that comes under a key of KMS, or leaves the one that it is under, while it is used. Until it has arrived, it
/// demands the key, and what lies in it is read both ways. First what is written is still stored as before, so that whoever
/// does not know of the crossing yet can read it; then as it will be, and what lies there is stored anew, piece by piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Crossing {
    /// Whether it comes under the key; it leaves it otherwise.
    pub(crate) enters: bool,
    /// Whether what is written is stored as it will be.
    begun: bool,
    /// Since when it is at this step, in milliseconds since 1970.
    since: i64,
}

impl Crossing {
    /// One that somebody asked for now.
    pub(crate) fn new(enters: bool, now: i64) -> Self {
        Self { enters, begun: false, since: now }
    }

    /// The next step, from which on what is written is stored as it will be; nothing where that is so already.
    pub(crate) fn next(self, now: i64) -> Option<Self> {
        (!self.begun).then_some(Self { begun: true, since: now, ..self })
    }

    /// Whether this step has lasted long enough.
    pub(crate) fn is_ripe(self, now: i64) -> bool {
        self.since.saturating_add(STEP) <= now
    }

    /// Whether what is written is sealed with the table's key.
    pub(crate) fn seals(self) -> bool {
        self.enters == self.begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_only_after_a_while() {
        for enters in [true, false] {
            let first = Crossing::new(enters, 1000);
            assert_eq!(first.seals(), !enters, "as before");
            assert!(!first.is_ripe(1000 + STEP - 1) && first.is_ripe(1000 + STEP));
            let second = first.next(7000).unwrap();
            assert_eq!(second.seals(), enters, "as it will be");
            assert!(!second.is_ripe(7000) && second.next(9000).is_none());
        }
    }
}
