//! What was committed since redb last wrote everything down: the records' journal.
//!
//! - A commit is one entry: sealed (AES-256-GCM), written behind the entry before it, and made durable by one flush.
//!   redb gets the same changes without a flush, so that readers see them; from time to time it is told to write
//!   everything down (a checkpoint), and the journal begins anew at the start of its file.
//! - An entry says after which transaction it comes. Reading begins with the number that redb's last checkpoint holds:
//!   entries that it covers are left over from before, and are skipped; the others must follow one on the other without
//!   a gap.
//! - Each run of entries has a key of its own, derived from a random id, and an entry is sealed to its place. Nothing
//!   can be changed, moved or put between unseen. That the *newest* entries were cut off cannot be seen, as with an older
//!   state of the whole store that was brought back.
//! - A crash can tear the last entry, which was never acknowledged. Damage with an authentic entry behind it is told.

mod entry;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::rand;
use kurodo_keys::{KeyError, SecretKey};

use crate::StoreError;
use crate::error::{Damage, JOURNAL_FILE};
use crate::pages::{Fault, Medium};
use entry::{ALIGN, HEADER, Header, Run};

/// The journal of one store, open for writing.
pub(crate) struct Journal {
    medium: Box<dyn Medium>,
    key: SecretKey,
    run: Run,
    /// How often this run was written to.
    count: u64,
    /// Where the next entry goes.
    end: u64,
    /// At this length, in bytes, everything is to be written down.
    due: u64,
    /// What that is put to.
    long: u64,
    /// The number of the last transaction that an entry, or redb's checkpoint, holds.
    last: u64,
    /// A flush failed: what the disk holds is unknown, and no later flush would tell.
    stopped: bool,
    /// The newest entry did not open.
    torn: bool,
}

impl Journal {
    /// The journal on this medium, which may be empty, of the file of records with this id. It must be read before it is
    /// written to. It is due to begin anew when it is so `long`, in bytes.
    ///
    /// # Errors
    /// [`StoreError::Keys`].
    pub(crate) fn open(
        medium: Box<dyn Medium>,
        key: &SecretKey,
        records: &[u8],
        long: u64,
    ) -> Result<Self, StoreError> {
        let key = key.derive("record journal", records);
        let run = begin(&key)?;
        Ok(Self { medium, key, run, count: 0, end: 0, due: long, long, last: 0, stopped: false, torn: false })
    }

    /// Gives the contents of the entries after this transaction, in order. What is appended next goes behind them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`], and those of `replay`.
    pub(crate) fn read(
        &mut self,
        covered: u64,
        mut replay: impl FnMut(Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        (self.last, self.end) = (covered, 0);
        let mut at = 0;
        while let Some((header, content)) = self.entry(at)? {
            if header.last > self.last {
                // What is covered may go beyond it: transactions that wrote nothing have numbers, and no entry.
                if header.after > self.last {
                    return Err(damaged(at));
                }
                replay(content)?;
                (self.last, self.end) = (header.last, at + header.span());
            }
            at += header.span();
        }
        self.torn = self.header(at)?.is_some_and(|header| header.after >= self.last);
        self.refuse_a_gap(at)?;
        // A process that was killed may have left the newest entry unflushed: nobody may see it before it lasts.
        if self.end > 0 { self.medium.sync().map_err(io) } else { Ok(()) }
    }

    /// Looks for an entry that is still needed behind a place where there is none.
    fn refuse_a_gap(&self, gap: u64) -> Result<(), StoreError> {
        let mut at = gap + ALIGN;
        while at < self.medium.len().map_err(io)? {
            let is_needed = self.header(at)?.is_some_and(|header| header.last > self.last);
            if is_needed && self.entry(at)?.is_some() {
                return Err(damaged(gap));
            }
            at += ALIGN;
        }
        Ok(())
    }

    /// The authentic entry at this place, if there is one.
    fn entry(&self, at: u64) -> Result<Option<(Header, Vec<u8>)>, StoreError> {
        let Some(header) = self.header(at)? else { return Ok(None) };
        let mut body = vec![0; header.length as usize];
        self.medium.read(at + HEADER as u64, &mut body).map_err(io)?;
        let content = if header.run == self.run.id {
            self.run.open(header, at, body)
        } else {
            Run::new(&self.key, header.run).open(header, at, body)
        };
        Ok(content.map(|content| (header, content)))
    }

    /// The header at this place, if what it says fits the file.
    fn header(&self, at: u64) -> Result<Option<Header>, StoreError> {
        let room = self.medium.len().map_err(io)?.saturating_sub(at);
        if room < HEADER as u64 {
            return Ok(None);
        }
        let mut bytes = [0; HEADER];
        self.medium.read(at, &mut bytes).map_err(io)?;
        Ok(Header::decode(&bytes).filter(|header| header.bytes() <= room))
    }

    /// Writes an entry for the transactions up to this number, and returns when it outlives a power cut.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::Io`]: nothing was written that counts. [`StoreError::Stopped`]: unknown.
    pub(crate) fn append(&mut self, last: u64, content: &[u8]) -> Result<(), StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        let sealed = self.run.seal((self.last, last), self.count, self.end, content)?;
        // What was begun at this place and not finished must not share a nonce with what comes next.
        self.count += 1;
        self.medium.write(self.end, &sealed).map_err(io)?;
        if let Err(error) = self.medium.sync() {
            tracing::error!(%error, "records: the journal cannot be flushed");
            self.stopped = true;
            return Err(StoreError::Stopped);
        }
        self.last = last;
        self.end += (sealed.len() as u64).next_multiple_of(ALIGN);
        Ok(())
    }

    /// Begins anew, once redb holds everything up to this transaction durably.
    ///
    /// # Errors
    /// [`StoreError::Keys`].
    pub(crate) fn restart(&mut self, covered: u64) -> Result<(), StoreError> {
        self.run = begin(&self.key)?;
        (self.count, self.end, self.due, self.last) = (0, 0, self.long, covered);
        Ok(())
    }

    /// Whether it is time to write everything down.
    pub(crate) fn is_due(&self) -> bool {
        self.end >= self.due
    }

    /// Whether there is anything in it that redb does not hold durably.
    pub(crate) fn is_needed(&self) -> bool {
        self.end > 0
    }

    /// Puts off what is due after it failed.
    pub(crate) fn postpone(&mut self) {
        self.due = self.end + self.long;
    }

    /// The number of the last transaction that is durable.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Whether the newest entry did not open when the journal was read: a crash tore it, or it is damaged.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn
    }
}

fn begin(key: &SecretKey) -> Result<Run, StoreError> {
    let mut id = [0; 16];
    rand::fill(&mut id).map_err(|_| KeyError::Random)?;
    Ok(Run::new(key, id))
}

fn io(error: std::io::Error) -> StoreError {
    Fault::of(&error).into()
}

fn damaged(at: u64) -> StoreError {
    StoreError::Damaged(Damage { file: JOURNAL_FILE, place: format!("the entry at byte {at}") })
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("end", &self.end).field("last", &self.last).finish_non_exhaustive()
    }
}
