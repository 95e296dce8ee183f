//! The request that a form stands for, and the answer that it asks for.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Form, FormError};
use crate::{head::Head, outgoing::Response, respond::put};

/// What a form asks for, once its object is there.
#[derive(Debug)]
pub(crate) struct Posted {
    success: Success,
    /// The object's address.
    location: String,
    bucket: String,
    key: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Success {
    Redirect(String),
    Status(StatusCode),
}

/// Characters of a key that stay as they are in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Characters that stay as they are in a query.
pub(super) const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Fields that are header fields of the object by their own names.
const PLAIN: [HeaderName; 6] = [
    header::CACHE_CONTROL,
    header::CONTENT_TYPE,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::EXPIRES,
];

/// Fields that authenticate the form, and are no part of the object.
const PROOF: [&str; 5] =
    ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", "x-amz-signature"];

/// Beginnings of the fields that describe the object as PutObject's header fields of the same name do. Others, such as
/// `x-amz-copy-source`, would make another request of it.
const OF_OBJECT: [&str; 7] = [
    "x-amz-acl",
    "x-amz-checksum-",
    "x-amz-meta-",
    "x-amz-object-lock-",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];

impl Form {
    fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Target and header fields of the PutObject request that the form stands for, with a content of this many bytes.
    pub(crate) fn put(&self, head: &Head, length: u64) -> Result<(Uri, HeaderMap, Posted), FormError> {
        let key = self.value("key").filter(|key| !key.is_empty()).ok_or(FormError::NoKey)?;
        let bucket = head.path().trim_end_matches('/');
        let path = format!("{bucket}/{}", utf8_percent_encode(key, PATH));
        let mut uri = head.uri().clone().into_parts();
        uri.path_and_query = Some(path.parse().map_err(|_| FormError::Value)?);
        let uri = Uri::from_parts(uri).map_err(|_| FormError::Value)?;
        let headers = self.headers(head.headers(), length)?;
        let location = format!("https://{}{path}", head.authority());
        let (bucket, key) = (self.bucket.clone(), key.to_owned());
        Ok((uri, headers, Posted { success: self.success(), location, bucket, key }))
    }

    /// The form's fields, and of the request's own what says where it comes from.
    fn headers(&self, own: &HeaderMap, length: u64) -> Result<HeaderMap, FormError> {
        let mut headers = HeaderMap::new();
        for name in [header::HOST, header::ORIGIN, header::REFERER, header::USER_AGENT] {
            if let Some(value) = own.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        for (name, value) in &self.fields {
            if let Some(name) = header_name(name)? {
                let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| FormError::Value)?;
                headers.insert(name, value);
            }
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        Ok(headers)
    }

    /// A redirection that is no address counts for nothing, as does a status that forms know nothing of.
    fn success(&self) -> Success {
        let redirect = self.value("success_action_redirect").or_else(|| self.value("redirect"));
        let address = |text: &&str| {
            let uri = text.parse::<Uri>().ok();
            uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
        };
        match (redirect.filter(address), self.value("success_action_status")) {
            (Some(address), _) => Success::Redirect(address.to_owned()),
            (None, Some("200")) => Success::Status(StatusCode::OK),
            (None, Some("201")) => Success::Status(StatusCode::CREATED),
            (None, _) => Success::Status(StatusCode::NO_CONTENT),
        }
    }
}

/// The header field of PutObject that a form's field is. Fields of the page's own count for nothing.
fn header_name(field: &str) -> Result<Option<HeaderName>, FormError> {
    let name = field.to_ascii_lowercase();
    if name == "acl" {
        return Ok(Some(HeaderName::from_static("x-amz-acl")));
    }
    if name == "tagging" {
        return Ok(Some(HeaderName::from_static("x-amz-tagging")));
    }
    if let Some(plain) = PLAIN.iter().find(|plain| plain.as_str() == name) {
        return Ok(Some(plain.clone()));
    }
    if OF_OBJECT.iter().any(|beginning| name.starts_with(beginning)) {
        return HeaderName::try_from(name).map(Some).map_err(|_| FormError::Malformed);
    }
    let unknown = name.starts_with("x-amz-") && !PROOF.contains(&name.as_str());
    if unknown { Err(FormError::NotHonoured(field.chars().take(64).collect())) } else { Ok(None) }
}

impl Posted {
    /// The answer that the form asked for, in place of PutObject's. Errors stay what they are.
    pub(crate) fn answer(&self, mut response: Response) -> Response {
        if !response.status().is_success() {
            return response;
        }
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.unwrap_or_default().to_owned();
        match &self.success {
            Success::Redirect(address) => {
                *response.status_mut() = StatusCode::SEE_OTHER;
                put(&mut response, "location", &self.redirection(address, &etag));
            }
            Success::Status(status) => {
                *response.status_mut() = *status;
                put(&mut response, "location", &self.location);
                if *status == StatusCode::CREATED {
                    put(&mut response, "content-type", "application/xml");
                    let document = self.document(&etag);
                    response.body_mut().becomes(document);
                }
            }
        }
        response
    }

