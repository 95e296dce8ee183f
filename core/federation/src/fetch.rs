use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use serde::de::DeserializeOwned;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::FetchError;

/// How long an issuer may take for each document.
///
/// Source: AWS re:Post, "How can I resolve the AWS STS AssumeRoleWithWebIdentity API call error InvalidIdentityToken?"
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest document, in bytes.
const LONGEST: usize = 256 << 10;

/// Fetches a JSON document; follows no redirections.
///
/// # Errors
/// [`FetchError`].
pub(crate) async fn json<T: DeserializeOwned>(
    client: &Arc<ClientConfig>,
    address: &str,
    document: &'static str,
) -> Result<T, FetchError> {
    let fetched = timeout(PATIENCE, bytes(client, address)).await;
    let content = fetched.map_err(|_| FetchError::Slow(address.to_owned()))??;
    let found = serde_json::from_slice(&content);
    found.map_err(|_| FetchError::Content { address: address.to_owned(), document })
}

async fn bytes(client: &Arc<ClientConfig>, address: &str) -> Result<Bytes, FetchError> {
    let wrong = || FetchError::Address(address.to_owned());
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("https")).ok_or_else(wrong)?;
    if authority.as_str().contains('@') {
        return Err(wrong());
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|_| wrong())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path).header(header::HOST, authority.as_str());
    let request = request.header(header::ACCEPT, "application/json").body(Empty::<Bytes>::new());

    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(443))).await;
    let stream = stream.map_err(failed(address))?;
    let stream = TlsConnector::from(client.clone()).connect(name, stream).await.map_err(failed(address))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed(address))?;
    // It ends with the answer, or when this is given up.
    let connection = AbortOnDrop(tokio::spawn(connection));
    let answer = sender.send_request(request.map_err(|_| wrong())?).await.map_err(failed(address))?;
    if answer.status() != 200 {
        return Err(FetchError::Status { address: address.to_owned(), status: answer.status().as_u16() });
    }
    let content = Limited::new(answer.into_body(), LONGEST).collect().await;
    drop(connection);
    content.map(|content| content.to_bytes()).map_err(failed(address))
}

fn failed<E: ToString>(address: &str) -> impl FnOnce(E) -> FetchError + '_ {
    |error| FetchError::Unreachable { address: address.to_owned(), error: error.to_string() }
}

/// A task that does not outlive its owner.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
