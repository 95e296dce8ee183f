use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{Gateway, call::Connection, way};

/// What a client may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; a further one waits to be accepted.
    pub connections: usize,
    /// Time for the TLS handshake, and for the whole head of a request.
    pub head: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Header fields of a request.
    pub header_fields: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// Time that open requests get to end after the listener was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            head: Duration::from_secs(20),
            head_bytes: 64 * 1024,
            header_fields: 128,
            streams: 128,
            drain: Duration::from_secs(20),
        }
    }
}

/// A bound listener. TLS is the only way in.
pub struct Listener {
    socket: TcpListener,
    tls: TlsAcceptor,
    limits: Limits,
    gateway: Arc<Gateway>,
}

impl Listener {
    /// Binds the address.
    ///
    /// # Errors
    /// Those of the socket: the address is taken, or not ours.
    pub async fn bind(
        address: SocketAddr,
        tls: Arc<rustls::ServerConfig>,
        limits: Limits,
        gateway: Arc<Gateway>,
    ) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, tls: tls.into(), limits, gateway })
    }

    /// The address that is bound.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop` turns true; then open requests get [`Limits::drain`] to end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let slots = Arc::new(Semaphore::new(self.limits.connections));
        let shared = Arc::new((self.tls, self.limits, self.gateway));
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { break };
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((socket, peer)) => {
                    tokio::spawn(connection(shared.clone(), socket, peer, stop.clone(), slot));
                }
                // Out of file descriptors, most likely: let some close.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        let _ = timeout(self.limits.drain, slots.acquire_many(all)).await;
    }
}

type Shared = Arc<(TlsAcceptor, Limits, Arc<Gateway>)>;

async fn connection(
    shared: Shared,
    socket: TcpStream,
    peer: SocketAddr,
    stop: watch::Receiver<bool>,
    _slot: OwnedSemaphorePermit,
) {
    let (tls, limits, _) = &*shared;
    // Without this an answer waits for the client's delayed acknowledgement: 40 ms.
    if socket.set_nodelay(true).is_err() {
        return;
    }
    match timeout(limits.head, secured(tls, socket)).await {
        Ok(Ok(Some(stream))) => serve(shared.clone(), stream, peer, stop).await,
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
    }
}

/// The TLS stream; `None` after a client that spoke plain HTTP was told so.
async fn secured(tls: &TlsAcceptor, mut socket: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
    const HANDSHAKE: u8 = 0x16;
    let mut first = [0_u8; 1];
    if socket.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first == [HANDSHAKE] {
        return tls.accept(socket).await.map(Some);
    }
    socket.write_all(PLAINTEXT_REFUSAL).await?;
    socket.shutdown().await?;
    Ok(None)
}

const PLAINTEXT_REFUSAL: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain\r\nContent-Length: 66\r\nConnection: close\r\n\r\n\
    This port speaks TLS only: use https:// and the CA of `kurodo env`";

async fn serve(shared: Shared, stream: TlsStream<TcpStream>, peer: SocketAddr, stop: watch::Receiver<bool>) {
    let (_, limits, gateway) = &*shared;
    let session = stream.get_ref().1;
    let second = session.alpn_protocol() == Some(b"h2");
    let connection = Arc::new(Connection::new(peer, session.protocol_version()));
    let gateway = gateway.clone();
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let (gateway, connection) = (gateway.clone(), connection.clone());
        async move { Ok::<_, std::convert::Infallible>(way::serve(&gateway, &connection, request).await) }
    });
    let io = TokioIo::new(stream);
    let outcome = if second {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(Duration::from_secs(60));
        until_stopped(builder.serve_connection(io, answer), stop, |c| c.graceful_shutdown()).await
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(limits.head_bytes.max(8192))
            .max_headers(limits.header_fields);
        until_stopped(builder.serve_connection(io, answer), stop, |c| c.graceful_shutdown()).await
    };
    if let Err(error) = outcome {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// Drives a connection; once told to stop, lets it end its open requests.
async fn until_stopped<C>(
    connection: C,
    mut stop: watch::Receiver<bool>,
    graceful: impl FnOnce(std::pin::Pin<&mut C>),
) -> Result<(), hyper::Error>
where
    C: Future<Output = Result<(), hyper::Error>>,
{
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        outcome = connection.as_mut() => return outcome,
        _ = stop.wait_for(|stop| *stop) => graceful(connection.as_mut()),
    }
    connection.await
}
