//! What every reply has.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_TYPE, Entry},
};

use crate::{Dialect, Encoded, ReplyContext, ServiceSchema, WireError};

const AMZN_REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const AMZ_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const AMZ_ID_2: HeaderName = HeaderName::from_static("x-amz-id-2");

/// A reply as it grows.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: HeaderMap,
}

impl Reply {
    /// A reply with the headers that name the request.
    pub(super) fn new(service: &ServiceSchema, status: u16, context: ReplyContext<'_>) -> Self {
        let mut headers = HeaderMap::with_capacity(24);
        if service.dialect == Dialect::S3 {
            insert(&mut headers, AMZ_REQUEST_ID, Some(context.request_id));
            insert(&mut headers, AMZ_ID_2, context.host_id);
        } else {
            insert(&mut headers, AMZN_REQUEST_ID, Some(context.request_id));
        }
        if service.dialect == Dialect::Coral {
            insert(&mut headers, AMZ_ID_2, Some(&extended(context.request_id)));
        }
        Self { status, headers }
    }

    /// With another status.
    pub(super) fn set_status(&mut self, status: u16) {
        self.status = status;
    }

    /// With this header, which must be fit for one.
    pub(super) fn header(&mut self, name: HeaderName, value: &str) -> Result<(), WireError> {
        let value = HeaderValue::from_str(value)
            .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
            .map_err(|_| {
                WireError::reply(format!("the header `{name}` has a character that headers cannot carry"))
            })?;
        self.headers.append(name, value);
        Ok(())
    }

    /// With this number as a header.
    pub(super) fn number(&mut self, name: HeaderName, value: i64) {
        self.headers.append(name, HeaderValue::from(value));
    }

    /// Finished, with a body of this type, unless a header has said another one.
    pub(super) fn body(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Encoded {
        if let Entry::Vacant(entry) = self.headers.entry(CONTENT_TYPE) {
            entry.insert(HeaderValue::from_static(content_type));
        }
        Encoded { status: self.status, headers: self.headers, body: body.into() }
    }

    /// Finished, without a body.
    pub(super) fn empty(self) -> Encoded {
        Encoded { status: self.status, headers: self.headers, body: Bytes::new() }
    }
}

/// The second id of a request, in the length that AWS gives it.
fn extended(id: &str) -> String {
    const LENGTH: usize = 72;
    BASE64.encode(id.bytes().cycle().take(LENGTH).collect::<Vec<_>>())
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        headers.insert(name, value);
    }
}
