use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::line::{Line, is_about, read};
use crate::record::Record;

/// What a kept line takes besides its bytes.
const OVERHEAD: usize = 48;

/// The newest lines, up to a number of bytes, for finding a request that has just been.
pub(crate) struct Recent {
    room: usize,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    kept: VecDeque<(u64, Box<[u8]>)>,
    bytes: usize,
}

impl Recent {
    pub(crate) fn new(room: usize) -> Self {
        Self { room, lines: Mutex::default() }
    }

    pub(crate) fn push(&self, position: u64, line: &[u8]) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.bytes += line.len() + OVERHEAD;
        lines.kept.push_back((position, line.into()));
        while lines.bytes > self.room {
            let Some((_, oldest)) = lines.kept.pop_front() else { break };
            lines.bytes -= oldest.len() + OVERHEAD;
        }
    }

    /// The request, if its beginning is still kept.
    pub(crate) fn find(&self, request_id: &str) -> Option<Record> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let about = lines.kept.iter().rev().filter(|(_, line)| is_about(line, request_id));
        let mut end = None;
        for (position, line) in about {
            match read(*position, line)? {
                Line::Record(record) => return Some(record.ended(end)),
                Line::End { ending, .. } => end = Some(ending),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_much_is_kept() {
        let recent = Recent::new(10 * (100 + OVERHEAD));
        for position in 0..25 {
            recent.push(position, &[0; 100]);
        }
        let lines = recent.lines.lock().unwrap();
        assert_eq!(
            lines.kept.iter().map(|(position, _)| *position).collect::<Vec<_>>(),
            (15..25).collect::<Vec<_>>()
        );
    }
}
