use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use aws_lc_rs::digest::{Context as Hasher, SHA256};
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use kurodo_sigv4::{AuthError, BodyCheck, ChunkDecoder, Trailers};

use crate::{
    form::{FileEnd, FormError},
    pace::{Pace, TooSlow, Waited},
    room::{Full, Share},
};

/// The content of a request, released as its signature covers it.
///
/// What [`Body::chunk`] gives is authentic only in so far as the client signed each chunk; only its final
/// `None` says that the whole content is what the client signed. Publish nothing before.
pub struct Body(Box<State>);

/// Lies where it is: a body is handed on several times.
struct State {
    incoming: Option<Incoming>,
    check: Check,
    ready: VecDeque<Bytes>,
    trailers: Trailers,
    received: u64,
    /// When the last of it came.
    came: Option<Instant>,
    waited: Waited,
    /// What it has of the room for content that is held whole; what a service sends needs none.
    share: Option<Share>,
    /// The client sends nothing before it is told to go on.
    awaits_continue: bool,
    /// Some of the content was left where it is, so that no other request can follow on the connection.
    left: bool,
}

enum Check {
    /// Nothing more to check: the client signed no hash of it.
    Open,
    Sha256(Hasher, [u8; 32]),
    Chunked(Box<ChunkDecoder>),
    /// The rest of a browser's form, from its file on.
    File(Box<FileEnd>),
    Done,
}

/// Why the content of a request cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The content is not what was signed, or not framed as announced.
    #[error(transparent)]
    Unauthentic(#[from] AuthError),
    /// The client closed the connection, or broke the framing of HTTP.
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header.")]
    Incomplete,
    /// The client sent nothing for too long.
    #[error(
        "Your socket connection to the server was not read from or written to within the timeout period. \
         Idle connections will be closed."
    )]
    TooSlow,
    /// More bytes than the operation takes.
    #[error("The request's body is larger than the {limit} bytes that the operation takes.")]
    TooLarge {
        /// The most bytes that it takes.
        limit: usize,
    },
    /// A browser's form that is none, or whose file is not of the size that its policy wants.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Others hold as much as all may hold together.
    #[error(transparent)]
    Full(#[from] Full),
}

impl From<TooSlow> for BodyError {
    fn from(_: TooSlow) -> Self {
        Self::TooSlow
    }
}

/// The SHA-256 of nothing, which most requests have.
const EMPTY: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// What is received of content that nobody wants any more: so many bytes, for so long.
const DRAIN: (usize, Duration) = (256 * 1024, Duration::from_secs(5));

impl Body {
    /// A body without content.
    pub fn empty() -> Self {
        Self(Box::new(State::new(None, Pace::default(), None, false)))
    }

    /// Content that nothing is known of yet.
    pub(crate) fn new(incoming: Incoming, pace: Pace, share: Share, awaits_continue: bool) -> Self {
        Self(Box::new(State::new(Some(incoming), pace, Some(share), awaits_continue)))
    }

    /// From now on what is held of it takes room here, once it is asked for.
    pub(crate) fn held_in(&mut self, share: Share) {
        self.0.share = Some(share);
    }

    /// Takes room for so many bytes of it.
    pub(crate) fn hold(&mut self, bytes: usize) -> Result<(), Full> {
        self.0.share.as_mut().map_or(Ok(()), |share| share.fit(bytes))
    }

    /// Says how content that was not received yet must be checked.
    pub(crate) fn check(&mut self, check: BodyCheck) {
        let Some(incoming) = &self.0.incoming else { return };
        self.0.check = match check {
            BodyCheck::Sha256(EMPTY) if incoming.is_end_stream() => {
                self.0.incoming = None;
                Check::Done
            }
            BodyCheck::Sha256(expected) => Check::Sha256(Hasher::new(&SHA256), expected),
            BodyCheck::Unsigned => Check::Open,
            BodyCheck::Chunked(decoder) => Check::Chunked(decoder),
        };
    }

    /// Content that was received whole and checked already, such as the file of a browser's form.
    pub fn whole(content: Bytes) -> Self {
        let mut body = Self::empty();
        body.0.received = content.len() as u64;
        body.0.ready.push_back(content);
        body
    }

    /// What follows is the file of a browser's form; its first bytes came already.
    pub(crate) fn file(&mut self, end: FileEnd, first: Bytes) -> Result<(), BodyError> {
        self.0.check = Check::File(Box::new(end));
        self.0.take(first)
    }

    /// Puts content back in front that was taken out already.
    pub(crate) fn put_back(&mut self, content: VecDeque<Bytes>) {
        let rest = std::mem::replace(&mut self.0.ready, content);
        self.0.ready.extend(rest);
    }

