//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    Limits,
    call::{Connection, Peer},
    crowd::Place,
    guard::{Framing, Guarded},
    listen::{Shared, Slot},
    outgoing::Outgoing,
    way,
};

/// A socket that sends what it is given at once. Without this an answer waits for the client's delayed
/// acknowledgement: 40 ms.
struct Prompt(TcpStream);

impl Prompt {
    fn new(socket: TcpStream) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        Ok(Self(socket))
    }
}

/// TLS over a socket that is read in large pieces: TLS alone asks it for 4 KiB at a time.
type Secured = TlsStream<BufReader<TcpStream>>;

/// What is read of a socket at once, in bytes: two whole records of TLS.
const READ: usize = 32 * 1024;

/// Serves a connection until it ends, or until it is told to stop.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    socket: TcpStream,
    peer: SocketAddr,
    (slot, _place): (Slot, Place),
    mut stop: watch::Receiver<bool>,
) {
    let Ok(socket) = Prompt::new(socket) else { return };
    let secured = tokio::select! {
        secured = timeout(shared.limits.head, secured(&shared.tls, socket)) => secured,
        _ = stop.wait_for(|stop| *stop) => return,
    };
    match secured {
        Ok(Ok(Some(mut stream))) => {
            let version = tokio::select! {
                version = timeout(shared.limits.head, version(&mut stream)) => version,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let Ok(Ok(version)) = version else { return };
            speak(shared, (stream, version), peer, slot.turned_away, stop).await;
        }
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
    }
}

/// The TLS stream; `None` after a client that spoke plain HTTP was told so.
async fn secured(tls: &TlsAcceptor, socket: Prompt) -> io::Result<Option<Secured>> {
    const HANDSHAKE: u8 = 0x16;
    let Prompt(mut socket) = socket;
    let mut first = [0_u8; 1];
    if socket.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first == [HANDSHAKE] {
        return tls.accept(BufReader::with_capacity(READ, socket)).await.map(Some);
    }
    socket.write_all(PLAINTEXT_REFUSAL).await?;
    socket.shutdown().await?;
    Ok(None)
}

const PLAINTEXT_REFUSAL: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain\r\nContent-Length: 66\r\nConnection: close\r\n\r\n\
    This port speaks TLS only: use https:// and the CA of `kurodo env`";

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// The version that was agreed on; or, where nothing was, the one that the client begins with. The clients of AWS's SDK for
/// Java know beforehand that Kinesis speaks HTTP/2.
///
/// Source: RFC 9113, section 3.4, "HTTP/2 Connection Preface".
async fn version(stream: &mut Secured) -> io::Result<Version> {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    if let Some(protocol) = stream.get_ref().1.alpn_protocol() {
        return Ok(if protocol == b"h2" { Version::Two } else { Version::One });
    }
    let begun = stream.fill_buf().await?;
    // No method begins with these three letters.
    let second = begun.len() >= 3 && PREFACE.iter().zip(begun).all(|(expected, byte)| expected == byte);
    Ok(if second { Version::Two } else { Version::One })
}

async fn speak(
    shared: Arc<Shared>,
    (stream, version): (Secured, Version),
    peer: SocketAddr,
    turned_away: bool,
    stop: watch::Receiver<bool>,
) {
    let limits = shared.limits;
    let session = stream.get_ref().1;
    let cipher = session.negotiated_cipher_suite().map(|suite| suite.suite());
    let second = version == Version::Two;
    let framing = Framing::default();
    let connection = Connection {
        peer: Peer::new(peer, session.protocol_version(), cipher),
        limits,
        turned_away,
        framing: framing.clone(),
    };
    let io = TokioIo::new(Guarded::new(stream, !second, framing, limits.pace.patience));
    let used = Use::default();
    let Limits { idle, head, drain, .. } = limits;
    // Who was told to slow down makes room for the next.
    let idle = if turned_away { idle.min(Duration::from_secs(1)) } else { idle };
    let end = End { stop, used: used.clone(), idle, head, drain };
    let connection = Arc::new(connection);
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let (shared, connection, open) = (shared.clone(), connection.clone(), used.open());
        async move {
            // In a box, since the HTTP library moves what it is given.
            let response = Box::pin(way::serve(&shared.gateway, &connection, request)).await;
            Ok::<_, Infallible>(response.map(|content| Counted { content, _open: open }))
        }
    });
    // The gateway refuses a head over its limits in AWS's words; one far over the limits is not even read.
    let outcome = if second {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(u32::try_from(2 * limits.head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(Duration::from_secs(60));
        end.or_over(builder.serve_connection(io, answer), |c| c.graceful_shutdown()).await
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size((2 * limits.head_bytes).max(8192))
            // It fills room for this many at every request.
            .max_headers(limits.header_fields + limits.header_fields / 4);
        end.or_over(builder.serve_connection(io, answer), |c| c.graceful_shutdown()).await
    };
    if let Err(error) = outcome {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// What ends a connection: it is told to stop, or nobody uses it.
struct End {
    stop: watch::Receiver<bool>,
    used: Use,
    idle: Duration,
    /// What a client gets to end a connection that nobody uses.
    head: Duration,
    /// What open requests get.
    drain: Duration,
}

impl End {
    /// Drives a connection to its end; once it is to end, lets it finish its open requests.
    async fn or_over<C>(
        mut self,
        connection: C,
        graceful: impl FnOnce(Pin<&mut C>),
    ) -> Result<(), hyper::Error>
    where
        C: Future<Output = Result<(), hyper::Error>>,
    {
        let mut connection = std::pin::pin!(connection);
        loop {
            let unused = self.used.unused();
            if unused >= self.idle {
                break;
            }
            tokio::select! {
                outcome = connection.as_mut() => return outcome,
                _ = self.stop.wait_for(|stop| *stop) => break,
                () = sleep(self.idle - unused) => {}
            }
        }
        graceful(connection.as_mut());
        loop {
            let stopped = *self.stop.borrow();
            let grace = if stopped { self.drain } else { self.head };
            tokio::select! {
                outcome = connection.as_mut() => return outcome,
                () = sleep(grace) => {}
            }
            if stopped || self.used.unused() >= grace {
                return Ok(());
            }
        }
    }
}

/// Whether, and since when, a connection has no open requests.
#[derive(Clone)]
struct Use(Arc<Mutex<(usize, Instant)>>);

impl Default for Use {
    fn default() -> Self {
        Self(Arc::new(Mutex::new((0, Instant::now()))))
    }
}

impl Use {
    fn open(&self) -> Open {
        self.change(|open| open.saturating_add(1));
        Open(self.clone())
    }

    fn change(&self, change: impl FnOnce(usize) -> usize) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = (change(state.0), Instant::now());
    }

    /// For how long there was no open request.
    fn unused(&self) -> Duration {
        let (open, since) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open > 0 { Duration::ZERO } else { since.elapsed() }
    }
}

/// A request that is not done with.
struct Open(Use);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.change(|open| open.saturating_sub(1));
    }
}

/// A response's content, which keeps its request open until it was sent.
struct Counted {
    content: Outgoing,
    _open: Open,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Pin::new(&mut self.get_mut().content).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn no_answer_waits_for_an_acknowledgement() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        assert!(!socket.nodelay().unwrap());
        assert!(Prompt::new(socket).unwrap().0.nodelay().unwrap());
        drop(client);
    }

    #[test]
    fn a_connection_is_unused_while_no_request_is_open() {
        let used = Use::default();
        let (one, two) = (used.open(), used.open());
        drop(one);
        assert_eq!(used.unused(), Duration::ZERO);
        drop(two);
        std::thread::sleep(Duration::from_millis(2));
        assert!(used.unused() >= Duration::from_millis(2));
    }
}
