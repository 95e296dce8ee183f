//! Signed requests: sent by curl one at a time, or written to files for the load generator to repeat.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::SystemTime,
};

use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use kurodo_sigv4::{Head, Scope, ScopeDate, SigningKey, sign::Signer, stamp};

use crate::failure::{Context, Failure, Outcome};

/// Where a server listens, and as whom it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// `https` or `http`.
    pub(crate) scheme: &'static str,
    pub(crate) host: &'static str,
    pub(crate) port: u16,
    /// The authority that a client must trust, where it speaks TLS.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
}

/// A request before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The signing name of the service.
    pub(crate) service: &'static str,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request of the query protocol.
    pub(crate) fn form(service: &'static str, form: &str) -> Self {
        Self {
            method: Method::POST,
            service,
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            body: form.as_bytes().to_vec(),
        }
    }

    /// A request of the JSON protocol 1.0.
    pub(crate) fn json(service: &'static str, target: &str, body: &serde_json::Value) -> Self {
        let version = if service == "kinesis" { "1.1" } else { "1.0" };
        let kind = format!("application/x-amz-json-{version}");
        Self {
            method: Method::POST,
            service,
            path: "/".to_owned(),
            headers: vec![("content-type", kind), ("x-amz-target", target.to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// A request to S3.
    pub(crate) fn s3(method: Method, path: String, body: Vec<u8>) -> Self {
        Self { method, service: "s3", path, headers: Vec::new(), body }
    }
}

impl Endpoint {
    /// `https://localhost:4566`.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// The request as it goes over the wire, signed now.
    pub(crate) fn wire(&self, request: &Request) -> Outcome<Vec<u8>> {
        let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
        for (name, value) in &self.sign(request)? {
            let value = value.to_str().context(|| "a header field".into())?;
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&request.body);
        Ok(bytes)
    }

    /// Sends the request with curl; gives what is answered.
    ///
    /// # Errors
    /// No answer, or one whose status is 300 or more.
    pub(crate) fn send(&self, request: &Request) -> Outcome<String> {
        let file = tempfile::NamedTempFile::new().context(|| "a file for the body".into())?;
        fs::write(file.path(), &request.body).context(|| "a file for the body".into())?;
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--http1.1", "--max-time", "20", "--noproxy", "*"]);
        command.args(["--write-out", "\n%{http_code}", "--request", request.method.as_str()]);
        command.args(self.ca.iter().flat_map(|ca| ["--cacert".into(), ca.clone().into_os_string()]));
        for (name, value) in &self.sign(request)? {
            let value = value.to_str().context(|| "a header field".into())?;
            command.arg("--header").arg(format!("{name}: {value}"));
        }
        if request.method != Method::GET {
            command.arg("--data-binary").arg(format!("@{}", file.path().display()));
        }
        command.arg(format!("{}{}", self.url(), request.path));
        let output = command.stderr(Stdio::piped()).output().context(|| "curl".into())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (answer, status) = text.rsplit_once('\n').unwrap_or((&text, ""));
        if matches!(status.parse::<u16>(), Ok(200..300)) {
            return Ok(answer.to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("{} {}: {status} {answer}{said}", request.method, request.path)))
    }

    pub(super) fn sign(&self, request: &Request) -> Outcome<HeaderMap> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context(|| "the clock".into())?;
        let now = i64::try_from(now.as_secs()).context(|| "the clock".into())?;
        let day = stamp::basic(now);
        let date = ScopeDate::parse(day.get(..8).unwrap_or_default()).context(|| "the clock".into())?;
        let scope = Scope { date, region: "us-east-1".into(), service: request.service.into() };
        let key = SigningKey::derive(&self.secret, date, &scope.region, &scope.service);
        let access_key_id = &self.access_key_id;
        let s3 = request.service == "s3";
        let signer = Signer { access_key_id, key: &key, scope: &scope, token: None, s3 };
        let hash: String =
            digest(&SHA256, &request.body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let headers = self.headers(request)?;
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let head = Head { method: &request.method, path, query, headers: &headers, authority: None };
        signer.authorize(&head, &hash, now).context(|| "a signature".into())
    }

    fn headers(&self, request: &Request) -> Outcome<HeaderMap> {
        let mut headers = HeaderMap::new();
        let host = format!("{}:{}", self.host, self.port);
        let length = request.body.len().to_string();
        let length = (request.method != Method::GET).then_some(("content-length", length));
        let own = request.headers.iter().cloned();
        for (name, value) in [("host", host)].into_iter().chain(length).chain(own) {
            let value = HeaderValue::try_from(value).context(|| name.to_owned())?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}
