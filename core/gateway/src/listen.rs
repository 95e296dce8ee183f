use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{Gateway, Pace, connection, crowd::Crowd};

/// What a client may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address; further ones are closed.
    pub each: usize,
    /// Further connections at once that are let in to be told to slow down; yet further ones wait to be accepted.
    pub turned_away: usize,
    /// Time for the TLS handshake, and for the whole head of a request.
    pub head: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Header fields of a request.
    pub header_fields: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// Time that a connection may stay open without a request.
    pub idle: Duration,
    /// How slowly content may be sent, and responses be taken.
    pub pace: Pace,
    /// Time that open requests get to end after the listener was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            each: 1024,
            turned_away: 256,
            head: Duration::from_secs(20),
            head_bytes: 64 * 1024,
            header_fields: 128,
            streams: 128,
            idle: Duration::from_secs(60),
            pace: Pace::default(),
            drain: Duration::from_secs(20),
        }
    }
}

/// A bound listener. TLS is the only way in.
pub struct Listener {
    socket: TcpListener,
    shared: Arc<Shared>,
}

/// What all connections of a listener have in common.
pub(crate) struct Shared {
    pub(crate) tls: TlsAcceptor,
    pub(crate) limits: Limits,
    pub(crate) gateway: Arc<Gateway>,
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
        let shared = Arc::new(Shared { tls: tls.into(), limits, gateway });
        Ok(Self { socket: TcpListener::bind(address).await?, shared })
    }

    /// The address that is bound.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop` turns true; then no connection is accepted any more, and open requests get
    /// [`Limits::drain`] to end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let Self { socket, shared } = self;
        let (slots, crowd) = (Slots::new(&shared.limits), Crowd::new(shared.limits.each));
        loop {
            let accepted = tokio::select! {
                accepted = accept(&socket, &slots) => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((socket, peer, slot)) => {
                    let mut place = crowd.place(peer.ip());
                    if place.have(1) {
                        let held = (slot, place);
                        tokio::spawn(connection::serve(shared.clone(), socket, peer, held, stop.clone()));
                    }
                }
                // Out of file descriptors, most likely: let some close.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(socket);
        let _ = timeout(shared.limits.drain, slots.all()).await;
    }
}

/// Room for connections.
struct Slots {
    served: Arc<Semaphore>,
    turned_away: Arc<Semaphore>,
    counts: [usize; 2],
}

/// A connection's room.
pub(crate) struct Slot {
    /// It is one too many: it is only told so.
    pub(crate) turned_away: bool,
    _room: OwnedSemaphorePermit,
}

impl Slots {
    fn new(limits: &Limits) -> Self {
        let counts = [limits.connections, limits.turned_away];
        let [served, turned_away] = counts.map(|count| Arc::new(Semaphore::new(count)));
        Self { served, turned_away, counts }
    }

    /// Room among the served, else among those who are turned away, else whatever is free first.
    async fn one(&self) -> Option<Slot> {
        let slot = |turned_away| move |room| Slot { turned_away, _room: room };
        if let Ok(room) = self.served.clone().try_acquire_owned() {
            return Some(slot(false)(room));
        }
        if let Ok(room) = self.turned_away.clone().try_acquire_owned() {
            return Some(slot(true)(room));
        }
        tokio::select! {
            room = self.served.clone().acquire_owned() => room.ok().map(slot(false)),
            room = self.turned_away.clone().acquire_owned() => room.ok().map(slot(true)),
        }
    }

    /// A place among the served, if one became free meanwhile.
    fn better(&self, slot: Slot) -> Slot {
        match self.served.clone().try_acquire_owned() {
            Ok(room) if slot.turned_away => Slot { turned_away: false, _room: room },
            _ => slot,
        }
    }

    /// Waits until every connection has ended.
    async fn all(&self) {
        for (room, count) in [&self.served, &self.turned_away].into_iter().zip(self.counts) {
            let _ = room.acquire_many(u32::try_from(count).unwrap_or(u32::MAX)).await;
        }
    }
}

async fn accept(listener: &TcpListener, slots: &Slots) -> io::Result<(TcpStream, SocketAddr, Slot)> {
    let slot = slots.one().await.ok_or(io::ErrorKind::Other)?;
    let (socket, peer) = listener.accept().await?;
    Ok((socket, peer, slots.better(slot)))
}