    /// Whether everything was received.
    pub(crate) fn ended(&self) -> bool {
        self.0.incoming.is_none()
    }

    /// The next bytes; `None` once all were received and found to be what was signed.
    ///
    /// # Errors
    /// [`BodyError`]; nothing of the content may be kept then.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        let state = &mut *self.0;
        loop {
            if let Some(bytes) = state.ready.pop_front() {
                return Ok(Some(bytes));
            }
            let Some(incoming) = &mut state.incoming else { return Ok(None) };
            state.awaits_continue = false;
            match state.waited.next(state.received, incoming.frame()).await? {
                Some(Ok(frame)) => {
                    let bytes = frame.into_data().unwrap_or_default();
                    state.received += bytes.len() as u64;
                    state.take(bytes)?;
                }
                Some(Err(_)) => return Err(BodyError::Incomplete),
                None => state.end()?,
            }
        }
    }

    /// Receives what is left, up to a bound, so that the connection can be used again. A client that waits to be
    /// told to go on is not told.
    pub(crate) async fn drain(&mut self) {
        let (most, time) = DRAIN;
        let state = &mut *self.0;
        state.left = match &mut state.incoming {
            None => false,
            Some(incoming) if incoming.is_end_stream() => false,
            Some(_) if state.awaits_continue => true,
            Some(incoming) => !tokio::time::timeout(time, discard(incoming, most)).await.unwrap_or(false),
        };
    }

    /// Whether some of the content was left behind.
    pub(crate) fn is_left(&self) -> bool {
        self.0.left
    }

    /// All of the content.
    ///
    /// # Errors
    /// [`BodyError`], with `TooLarge` past `limit` bytes, and `Full` where others hold too much already.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, BodyError> {
        let mut first: Option<Bytes> = None;
        let mut rest = BytesMut::new();
        while let Some(bytes) = self.chunk().await? {
            let length = first.as_ref().map_or(0, Bytes::len) + rest.len() + bytes.len();
            if length > limit {
                return Err(BodyError::TooLarge { limit });
            }
            self.hold(length)?;
            match &first {
                None => first = Some(bytes),
                Some(_) => rest.extend_from_slice(&bytes),
            }
        }
        let first = first.unwrap_or_default();
        Ok(if rest.is_empty() { first } else { [first, rest.freeze()].concat().into() })
    }

    /// The trailing fields of a chunked body, once [`Body::chunk`] gave `None`.
    pub fn trailers(&self) -> &Trailers {
        &self.0.trailers
    }

    /// When the last of it came; `None` where there was none, or where there is more.
    pub(crate) fn came(&self) -> Option<Instant> {
        self.0.came
    }

    /// Bytes received so far, framing included.
    pub fn received(&self) -> u64 {
        self.0.received
    }
}

impl State {
    fn new(incoming: Option<Incoming>, pace: Pace, share: Option<Share>, awaits_continue: bool) -> Self {
        Self {
            check: if incoming.is_some() { Check::Open } else { Check::Done },
            incoming,
            ready: VecDeque::new(),
            trailers: Trailers::default(),
            received: 0,
            came: None,
            waited: Waited::new(pace),
            share,
            awaits_continue,
            left: false,
        }
    }

    fn take(&mut self, bytes: Bytes) -> Result<(), BodyError> {
        let ready = &mut self.ready;
        match &mut self.check {
            Check::Sha256(hasher, _) => hasher.update(&bytes),
            Check::Chunked(decoder) => {
                return Ok(decoder.push(bytes, &mut |bytes| ready.push_back(bytes))?);
            }
            Check::File(end) => return Ok(end.push(&bytes, &mut |bytes| ready.push_back(bytes))?),
            Check::Open | Check::Done => {}
        }
        if !bytes.is_empty() {
            ready.push_back(bytes);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), BodyError> {
        self.incoming = None;
        self.came = Some(Instant::now());
        match std::mem::replace(&mut self.check, Check::Done) {
            Check::Sha256(hasher, expected) => {
                let found = hasher.finish();
                if found.as_ref() == expected {
                    return Ok(());
                }
                let (client, computed) = (hex(&expected), hex(found.as_ref()));
                Err(AuthError::ContentSha256Mismatch { client, computed }.into())
            }
            Check::Chunked(decoder) => {
                self.trailers = decoder.finish()?;
                Ok(())
            }
            Check::File(end) => Ok(end.finish()?),
            Check::Open | Check::Done => Ok(()),
        }
    }
}

/// Whether it came to the end.
async fn discard(incoming: &mut Incoming, most: usize) -> bool {
    let mut left = most;
    while left > 0 {
        match incoming.frame().await {
            None => return true,
            Some(Ok(frame)) => left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(_)) => return false,
        }
    }
    false
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
