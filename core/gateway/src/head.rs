use std::{cell::RefCell, fmt, time::Instant};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use http::{HeaderMap, Method, Uri, header, request::Parts};

/// The head of a request, as it came: path and query are not decoded.
#[derive(Debug)]
pub struct Head {
    /// Where they are they stay: a head is handed on several times.
    parts: Box<Parts>,
    id: RequestId,
    arrived: Instant,
}

impl Head {
    /// Gives the head an id of its own.
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Box::new(parts), id: RequestId::random(), arrived: Instant::now() }
    }

    /// The head of what no client asked for; it has nothing but an id.
    pub(crate) fn blank() -> Self {
        Self::new(http::Request::new(()).into_parts().0)
    }

    /// The request's id, as the response and the audit trail carry it.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// When it was there.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The request's target as it came.
    pub(crate) fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The head of the request that a form stands for; it keeps the id.
    pub(crate) fn becomes(mut self, method: Method, uri: Uri, headers: HeaderMap) -> Self {
        (self.parts.method, self.parts.uri, self.parts.headers) = (method, uri, headers);
        self
    }

    /// Whether the client waits to be told to go on before it sends its content.
    pub(crate) fn awaits_continue(&self) -> bool {
        self.header(header::EXPECT.as_str()).is_some_and(|text| text.eq_ignore_ascii_case("100-continue"))
    }

    /// The path, percent-encoded as it came; starts with a slash.
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// The query after the question mark, as it came; empty where there is none.
    pub fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// The version of HTTP that the client speaks.
    pub fn version(&self) -> http::Version {
        self.parts.version
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// A header field's text, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The host that the client asked, without the port: HTTP/2's `:authority`, or the `Host` field.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map_or(rest, |(host, _)| host),
            None => authority.split_once(':').map_or(authority, |(host, _)| host),
        }
    }

    /// The host and port that the client asked.
    pub fn authority(&self) -> &str {
        match self.parts.uri.authority() {
            Some(authority) => authority.as_str(),
            None => self.header("host").unwrap_or_default(),
        }
    }

    /// The head as the signature's verifier reads it.
    pub(crate) fn signed(&self) -> kurodo_sigv4::Head<'_> {
        kurodo_sigv4::Head {
            method: self.method(),
            path: self.path(),
            query: self.query(),
            headers: self.headers(),
            authority: self.parts.uri.authority().map(http::uri::Authority::as_str),
        }
    }
}

/// A request's id: a random UUID.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    fn random() -> Self {
        let n = random() & !(0xf000 << 64) | (0x4000 << 64);
        let n = n & !(0xc000 << 48) | (0x8000 << 48);
        let mut text = String::with_capacity(36);
        for (at, byte) in n.to_be_bytes().into_iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        Self(text)
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 })
}

/// A random number. Each thread draws some at once, which costs little more than drawing one.
fn random() -> u128 {
    thread_local! {
        static DRAWN: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.is_empty() {
            let mut fresh = [[0; 16]; 32];
            // The system's generator does not fail once it has answered; zeros would still be unique enough to log.
            let _ = SystemRandom::new().fill(fresh.as_flattened_mut());
            drawn.extend(fresh);
        }
        drawn.pop().map_or(0, u128::from_be_bytes)
    })
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(uri: &str, host: Option<&str>) -> Head {
        let mut request = http::Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        Head::new(request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_host_is_read_without_its_port() {
        assert_eq!(head("/", Some("s3.localhost:4566")).host(), "s3.localhost");
        assert_eq!(head("/", Some("[::1]:4566")).host(), "::1");
        assert_eq!(head("https://b.s3.localhost:1/k", None).host(), "b.s3.localhost");
        assert_eq!(head("/", None).host(), "");
    }

    #[test]
    fn ids_are_version_4_uuids_and_differ() {
        let (a, b) = (RequestId::random(), RequestId::random());
        assert_ne!(a, b);
        assert_eq!(a.as_str().len(), 36);
        assert_eq!(a.as_str().as_bytes()[14], b'4');
        assert!(b"89ab".contains(&a.as_str().as_bytes()[19]));
    }
}
