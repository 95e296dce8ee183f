//! The command line as a client of the server: signed requests over TLS, like anyone's.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

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

/// What a caller signs with.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    /// The session token of temporary credentials.
    pub(crate) token: Option<String>,
}

impl Keys {
    /// Reads a file in the form of `~/.aws/credentials`.
    pub(crate) fn read(path: &Path) -> Result<Self, Fault> {
        let credentials = read(path)?;
        let setting = |name: &str| {
            credentials
                .lines()
                .find_map(|line| line.split_once('=').filter(|(n, _)| n.trim() == name))
                .map(|(_, value)| value.trim().to_owned())
                .ok_or_else(|| format!("{} has no {name}", path.display()))
        };
        let (access_key_id, secret) = (setting("aws_access_key_id")?, setting("aws_secret_access_key")?);
        Ok(Self { access_key_id, secret, token: None })
    }

    /// The text of such a file.
    pub(crate) fn file(&self, profile: &str) -> String {
        let Self { access_key_id, secret, .. } = self;
        format!("[{profile}]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret}\n")
    }
}

fn read(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        format!("{path} cannot be read ({error}): start the server first, or name its --data-dir").into()
    })
}

/// What `kurodo env` prints and this client uses.
pub(crate) struct Access {
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) keys: Keys,
    pub(crate) ca: PathBuf,
}

impl Access {
    /// Reads what the server left in the data directory: the way in for the first account's root user.
    pub(crate) fn read(home: &Home) -> Result<Self, Fault> {
        let endpoint = read(&home.endpoint())?;
        let mut lines = endpoint.lines();
        let line = |text: Option<&str>| text.map(str::to_owned).ok_or("the endpoint file is incomplete");
        Ok(Self {
            endpoint: line(lines.next())?,
            region: line(lines.next())?,
            keys: Keys::read(&home.credentials())?,
            ca: fs::canonicalize(home.ca())?,
        })
    }

    /// The same server for someone else.
    pub(crate) fn with(&self, keys: Keys) -> Self {
        Self { endpoint: self.endpoint.clone(), region: self.region.clone(), keys, ca: self.ca.clone() }
    }

    /// Calls a JSON operation and gives its answer.
    pub(crate) fn call(
        &self,
        service: &str,
        target: &str,
        input: &serde_json::Value,
    ) -> Result<serde_json::Value, Fault> {
        let (kind, body) = ("application/x-amz-json-1.1", input.to_string());
        let (status, answer) = self.send(&Content { service, kind, target: Some(target), body })?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        if status.is_success() { Ok(answer) } else { Err(refusal(&answer).into()) }
    }

    /// Calls an operation of the query protocol and gives the XML that it answers.
    pub(crate) fn query(&self, service: &str, parameters: &[(&str, &str)]) -> Result<String, Fault> {
        let body = form(parameters);
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        let (status, answer) = self.send(&Content { service, kind, target: None, body })?;
        let answer = String::from_utf8(answer.into())?;
        if status.is_success() {
            return Ok(answer);
        }
        let text = |name| element(&answer, name).unwrap_or_default();
        Err(format!("{}: {}", text("Code"), text("Message")).into())
    }

    fn send(&self, content: &Content<'_>) -> Result<(http::StatusCode, Bytes), Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.exchange(content))
    }

    async fn exchange(&self, content: &Content<'_>) -> Result<(http::StatusCode, Bytes), Fault> {
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
        let response = sender.send_request(self.request(content, &authority)?).await?;
        let status = response.status();
        let answer = response.into_body().collect().await?.to_bytes();
        driver.abort();
        Ok((status, answer))
    }

    fn request(
        &self,
        content: &Content<'_>,
        authority: &http::uri::Authority,
    ) -> Result<http::Request<Full<Bytes>>, Fault> {
        let Content { service, kind, target, body } = content;
        let mut headers = http::HeaderMap::new();
        headers.insert("host", authority.as_str().parse()?);
        headers.insert("content-type", kind.parse()?);
        if let Some(target) = target {
            headers.insert("x-amz-target", target.parse()?);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let now = i64::try_from(now)?;
        let day = kurodo_sigv4::stamp::basic(now);
        let date = ScopeDate::parse(day.get(..8).unwrap_or_default()).ok_or("the clock is out of bounds")?;
        let scope = Scope { date, region: self.region.as_str().into(), service: (*service).into() };
        let Keys { access_key_id, secret, token } = &self.keys;
        let key = SigningKey::derive(secret, date, &scope.region, &scope.service);
        let signer = Signer { access_key_id, key: &key, scope: &scope, token: token.as_deref(), s3: false };
        let head =
            Head { method: &http::Method::POST, path: "/", query: "", headers: &headers, authority: None };
        let hash: String =
            digest(&SHA256, body.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let signed = signer.authorize(&head, &hash, now)?;
        let mut request = http::Request::post("/").body(Full::from(body.clone()))?;
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

/// What a request carries.
struct Content<'a> {
    service: &'a str,
    kind: &'static str,
    target: Option<&'a str>,
    body: String,
}

fn form(parameters: &[(&str, &str)]) -> String {
    let encode = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// The text of the first element of this name, which must hold neither elements nor escapes.
pub(crate) fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

fn refusal(answer: &serde_json::Value) -> String {
    let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
    let code = text("__type").map(|code| code.rsplit('#').next().unwrap_or(code)).unwrap_or("Error");
    format!("{code}: {}", text("message").or_else(|| text("Message")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_what_it_is_given() {
        assert_eq!(form(&[("A.1", "x y+&="), ("B", "")]), "A%2E1=x%20y%2B%26%3D&B=");
    }

    #[test]
    fn an_element_is_found_by_its_whole_name() {
        let xml = "<R><SecretAccessKey>a/b+c=</SecretAccessKey><Key>d</Key></R>";
        assert_eq!(element(xml, "Key"), Some("d"));
        assert_eq!(element(xml, "SecretAccessKey"), Some("a/b+c="));
        assert_eq!(element(xml, "Secret"), None);
    }
}
