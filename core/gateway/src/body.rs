use std::time::Duration;

use aws_lc_rs::digest::{Context as Hasher, SHA256};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use kurodo_sigv4::{AuthError, BodyCheck, ChunkDecoder, Trailers};

/// The content of a request, released as its signature covers it.
///
/// What [`Body::chunk`] gives is authentic only in so far as the client signed each chunk; only its final
/// `None` says that the whole content is what the client signed. Publish nothing before.
pub struct Body {
    incoming: Option<Incoming>,
    check: Check,
    ready: Vec<Bytes>,
    trailers: Trailers,
    received: u64,
}

enum Check {
    /// Nothing more to check: the client signed no hash of it.
    Open,
    Sha256(Hasher, [u8; 32]),
    Chunked(Box<ChunkDecoder>),
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
}

/// Longest silence of a client that sends content.
const PATIENCE: Duration = Duration::from_secs(30);

impl Body {
    /// A body without content.
    pub fn empty() -> Self {
        Self {
            incoming: None,
            check: Check::Done,
            ready: Vec::new(),
            trailers: Trailers::default(),
            received: 0,
        }
    }

    /// Content that nothing is known of yet.
    pub(crate) fn new(incoming: Incoming) -> Self {
        Self { incoming: Some(incoming), check: Check::Open, ..Self::empty() }
    }

    /// Says how content that was not received yet must be checked.
    pub(crate) fn check(&mut self, check: BodyCheck) {
        if self.incoming.is_none() {
            return;
        }
        self.check = match check {
            BodyCheck::Sha256(expected) => Check::Sha256(Hasher::new(&SHA256), expected),
            BodyCheck::Unsigned => Check::Open,
            BodyCheck::Chunked(decoder) => Check::Chunked(decoder),
        };
    }

    /// Content that was received whole and checked already, such as the file of a browser's form.
    pub fn whole(content: Bytes) -> Self {
        let received = content.len() as u64;
        Self { ready: vec![content], received, ..Self::empty() }
    }

    /// The next bytes; `None` once all were received and found to be what was signed.
    ///
    /// # Errors
    /// [`BodyError`]; nothing of the content may be kept then.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            if let Some(bytes) = (!self.ready.is_empty()).then(|| self.ready.remove(0)) {
                return Ok(Some(bytes));
            }
            let Some(incoming) = &mut self.incoming else { return Ok(None) };
            let frame =
                tokio::time::timeout(PATIENCE, incoming.frame()).await.map_err(|_| BodyError::TooSlow)?;
            match frame {
                Some(Ok(frame)) => self.take(frame.into_data().unwrap_or_default())?,
                Some(Err(_)) => return Err(BodyError::Incomplete),
                None => self.end()?,
            }
        }
    }

    fn take(&mut self, bytes: Bytes) -> Result<(), BodyError> {
        self.received += bytes.len() as u64;
        match &mut self.check {
            Check::Sha256(hasher, _) => hasher.update(&bytes),
            Check::Chunked(decoder) => {
                let ready = &mut self.ready;
                return Ok(decoder.push(bytes, &mut |bytes| ready.push(bytes))?);
            }
            Check::Open | Check::Done => {}
        }
        if !bytes.is_empty() {
            self.ready.push(bytes);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), BodyError> {
        self.incoming = None;
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
            _ => Ok(()),
        }
    }

    /// Receives what is left, up to a bound, so that the connection can be used again.
    pub(crate) async fn drain(&mut self) {
        let mut left: usize = 256 * 1024;
        while let (Some(incoming), true) = (&mut self.incoming, left > 0) {
            match tokio::time::timeout(PATIENCE, incoming.frame()).await {
                Ok(Some(Ok(frame))) => {
                    left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
                }
                _ => return,
            }
        }
    }

    /// All of the content.
    ///
    /// # Errors
    /// [`BodyError`], with `TooLarge` past `limit` bytes.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, BodyError> {
        let mut first: Option<Bytes> = None;
        let mut rest = BytesMut::new();
        while let Some(bytes) = self.chunk().await? {
            if first.as_ref().map_or(0, Bytes::len) + rest.len() + bytes.len() > limit {
                return Err(BodyError::TooLarge { limit });
            }
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
        &self.trailers
    }

    /// Bytes received so far, framing included.
    pub fn received(&self) -> u64 {
        self.received
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
