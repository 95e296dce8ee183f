//! Requests that pages of other origins send: what their browsers are told.
//!
//! Source: Fetch Standard, "CORS protocol".

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};

use crate::{
    Dialect, Failure, Gateway,
    authenticate::Arrival,
    head::Head,
    outgoing::{Outgoing, Response},
    respond,
    route::Mounted,
};

/// What a browser says of a page of another origin that sends a request, or that wants to.
#[derive(Debug)]
pub struct CrossOrigin<'a> {
    /// The page's origin.
    pub origin: Option<&'a str>,
    /// The method that the page asks for beforehand.
    pub asked_method: Option<&'a str>,
    /// The fields that the page asks for beforehand, as they came.
    pub asked_headers: Option<&'a str>,
    /// The request's own method.
    pub method: &'a Method,
    /// The path as it came, with the bucket in front.
    pub path: Cow<'a, str>,
    /// The server's own region: a browser that asks beforehand names none.
    pub region: &'a str,
}

impl CrossOrigin<'_> {
    /// Whether the browser asks beforehand.
    pub fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS
    }
}

/// The header fields by which a page of another origin gets to see a response; none where it does not.
pub type Sharing = Vec<(&'static str, String)>;

/// What becomes of a request by where it comes from.
pub(crate) enum Origin {
    /// It is handled as any other, and these fields go with the response.
    Shared(Sharing),
    /// It asks beforehand, and that is all.
    Preflight(Result<Sharing, Failure>),
}

impl Origin {
    /// Looks at the head alone, and at what the service keeps of other origins: a browser asks beforehand without
    /// signing.
    pub(crate) fn of(gateway: &Gateway, mounted: &Mounted, head: &Head) -> Self {
        let preflight = head.method() == Method::OPTIONS;
        let origin = head.header("origin");
        if origin.is_none() && !preflight {
            return Self::Shared(Sharing::new());
        }
        let asked = CrossOrigin {
            origin,
            asked_method: head.header("access-control-request-method"),
            asked_headers: head.header("access-control-request-headers"),
            method: head.method(),
            path: gateway.routes.s3_path(head),
            region: gateway.settings.region.as_str(),
        };
        match mounted.mount.cross_origin(&gateway.door, &asked) {
            Some(found) if preflight => Self::Preflight(found),
            found => Self::Shared(found.and_then(Result::ok).unwrap_or_default()),
        }
    }
}

/// The response with these fields.
pub(crate) fn shared(sharing: Sharing, mut response: Response) -> Response {
    for (name, value) in sharing {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// The answer to a browser that may.
pub(crate) async fn agreed(dialect: Dialect, arrival: Arrival, sharing: Sharing) -> Response {
    let Arrival { head, mut body, .. } = arrival;
    body.drain().await;
    let mut response = http::Response::new(Outgoing::whole(Bytes::new()));
    let ids: &[_] = match dialect {
        Dialect::S3 => &["x-amz-request-id", "x-amz-id-2"],
        _ => &["x-amzn-requestid"],
    };
    for name in ids {
        respond::put(&mut response, name, head.id().as_str());
    }
    respond::close_behind(&body, shared(sharing, response))
}
