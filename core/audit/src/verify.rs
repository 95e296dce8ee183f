use kurodo_store::log::{Entry, LogError};

use crate::AuditError;
use crate::anchor::Anchor;
use crate::chain::{HASH, link, parse};
use crate::reader::AuditReader;

/// After so many entries the progress is told.
const STEP: u64 = 10_000;

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The entries that have been found right.
    pub done: u64,
    /// The entries that there were at the start.
    pub total: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The position of the oldest entry. Retention has dropped what was before, and recorded it.
    pub first: u64,
    /// The entries that were found right, from there on.
    pub entries: u64,
    /// The first thing that is wrong.
    pub first_bad: Option<Bad>,
}

/// What is wrong with a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// The position of the first entry that is not right.
    pub position: u64,
    /// What is wrong.
    pub what: String,
}

pub(crate) fn verify(reader: &AuditReader, mut progress: impl FnMut(Progress)) -> Result<Report, AuditError> {
    let mut anchor = match reader.anchor() {
        Ok(anchor) => anchor,
        Err(error @ AuditError::Anchor(_)) => {
            let first_bad = Some(Bad { position: 0, what: error.to_string() });
            return Ok(Report { first: 0, entries: 0, first_bad });
        }
        Err(error) => return Err(error),
    };
    loop {
        let mut walk = Walk::new(anchor);
        let outcome = walk.run(reader, &mut progress);
        let what = match outcome {
            Ok(()) => return Ok(walk.report(None)),
            Err(Wrong::Dropped) => {
                let now = reader.anchor()?;
                if now.base != anchor.base {
                    anchor = now;
                    continue;
                }
                "the oldest entries are missing, and retention did not drop them".to_owned()
            }
            Err(Wrong::Trail(what)) => what,
            Err(Wrong::Disk(error)) => return Err(AuditError::Unreadable(error)),
        };
        return Ok(walk.report(Some(what)));
    }
}

enum Wrong {
    Dropped,
    Trail(String),
    Disk(LogError),
}

impl From<LogError> for Wrong {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Dropped { .. } => Self::Dropped,
            LogError::Damaged { .. } => Self::Trail(error.to_string()),
            other => Self::Disk(other),
        }
    }
}

/// A walk along the chain.
pub(crate) struct Walk {
    anchor: Anchor,
    next: u64,
    hash: [u8; HASH],
}

impl Walk {
    fn new(anchor: Anchor) -> Self {
        Self { next: anchor.base, hash: anchor.base_hash, anchor }
    }

    fn run(&mut self, reader: &AuditReader, progress: &mut impl FnMut(Progress)) -> Result<(), Wrong> {
        for entry in reader.log().from(self.next)? {
            self.step(&entry?)?;
            if (self.next - self.anchor.base).is_multiple_of(STEP) {
                progress(self.progress());
            }
        }
        if self.next < self.anchor.end {
            let what = format!("the trail ends here, and its anchor says {} entries", self.anchor.end);
            return Err(Wrong::Trail(what));
        }
        progress(self.progress());
        Ok(())
    }

    fn step(&mut self, entry: &Entry) -> Result<(), Wrong> {
        let follows = parse(&entry.bytes).filter(|(hash, line)| *hash == link(&self.hash, line));
        let Some((hash, _)) = follows else {
            return Err(Wrong::Trail("the entry does not follow from the one before".to_owned()));
        };
        if entry.position + 1 == self.anchor.end && hash != self.anchor.hash {
            return Err(Wrong::Trail("the entry is another than the anchor's".to_owned()));
        }
        (self.next, self.hash) = (entry.position + 1, hash);
        Ok(())
    }

    fn progress(&self) -> Progress {
        let done = self.next - self.anchor.base;
        Progress { done, total: (self.anchor.end - self.anchor.base).max(done) }
    }

    fn report(&self, what: Option<String>) -> Report {
        let first_bad = what.map(|what| Bad { position: self.next, what });
        Report { first: self.anchor.base, entries: self.next - self.anchor.base, first_bad }
    }
}
