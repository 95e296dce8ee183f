//! The command line as a client of the server: signed requests over TLS, like anyone's.

use std::{fs, sync::Arc, time::SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use kurodo_sigv4::{Head, Scope, ScopeDate, SigningKey, sign::Signer};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio::net::TcpStream;

use crate::home::Home;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What `kurodo env` prints and this client uses.
pub(crate) struct Access {
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) ca: std::path::PathBuf,
}

impl Access {
    /// Reads what the server left in the data directory.
    pub(crate) fn read(home: &Home) -> Result<Self, Fault> {
        let read = |path: std::path::PathBuf| {
            fs::read_to_string(&path).map_err(|error| {
                format!(
                    "{} cannot be read ({error}): start the server first, or name its --data-dir",
                    path.display()
                )
            })
        };
        let endpoint = read(home.endpoint())?;
        let credentials = read(home.credentials())?;
        let mut lines = endpoint.lines();
        let setting = |name: &str| {
            credentials
                .lines()
                .find_map(|line| line.split_once('=').filter(|(n, _)| n.trim() == name))
                .map(|(_, value)| value.trim().to_owned())
                .ok_or_else(|| format!("{} has no {name}", home.credentials().display()))
        };
        let line = |text: Option<&str>| text.map(str::to_owned).ok_or("the endpoint file is incomplete");
        Ok(Self {
            endpoint: line(lines.next())?,
            region: line(lines.next())?,
            access_key_id: setting("aws_access_key_id")?,
            secret: setting("aws_secret_access_key")?,
            ca: fs::canonicalize(home.ca())?,
        })
    }

    /// Calls a JSON operation and gives its answer.
    pub(crate) fn call(
        &self,
        service: &str,
        target: &str,
        input: &serde_json::Value,
    ) -> Result<serde_json::Value, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.send(service, target, input.to_string()))
    }

    async fn send(&self, service: &str, target: &str, body: String) -> Result<serde_json::Value, Fault> {
        let uri: http::Uri = self.endpoint.parse()?;
        let authority = uri.authority().ok_or("the endpoint names no host")?.clone();
        let (host, port) = (authority.host().trim_matches(['[', ']']), authority.port_u16().unwrap_or(443));
        let socket = TcpStream::connect((host, port)).await.map_err(|error| {
            format!("{} does not answer ({error}): is the server running?", self.endpoint)
        })?;
        let tls = tokio_rustls::TlsConnector::from(self.trust()?);
        let stream = tls.connect(ServerName::try_from(host.to_owned())?, socket).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let response = sender.send_request(self.request(service, target, &authority, body)?).await?;
        let status = response.status();
        let answer: serde_json::Value =
            serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
        driver.abort();
        if status.is_success() { Ok(answer) } else { Err(refusal(&answer).into()) }
    }

    fn request(
        &self,
        service: &str,
        target: &str,
        authority: &http::uri::Authority,
        body: String,
    ) -> Result<http::Request<Full<Bytes>>, Fault> {
        let mut headers = http::HeaderMap::new();
        headers.insert("host", authority.as_str().parse()?);
        headers.insert("content-type", "application/x-amz-json-1.1".parse()?);
        headers.insert("x-amz-target", target.parse()?);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let now = i64::try_from(now)?;
        let day = kurodo_sigv4::stamp::basic(now);
        let date = ScopeDate::parse(day.get(..8).unwrap_or_default()).ok_or("the clock is out of bounds")?;
        let scope = Scope { date, region: self.region.as_str().into(), service: service.into() };
        let key = SigningKey::derive(&self.secret, date, &scope.region, &scope.service);
        let signer =
            Signer { access_key_id: &self.access_key_id, key: &key, scope: &scope, token: None, s3: false };
        let head =
            Head { method: &http::Method::POST, path: "/", query: "", headers: &headers, authority: None };
        let hash: String =
            digest(&SHA256, body.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let signed = signer.authorize(&head, &hash, now)?;
        let mut request = http::Request::post("/").body(Full::from(body))?;
        *request.headers_mut() = headers;
        request.headers_mut().extend(signed);
        Ok(request)
    }

    fn trust(&self) -> Result<Arc<ClientConfig>, Fault> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(&self.ca)? {
            roots.add(certificate?)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn refusal(answer: &serde_json::Value) -> String {
    let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
    let code = text("__type").map(|code| code.rsplit('#').next().unwrap_or(code)).unwrap_or("Error");
    format!("{code}: {}", text("message").or_else(|| text("Message")).unwrap_or_default())
}
