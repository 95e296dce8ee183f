use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// What is asked of a server.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The method.
    pub method: Method,
    /// The address, which begins with `https://` and names no user.
    pub address: &'a str,
    /// What is sent, in JSON; nothing for most methods.
    pub content: Bytes,
    /// How long all of it may take.
    pub patience: Duration,
    /// The longest answer, in bytes.
    pub longest: usize,
}

/// What a server answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content.
    pub content: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutsideError {
    /// The address is none under `https`.
    #[error("{0} is no address under https")]
    Address(String),
    /// No connection, no TLS, a certificate that nobody vouches for, or an answer that ends early or is too long.
    #[error("{address}: {error}")]
    Unreachable {
        /// The address.
        address: String,
        /// What failed.
        error: String,
    },
    /// It took too long.
    #[error("{0} took too long to answer")]
    Slow(String),
}

/// Sends a request, and waits for the whole answer.
///
/// # Errors
/// [`OutsideError`]. An answer that tells an error is an answer.
pub async fn send(client: &Arc<ClientConfig>, ask: Ask<'_>) -> Result<Answer, OutsideError> {
    let (address, patience) = (ask.address, ask.patience);
    timeout(patience, answer(client, ask)).await.map_err(|_| OutsideError::Slow(address.to_owned()))?
}

async fn answer(client: &Arc<ClientConfig>, ask: Ask<'_>) -> Result<Answer, OutsideError> {
    let address = ask.address;
    let wrong = || OutsideError::Address(address.to_owned());
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("https")).ok_or_else(wrong)?;
    if authority.as_str().contains('@') {
        return Err(wrong());
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|_| wrong())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::builder().method(ask.method).uri(path).header(header::HOST, authority.as_str());
    let request = request.header(header::ACCEPT, "application/json");
    let request = match ask.content.is_empty() {
        true => request,
        false => request.header(header::CONTENT_TYPE, "application/json"),
    };
    let request = request.body(Full::new(ask.content)).map_err(|_| wrong())?;

    let stream = connect(host, authority.port_u16().unwrap_or(443)).await.map_err(failed(address))?;
    let stream = TlsConnector::from(client.clone()).connect(name, stream).await.map_err(failed(address))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed(address))?;
    // It ends with the answer, or when this is given up.
    let connection = AbortOnDrop(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(failed(address))?;
    let status = answer.status().as_u16();
    let content = Limited::new(answer.into_body(), ask.longest).collect().await;
    drop(connection);
    Ok(Answer { status, content: content.map_err(failed(address))?.to_bytes() })
}

/// Connects to one of a host's addresses. None is on the link itself, however it is written: there a cloud's machine finds its
/// credentials, and no server that anybody names.
async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address that may be asked");
    for address in lookup_host((host, port)).await?.filter(|address| !is_on_link(address.ip())) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn is_on_link(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address == EC2_METADATA
                || translated(address).is_some_and(|v4| v4.is_link_local())
        }
    }
}

/// The instance metadata service's address over IPv6 (EC2 User Guide, "Use the Instance Metadata Service"): unique-local, and
/// answered on the link.
const EC2_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The IPv4 address that a translator of the well-known prefix 64:ff9b::/96 (RFC 6052 2.1) would ask.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

fn failed<E: ToString>(address: &str) -> impl FnOnce(E) -> OutsideError + '_ {
    |error| OutsideError::Unreachable { address: address.to_owned(), error: error.to_string() }
}

/// A task that does not outlive its owner.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_on_the_link_is_asked() {
        for host in
            ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe"]
        {
            let error = connect(host, 443).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable, "{host}");
        }
    }
}
