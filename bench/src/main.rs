//! A bare server: hyper, rustls with Kurodo's own TLS settings, and for every request the bytes that Kurodo answers
//! to a GET of a 4 KiB object. What Kurodo costs above this is what its locks cost.
//!
//! It listens on a free port of the loopback interface and prints `ready PORT`.

use std::{convert::Infallible, error::Error, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls_pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Header fields of S3's answer, but those that hyper writes.
const FIELDS: [(&str, &str); 8] = [
    ("accept-ranges", "bytes"),
    ("content-type", "binary/octet-stream"),
    ("etag", "\"5a105e8b9d40e1329780d62ea2265d8a\""),
    ("last-modified", "Sun, 01 Nov 2026 12:00:00 GMT"),
    ("x-amz-id-2", "8f0e5a52-3c6c-4b0e-9d0a-3f4d1f2c7b11"),
    ("x-amz-request-id", "8f0e5a52-3c6c-4b0e-9d0a-3f4d1f2c7b11"),
    ("x-amz-server-side-encryption", "AES256"),
    ("x-amz-checksum-crc64nvme", "jm2lRPVNwLg="),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tls = TlsAcceptor::from(tls()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ready {}", listener.local_addr()?.port());
    let answer = Arc::new((fields()?, Bytes::from(vec![b'x'; 4096])));
    loop {
        let (socket, _) = listener.accept().await?;
        let (tls, answer) = (tls.clone(), answer.clone());
        tokio::spawn(async move {
            // A client that goes away is none of our concern.
            let _ = connection(&tls, socket, &answer).await;
        });
    }
}

fn tls() -> Result<Arc<tokio_rustls::rustls::ServerConfig>, Box<dyn Error>> {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der())?;
    Ok(kurodo_gateway::tls_config(vec![own.cert.der().clone()], key)?)
}

fn fields() -> Result<HeaderMap, Box<dyn Error>> {
    FIELDS
        .into_iter()
        .map(|(name, value)| Ok((HeaderName::from_static(name), HeaderValue::from_str(value)?)))
        .collect()
}

async fn connection(
    tls: &TlsAcceptor,
    socket: TcpStream,
    (fields, content): &(HeaderMap, Bytes),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    socket.set_nodelay(true)?;
    let stream = tls.accept(socket).await?;
    let service = service_fn(|_: Request<Incoming>| async {
        let mut response = Response::new(Full::new(content.clone()));
        *response.headers_mut() = fields.clone();
        Ok::<_, Infallible>(response)
    });
    http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await?;
    Ok(())
}
