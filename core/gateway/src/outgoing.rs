use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::{Watcher, reply::Content};

/// A response on its way out.
pub(crate) type Response = http::Response<Outgoing>;

/// A response's content, and who is told when no more of it is sent.
pub(crate) struct Outgoing {
    content: Kind,
    watch: Option<Watch>,
}

/// Whole, or streamed with a known length, or streamed without.
enum Kind {
    Whole(Bytes),
    Stream { left: u64, content: Content },
    Endless(Content),
}

/// Tells of the end of an answer, however it ends: with its last byte, or with the connection.
struct Watch {
    watcher: Arc<dyn Watcher>,
    since: Instant,
    bytes: u64,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watcher.sent(self.bytes, self.since.elapsed());
    }
}

impl Outgoing {
    /// Content that is there already.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self { content: Kind::Whole(bytes), watch: None }
    }

    /// Content that comes, and how many bytes of it.
    pub(crate) fn stream(left: u64, content: Content) -> Self {
        Self { content: Kind::Stream { left, content }, watch: None }
    }

    /// Content that comes, of which nobody knows how much.
    pub(crate) fn endless(content: Content) -> Self {
        Self { content: Kind::Endless(content), watch: None }
    }

    /// Sends this instead; who is told of the end stays the same.
    pub(crate) fn becomes(&mut self, bytes: Bytes) {
        self.content = Kind::Whole(bytes);
    }

    /// Tells this one how much of it was sent, and how long after the request began to arrive.
    pub(crate) fn watched(&mut self, watcher: Arc<dyn Watcher>, since: Instant) {
        self.watch = Some(Watch { watcher, since, bytes: 0 });
    }
}

impl Kind {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Bytes>>> {
        match self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Self::Stream { content, .. } | Self::Endless(content) => content.as_mut().poll_next(context),
        }
    }

    /// Some of it was taken.
    fn taken(&mut self, bytes: u64) {
        if let Self::Stream { left, .. } = self {
            *left = left.saturating_sub(bytes);
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Self { content, watch } = self.get_mut();
        content.poll(context).map(|next| {
            next.map(|bytes| {
                let bytes = bytes?;
                content.taken(bytes.len() as u64);
                if let Some(watch) = watch {
                    watch.bytes += bytes.len() as u64;
                }
                Ok(Frame::data(bytes))
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Kind::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream { left, .. } => SizeHint::with_exact(*left),
            Kind::Endless(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::Duration};

    use futures_util::{FutureExt as _, stream};
    use http_body_util::BodyExt as _;

    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<u64>>);

    impl Watcher for Told {
        fn sent(&self, bytes: u64, duration: Duration) {
            assert!(duration >= Duration::from_secs(5));
            self.0.lock().unwrap().push(bytes);
        }
    }

    fn watched(mut outgoing: Outgoing) -> (Arc<Told>, Outgoing) {
        let told = Arc::new(Told::default());
        let since = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
        outgoing.watched(Arc::clone(&told) as _, since);
        (told, outgoing)
    }

    fn pieces(count: usize) -> Content {
        Box::pin(stream::iter((0..count).map(|_| Ok(Bytes::from_static(b"12345")))))
    }

    #[test]
    fn the_end_is_told_once_with_what_was_sent() {
        for outgoing in [Outgoing::stream(10, pieces(2)), Outgoing::endless(pieces(2))] {
            let (told, outgoing) = watched(outgoing);
            outgoing.collect().now_or_never().unwrap().unwrap();
            assert_eq!(*told.0.lock().unwrap(), [10]);
        }
        let (told, outgoing) = watched(Outgoing::whole(Bytes::from_static(b"123")));
        outgoing.collect().now_or_never().unwrap().unwrap();
        assert_eq!(*told.0.lock().unwrap(), [3]);
    }

    #[test]
    fn who_hangs_up_got_what_was_sent_until_then() {
        let (told, mut outgoing) = watched(Outgoing::stream(10, pieces(2)));
        outgoing.frame().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(outgoing.size_hint().exact(), Some(5));
        assert!(told.0.lock().unwrap().is_empty(), "it goes on");
        drop(outgoing);
        assert_eq!(*told.0.lock().unwrap(), [5]);
    }

    #[test]
    fn what_takes_the_place_of_content_is_what_is_told_of() {
        let (told, mut outgoing) = watched(Outgoing::stream(10, pieces(2)));
        outgoing.becomes(Bytes::new());
        assert!(outgoing.is_end_stream());
        drop(outgoing);
        assert_eq!(*told.0.lock().unwrap(), [0]);
    }
}
