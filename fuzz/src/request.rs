//! Requests as text, and the secret that signs them.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use kurodo_sigv4::{Head, Scope, ScopeDate, SigningKey, sign::Signer};

/// The access key id of every seed.
pub(crate) const AKID: &str = "AKIAIOSFODNN7EXAMPLE";
/// Its secret, as AWS's documentation writes it.
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// A secret that signed nothing.
pub(crate) const OTHER: &str = "AnotherSecretThatSignedNothing0123456789";
/// When the seeds were signed, in seconds since 1970.
pub(crate) const NOW: i64 = 1_790_000_000;

/// A request, owned.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
}

impl Request {
    /// Reads a request line and fields, up to an empty line; `None` where HTTP would not let them in.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
        let head = &bytes[..end];
        let mut lines = head.split(|byte| *byte == b'\n');
        let line = std::str::from_utf8(lines.next()?).ok()?;
        let (method, target) = line.split_once(' ')?;
        let uri: http::Uri = target.parse().ok()?;
        let mut headers = HeaderMap::new();
        for line in lines {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
        }
        Some(Self {
            method: method.parse().ok()?,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            headers,
        })
    }

    /// The head, borrowed.
    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            authority: None,
        }
    }
}

/// Where and when the requests are signed for S3.
pub(crate) fn scope() -> Scope {
    Scope { date: ScopeDate::of(NOW), region: "eu-west-1".into(), service: "s3".into() }
}

/// The key of a scope.
pub(crate) fn key(secret: &str, scope: &Scope) -> SigningKey {
    SigningKey::derive(secret, scope.date, &scope.region, &scope.service)
}

/// Signs as S3's clients do.
pub(crate) fn signer<'a>(key: &'a SigningKey, scope: &'a Scope) -> Signer<'a> {
    Signer { access_key_id: AKID, key, scope, token: None, s3: true }
}
