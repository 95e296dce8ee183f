//! What Prometheus asks of a service: `GET /metrics`. It becomes the operation that the service names, and from there
//! goes the same way, with the same signature, decision and audit record.
//!
//! Prometheus cannot sign, so that somebody signs for it beforehand: the credential is the query of a presigned request.
//! It can be sent as the query, or as a bearer token, which is that query in base64url. Nothing is stored of it, and it
//! is of no use for anything but that one request.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, Uri, header, uri::PathAndQuery};

use crate::head::Head;

/// Where Prometheus looks unless it is told otherwise.
const PATH: &str = "/metrics";

/// The operation that a scrape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scraped {
    /// Its name.
    pub operation: &'static str,
    /// Parameters that it demands and that a scrape does not have.
    pub parameters: &'static [(&'static str, &'static str)],
}

/// Whether a request has the form of a scrape.
pub(crate) fn is_scrape(head: &Head) -> bool {
    head.method() == Method::GET && head.path() == PATH
}

/// A scrape whose bearer token is a signed query has that query; every other request is what it was.
pub(crate) fn presented(head: Head) -> Head {
    let query = if is_scrape(&head) && head.query().is_empty() { token(head.headers()) } else { None };
    let Some(uri) = query.and_then(|query| signed(head.uri(), &query)) else { return head };
    let mut headers = head.headers().clone();
    headers.remove(header::AUTHORIZATION);
    head.becomes(Method::GET, uri, headers)
}

fn token(headers: &HeaderMap) -> Option<String> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let query = scheme.eq_ignore_ascii_case("bearer").then(|| URL_SAFE_NO_PAD.decode(token))?.ok()?;
    String::from_utf8(query).ok().filter(|query| query.contains("X-Amz-Signature="))
}

fn signed(uri: &Uri, query: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    let target = PathAndQuery::try_from(format!("{PATH}?{query}")).ok()?;
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(method: &str, uri: &str, authorization: &[&str]) -> Head {
        let mut request = http::Request::builder().method(method).uri(uri);
        for value in authorization {
            request = request.header("authorization", *value);
        }
        Head::new(request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_token_of_a_scrape_is_its_query() {
        let bearer = format!("Bearer {}", URL_SAFE_NO_PAD.encode("X-Amz-Credential=a%2Fb&X-Amz-Signature=1"));
        let taken = presented(head("GET", "https://h:1/metrics", &[&bearer]));
        assert_eq!(taken.uri(), "https://h:1/metrics?X-Amz-Credential=a%2Fb&X-Amz-Signature=1");
        assert!(taken.header("authorization").is_none());
        assert!(is_scrape(&taken));

        for (method, uri, authorization) in [
            ("POST", "/metrics", &[&*bearer][..]),
            ("GET", "/metrics/", &[&bearer]),
            ("GET", "//metrics", &[&bearer]),
            ("GET", "/", &[&bearer]),
            ("GET", "/metrics?a=b", &[&bearer]),
            ("GET", "/metrics", &[&bearer, &bearer]),
            ("GET", "/metrics", &["Bearer !"]),
            ("GET", "/metrics", &["Basic YTpi"]),
            ("GET", "/metrics", &["Bearer YQpi"]),
        ] {
            let left = presented(head(method, uri, authorization));
            assert_eq!((left.uri().to_string().as_str(), left.headers().len()), (uri, authorization.len()));
        }
    }
}