    fn redirection(&self, address: &str, etag: &str) -> String {
        let encoded = |text| utf8_percent_encode(text, QUERY);
        let (address, fragment) = address.split_once('#').map_or((address, None), |(a, f)| (a, Some(f)));
        let joint = if address.contains('?') { '&' } else { '?' };
        let (bucket, key, etag) = (encoded(&self.bucket), encoded(&self.key), encoded(etag));
        let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        format!("{address}{joint}bucket={bucket}&key={key}&etag={etag}{fragment}")
    }

    fn document(&self, etag: &str) -> Bytes {
        let [location, bucket, key, etag] =
            [&self.location, &self.bucket, &self.key, etag].map(|text: &str| escaped(text));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{location}</Location>\
             <Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>{etag}</ETag></PostResponse>"
        )
        .into()
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No document may hold it, escaped or not.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let end = super::super::FileEnd::new(b"");
        Form { fields, bucket: "b".to_owned(), end, first: Bytes::new(), announced: None }
    }

    fn put_of(uri: &str, fields: &[(&str, &str)]) -> Result<(Uri, HeaderMap, Posted), FormError> {
        let request =
            http::Request::post(uri).header("host", "localhost").header("x-amz-copy-source", "/a/b");
        let head = Head::new(request.body(()).unwrap().into_parts().0);
        form(fields).put(&head, 7)
    }

    #[test]
    fn fields_become_the_head_of_a_put() {
        let (uri, headers, posted) = put_of(
            "/b",
            &[
                ("Key", "a b/../ü?"),
                ("acl", "private"),
                ("Content-Type", "text/plain"),
                ("x-amz-meta-Mood", "fine"),
                ("X-Amz-Signature", "00"),
                ("submit", "Upload"),
            ],
        )
        .unwrap();
        assert_eq!(uri.path(), "/b/a%20b/../%C3%BC%3F");
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-length", "content-type", "host", "x-amz-acl", "x-amz-meta-mood"]);
        assert_eq!(posted.location, "https://localhost/b/a%20b/../%C3%BC%3F");
        assert_eq!(put_of("/", &[("key", "k")]).unwrap().0.path(), "/k");
        assert_eq!(put_of("/b/", &[("key", "/k")]).unwrap().0.path(), "/b//k");
    }

    #[test]
    fn what_a_put_is_not_is_refused() {
        assert_eq!(put_of("/b", &[]).err(), Some(FormError::NoKey));
        assert_eq!(put_of("/b", &[("key", "")]).err(), Some(FormError::NoKey));
        for name in ["x-amz-copy-source", "X-Amz-Decoded-Content-Length", "x-amz-tagging"] {
            let refused = put_of("/b", &[("key", "k"), (name, "v")]).err();
            assert_eq!(refused, Some(FormError::NotHonoured(name.to_owned())));
        }
        assert_eq!(put_of("/b", &[("key", "k"), ("acl", "a\nb")]).err(), Some(FormError::Value));
    }

    #[test]
    fn the_form_chooses_its_answer() {
        let success = |fields: &[(&str, &str)]| form(fields).success();
        let status = Success::Status;
        assert_eq!(success(&[]), status(StatusCode::NO_CONTENT));
        assert_eq!(success(&[("success_action_status", "201")]), status(StatusCode::CREATED));
        assert_eq!(success(&[("success_action_status", "500")]), status(StatusCode::NO_CONTENT));
        for address in ["/here", "javascript:x", "ftp://x/", "::"] {
            assert_eq!(success(&[("success_action_redirect", address)]), status(StatusCode::NO_CONTENT));
        }
        let there = "https://x.example/?a=1#top";
        assert_eq!(success(&[("redirect", there)]), Success::Redirect(there.to_owned()));
        let (_, _, posted) = put_of("/b", &[("key", "k&l"), ("redirect", there)]).unwrap();
        let expected = "https://x.example/?a=1&bucket=b&key=k%26l&etag=%22e%22#top";
        assert_eq!(posted.redirection(there, "\"e\""), expected);
    }
}
