use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;
use kurodo_wire::{Value, Valued};

use crate::{Failure, measures::Measures};

/// Bytes that a handler sends as they come.
pub type Content = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// Events that a handler sends as they happen. A failure ends them.
pub(crate) type Events = Pin<Box<dyn Stream<Item = Result<Value, Failure>> + Send>>;

/// What a handler answers: the operation's output, and the content of those that stream it.
pub struct Reply<O> {
    /// The output.
    pub output: O,
    /// The streamed payload and its length in bytes.
    pub content: Option<(u64, Content)>,
    /// The events of those that stream them.
    pub(crate) events: Option<Events>,
    /// A status other than the operation's usual one, such as 206 for a range.
    pub status: Option<u16>,
    /// Header fields that the API facts do not describe.
    pub headers: Vec<(&'static str, String)>,
    /// What is told to those who watch.
    pub(crate) measures: Measures,
}

impl<O> Reply<O> {
    /// Tells those who watch a figure of this work, under a name of the service's.
    #[must_use]
    pub fn with_measure(mut self, name: &'static str, number: u64) -> Self {
        self.measures.put(name, number);
        self
    }

    /// Adds the content that follows the head.
    #[must_use]
    pub fn with_content(mut self, length: u64, content: Content) -> Self {
        self.content = Some((length, content));
        self
    }

    /// Adds the events that follow the output. Each is a value of the union that the facts have for the stream; they go
    /// on when the request has been answered, and so hold no permit: see `kurodo_store::Standing`.
    #[must_use]
    pub fn with_events<E: Valued, F: Into<Failure>>(
        mut self,
        events: impl Stream<Item = Result<E, F>> + Send + 'static,
    ) -> Self {
        let events = events.map(|event| event.map(Valued::into_value).map_err(Into::into));
        self.events = Some(Box::pin(events));
        self
    }

    /// Answers with this status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl<O> From<O> for Reply<O> {
    fn from(output: O) -> Self {
        Self {
            output,
            content: None,
            events: None,
            status: None,
            headers: Vec::new(),
            measures: Measures::default(),
        }
    }
}
