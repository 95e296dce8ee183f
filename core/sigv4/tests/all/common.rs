//! Requests as text, and what the tests share.

use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use kurodo_sigv4::{AuthError, Claim, Head, Rules, SigningKey, V4Claim, V4aClaim, Verified, read};

pub(crate) const AKID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A request, owned.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads a request line, fields (folded ones too) and a body.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        let mut lines = head.split('\n');
        let line = lines.next().unwrap();
        let (method, rest) = line.split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap_or(rest);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with(' ') {
                fields.last_mut().unwrap().1 += line;
            } else {
                let (name, value) = line.split_once(':').unwrap();
                fields.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let method = method.parse().unwrap();
        Self { method, path: path.into(), query: query.into(), headers, body: body.as_bytes().to_vec() }
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            authority: None,
        }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }

    pub(crate) fn body_hash(&self) -> [u8; 32] {
        sha256(&self.body)
    }

    /// Verifies with a secret at a time.
    pub(crate) fn verify(&self, secret: &str, rules: &Rules<'_>, now: i64) -> Result<Verified, AuthError> {
        let claim = v4(&self.head())?;
        let key = key(&claim, secret);
        claim.verify(&self.head(), &key, rules, now, Some(self.body_hash()))
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn v4(head: &Head<'_>) -> Result<V4Claim, AuthError> {
    match read(head)? {
        Claim::V4(claim) => Ok(claim),
        other => panic!("not V4: {other:?}"),
    }
}

pub(crate) fn v4a(head: &Head<'_>) -> Result<V4aClaim, AuthError> {
    match read(head)? {
        Claim::V4a(claim) => Ok(claim),
        other => panic!("not V4A: {other:?}"),
    }
}

pub(crate) fn key(claim: &V4Claim, secret: &str) -> SigningKey {
    SigningKey::derive(secret, claim.scope.date, &claim.scope.region, &claim.scope.service)
}
