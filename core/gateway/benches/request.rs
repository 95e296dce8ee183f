//! What one request costs: a signed GET of 4 KiB over a kept TLS connection, client and server on one thread, beside a
//! bare hyper and rustls server that answers the same bytes to the same client.
//!
//! `cargo bench -p kurodo-gateway` prints microseconds; the difference is what authentication, authorization, audit and
//! encoding cost.

#![expect(unreachable_pub, reason = "the table makes public items, as a service's crate wants them")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark may give up")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kurodo_gateway::tls_config;
use rustls::ClientConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

#[path = "../tests/wire/client.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod client;
#[path = "../tests/wire/depot.rs"]
mod depot;
#[path = "../tests/wire/model.rs"]
mod model;
#[path = "../tests/wire/needs.rs"]
mod needs;
#[path = "../tests/wire/resources.rs"]
mod resources;
#[path = "../tests/wire/world.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod world;

use client::{Ask, HOST, send};
use world::World;

const ROUNDS: usize = 21;
const PER_ROUND: usize = 1000;
const CONTENT: usize = 4096;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new().await;
        let put = Ask::new("PUT", "/b/k").body(vec![b'x'; CONTENT]).signed(&world.root, "s3");
        send(&world, &put).await.ok();
        let conditions = r#","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"},"Bool":{"aws:SecureTransport":"true"}}"#;
        let statement = |n| format!(
            r#"{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b{n}/*"{conditions}}}"#
        );
        let mut statements: Vec<String> = (0..9).map(statement).collect();
        statements.push(r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}"#.to_owned());
        let user = world.user("ada", &statements.join(",")).await;
        let ask = Ask::new("GET", "/b/k").signed(&user, "s3");
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let mut bare = bare().await;
        let mut gateway = connect(world.address, world.client(b"http/1.1")).await;
        for _ in 0..ROUNDS {
            theirs.push(round(&mut bare, &ask).await);
            ours.push(round(&mut gateway, &ask).await);
        }
        assert!(world.depot.handled.load(Ordering::Relaxed) > 0);
        let (ours, theirs) = (median(ours), median(theirs));
        println!("bare hyper and rustls  {theirs:>7.1} us");
        println!("through the gateway    {ours:>7.1} us");
        println!("difference             {:>7.1} us", ours - theirs);
    });
}

type Sender = hyper::client::conn::http1::SendRequest<Full<Bytes>>;

async fn connect(address: SocketAddr, trust: Arc<ClientConfig>) -> Sender {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let connector = TlsConnector::from(trust);
    let stream = connector.connect(HOST.try_into().unwrap(), socket).await.unwrap();
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Microseconds per request.
async fn round(sender: &mut Sender, ask: &Ask) -> f64 {
    let start = Instant::now();
    for _ in 0..PER_ROUND {
        let mut request = http::Request::new(Full::<Bytes>::default());
        *request.uri_mut() = ask.target().parse().unwrap();
        *request.headers_mut() = ask.headers.clone();
        sender.ready().await.unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), CONTENT);
    }
    start.elapsed().as_secs_f64() * 1e6 / PER_ROUND as f64
}

/// A client of a server without any locks.
async fn bare() -> Sender {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (certificate, private) = world::certificate();
    let tls = TlsAcceptor::from(tls_config(vec![certificate.clone()], private).unwrap());
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        let stream = tls.accept(socket).await.unwrap();
        let content = Bytes::from(vec![b'x'; CONTENT]);
        let answer = service_fn(move |_| {
            let content = content.clone();
            async move { Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::from(content))) }
        });
        let http = hyper::server::conn::http1::Builder::new();
        http.serve_connection(TokioIo::new(stream), answer).await.unwrap();
    });
    connect(address, world::client(certificate, b"http/1.1")).await
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}
