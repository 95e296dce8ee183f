use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::task::{JoinHandle, spawn_blocking};

use super::BlobError;
use super::chunk::CHUNK;
use super::source::Source;

/// The content of a range, at most 64 KiB at a time, each piece authenticated before it is given out. Ends after the
/// first error.
///
/// Holds at most two runs of four chunks: one being sent and one being read.
pub struct BlobStream {
    source: Arc<Source>,
    start: u64,
    end: u64,
    /// The first chunk that nobody has asked for yet, and the one after the last.
    next: u64,
    after: u64,
    ready: VecDeque<Bytes>,
    ahead: Option<JoinHandle<Result<Vec<Bytes>, BlobError>>>,
    remaining: u64,
}

impl BlobStream {
    pub(super) fn new(source: Arc<Source>, start: u64, end: u64) -> Self {
        let chunk = CHUNK as u64;
        let after = if start == end { start / chunk } else { end.div_ceil(chunk) };
        Self {
            source,
            start,
            end,
            next: start / chunk,
            after,
            ready: VecDeque::new(),
            ahead: None,
            remaining: end - start,
        }
    }

    /// The bytes that are still to come.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// The next piece.
    pub async fn next(&mut self) -> Option<Result<Bytes, BlobError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BlobError>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Poll::Ready(Ok(Some(piece)));
            }
            if let Some(work) = &mut self.ahead {
                let run = ready!(Pin::new(work).poll(context));
                self.ahead = None;
                self.take_run(run.map_err(BlobError::stopped)??);
            } else if self.next >= self.after {
                return Poll::Ready(Ok(None));
            } else if let Some(chunk) = self.source.chunk_at_hand(self.next)? {
                self.ready.push_back(self.cut(self.next, chunk));
                self.next += 1;
            } else {
                self.read_ahead();
            }
        }
    }

    /// While this run is being sent, the disk reads the next: it was slow once.
    fn take_run(&mut self, run: Vec<Bytes>) {
        let first = self.next;
        self.next += run.len() as u64;
        let cut = (first..).zip(run).map(|(index, chunk)| self.cut(index, chunk));
        self.ready = cut.collect();
        if self.next < self.after {
            self.read_ahead();
        }
    }

    fn read_ahead(&mut self) {
        let (source, next, after) = (Arc::clone(&self.source), self.next, self.after);
        self.ahead = Some(spawn_blocking(move || source.run(next, after)));
    }

    /// The part of a chunk that lies in the range.
    fn cut(&self, index: u64, chunk: Bytes) -> Bytes {
        let begin = index.saturating_mul(CHUNK as u64);
        let within = |at: u64| (at.saturating_sub(begin) as usize).min(chunk.len());
        chunk.slice(within(self.start)..within(self.end))
    }

    fn stop(&mut self) {
        (self.next, self.after, self.remaining) = (0, 0, 0);
        self.ready.clear();
        self.ahead = None;
    }
}

impl Stream for BlobStream {
    type Item = Result<Bytes, BlobError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.advance(context)).transpose();
        match &item {
            Some(Ok(piece)) => self.remaining = self.remaining.saturating_sub(piece.len() as u64),
            Some(Err(_)) => self.stop(),
            None => {}
        }
        Poll::Ready(item)
    }
}
