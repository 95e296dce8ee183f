use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use kurodo_keys::SecretKey;

use super::source::Unlocked;
use super::{BlobError, BlobReader, BlobRef, BlobStream, Blobs};

/// One blob of a content that is spread over several, and the key that its reference was made with.
#[derive(Clone)]
pub struct Part {
    /// The blob.
    pub blob: BlobRef,
    /// Its key.
    pub key: Arc<SecretKey>,
}

/// A content that is the concatenation of blobs, as a multipart upload leaves it.
pub struct Parts {
    blobs: Blobs,
    parts: Vec<Part>,
}

impl Parts {
    /// The concatenation of these, in this order.
    pub fn new(blobs: &Blobs, parts: Vec<Part>) -> Self {
        Self { blobs: blobs.clone(), parts }
    }

    /// The length of the whole in bytes.
    pub fn length(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.blob.length()))
    }

    /// The content from byte `start` to before byte `end`. The first part is open when this returns, each other one
    /// is opened as the stream reaches it.
    ///
    /// # Errors
    /// [`BlobError::Range`] unless `start <= end <= length`, and what [`Blobs::read`] gives.
    pub async fn range(self, start: u64, end: u64) -> Result<PartsStream, BlobError> {
        if start > end || end > self.length() {
            return Err(BlobError::Range { start, end, length: self.length() });
        }
        let mut stream = PartsStream {
            waiting: wanted(self.parts, start, end),
            blobs: self.blobs,
            state: State::Between,
            remaining: end - start,
        };
        if let Some(next) = stream.waiting.pop_front() {
            stream.state = State::Reading(Box::new(stream.opening(next)?.await?));
        }
        Ok(stream)
    }
}

/// A part and the range of it that is asked for.
struct Wanted {
    part: Part,
    start: u64,
    end: u64,
}

fn wanted(parts: Vec<Part>, start: u64, end: u64) -> VecDeque<Wanted> {
    let mut before = 0u64;
    let cut = |part: Part| {
        let length = part.blob.length();
        let within = |at: u64| at.saturating_sub(before).min(length);
        let wanted = Wanted { start: within(start), end: within(end), part };
        before = before.saturating_add(length);
        (wanted.start < wanted.end).then_some(wanted)
    };
    parts.into_iter().filter_map(cut).collect()
}

type Opening = Pin<Box<dyn Future<Output = Result<BlobStream, BlobError>> + Send>>;

enum State {
    Between,
    Opening(Opening),
    Reading(Box<BlobStream>),
}

/// The content of a range over parts; as [`BlobStream`], with one part open at a time.
pub struct PartsStream {
    blobs: Blobs,
    waiting: VecDeque<Wanted>,
    state: State,
    remaining: u64,
}

impl PartsStream {
    /// The bytes that are still to come.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// The next piece.
    pub async fn next(&mut self) -> Option<Result<Bytes, BlobError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn opening(&self, wanted: Wanted) -> Result<Opening, BlobError> {
        let Wanted { part, start, end } = wanted;
        let unlocked = Unlocked::new(&self.blobs, &part.blob, &part.key)?;
        Ok(Box::pin(
            async move { unlocked.open().await.and_then(|reader: BlobReader| reader.range(start, end)) },
        ))
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BlobError>> {
        loop {
            self.state = match &mut self.state {
                State::Reading(stream) => match ready!(Pin::new(stream).poll_next(context)) {
                    Some(piece) => return Poll::Ready(piece.map(Some)),
                    None => State::Between,
                },
                State::Opening(opening) => State::Reading(Box::new(ready!(opening.as_mut().poll(context))?)),
                State::Between => match self.waiting.pop_front() {
                    Some(next) => State::Opening(self.opening(next)?),
                    None => return Poll::Ready(Ok(None)),
                },
            };
        }
    }
}

impl Stream for PartsStream {
    type Item = Result<Bytes, BlobError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.advance(context)).transpose();
        match &item {
            Some(Ok(piece)) => self.remaining = self.remaining.saturating_sub(piece.len() as u64),
            Some(Err(_)) => {
                self.waiting.clear();
                (self.state, self.remaining) = (State::Between, 0);
            }
            None => {}
        }
        Poll::Ready(item)
    }
}
