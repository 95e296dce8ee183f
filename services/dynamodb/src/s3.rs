//! S3, asked in somebody's name.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay, Relayed};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::Error;

/// The host name of DynamoDB, as policies see it in `aws:CalledVia`.
const VIA: &str = "dynamodb.amazonaws.com";
/// What a key keeps in a path.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A bucket, as whoever asked for the work reaches it.
pub(crate) struct Bucket<'r> {
    pub(crate) relay: &'r Relay,
    pub(crate) caller: Arc<Caller>,
    pub(crate) region: Region,
    pub(crate) name: &'r str,
    /// The account that must own it, if one must.
    pub(crate) owner: Option<&'r str>,
    /// The key of KMS that is to protect what is written; the account's own for S3 where it is empty.
    pub(crate) kms: Option<&'r str>,
}

/// Why S3 did not do it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It refuses: S3's code, and why.
    Refused(String, String),
    /// It failed, and may not fail the next time.
    Failed(Error),
}

impl Bucket<'_> {
    /// Writes an object; its ETag.
    pub(crate) async fn put(&self, key: &str, content: Bytes) -> Result<String, Fault> {
        let mut request = Request::put(self.path(key)).header("content-type", content_type(key));
        let algorithm = if self.kms.is_some() { "aws:kms" } else { "AES256" };
        request = request.header("x-amz-server-side-encryption", algorithm);
        if let Some(key) = self.kms.filter(|key| !key.is_empty()) {
            request = request.header("x-amz-server-side-encryption-aws-kms-key-id", key);
        }
        if self.is_foreign() {
            request = request.header("x-amz-acl", "bucket-owner-full-control");
        }
        let answer = self.send(request, content).await?;
        let tag = answer.headers.get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        Ok(tag.trim_matches('"').to_owned())
    }

    /// The first object behind this key whose key has this prefix: its key and size in bytes.
    pub(crate) async fn next(
        &self,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Option<(String, u64)>, Fault> {
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let after = after.map(|after| format!("&start-after={}", encoded(after))).unwrap_or_default();
        let (name, prefix) = (self.name, encoded(prefix));
        let query = format!("/{name}?list-type=2&max-keys=1&encoding-type=url&prefix={prefix}{after}");
        let answer = self.send(Request::get(query), Bytes::new()).await?;
        let text = String::from_utf8_lossy(&answer.content);
        let Some(found) = element(&text, "Contents") else { return Ok(None) };
        let key = element(found, "Key").unwrap_or_default().replace('+', " ");
        let key = percent_decode_str(&key).decode_utf8_lossy().into_owned();
        let size = element(found, "Size").and_then(|size| size.parse().ok()).unwrap_or_default();
        Ok(Some((key, size)))
    }

    /// So many bytes of an object from this place on, or fewer where it ends.
    pub(crate) async fn part(&self, key: &str, from: u64, most: u64) -> Result<Bytes, Fault> {
        let range = format!("bytes={from}-{}", from.saturating_add(most).saturating_sub(1));
        let request = Request::get(self.path(key)).header("range", range);
        Ok(self.send(request, Bytes::new()).await?.content)
    }

    async fn send(&self, request: http::request::Builder, content: Bytes) -> Result<Relayed, Fault> {
        let request = self.owner.iter().fold(request.header("host", "s3.amazonaws.com"), |request, owner| {
            request.header("x-amz-expected-bucket-owner", *owner)
        });
        let request = request.body(content).map_err(|error| failed(error.to_string()))?;
        let mut answer = self.order(request.clone(), self.region.clone()).await?;
        if let Some(region) = elsewhere(&answer) {
            answer = self.order(request, region).await?;
        }
        match answer.status {
            200..=299 => Ok(answer),
            // What S3 cannot do now it may do later.
            500.. => Err(failed(format!("S3 answers {}", answer.status))),
            _ => Err(refused(&answer)),
        }
    }

    async fn order(&self, request: Request<Bytes>, region: Region) -> Result<Relayed, Fault> {
        let order = Order { service: "s3", via: VIA, caller: Arc::clone(&self.caller), region, request };
        self.relay.send(order).await.map_err(|failure| failed(failure.message.to_string()))
    }

    fn path(&self, key: &str) -> String {
        format!("/{}/{}", self.name, utf8_percent_encode(key, KEPT))
    }

    fn is_foreign(&self) -> bool {
        let own = self.caller.principal.account.map(|account| account.to_string());
        self.owner.is_some_and(|owner| own.as_deref() != Some(owner))
    }
}

fn failed(error: String) -> Fault {
    Fault::Failed(Error::Relayed(error))
}

/// The region of the bucket, where S3 says that it is in another one.
fn elsewhere(answer: &Relayed) -> Option<Region> {
    let region = answer.headers.get("x-amz-bucket-region").filter(|_| answer.status == 301)?;
    region.to_str().ok()?.parse().ok()
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit('.').next() {
        Some("json") => "application/json",
        Some("gz") => "application/gzip",
        _ => "binary/octet-stream",
    }
}

fn refused(answer: &Relayed) -> Fault {
    let text = String::from_utf8_lossy(&answer.content);
    let told = |name: &str| element(&text, name).unwrap_or_default().to_owned();
    match told("Code") {
        code if code.is_empty() => Fault::Refused(format!("Http{}", answer.status), String::new()),
        code => Fault::Refused(code, told("Message")),
    }
}

/// The text of the first element of this name in an answer of S3.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content: &'static str) -> Relayed {
        let content = Bytes::from_static(content.as_bytes());
        Relayed { status: 404, headers: http::HeaderMap::new(), content }
    }

    #[test]
    fn a_bucket_may_be_in_another_region() {
        let mut told = answer("");
        told.headers.insert("x-amz-bucket-region", http::HeaderValue::from_static("eu-west-1"));
        assert_eq!(elsewhere(&told), None);
        told.status = 301;
        assert_eq!(elsewhere(&told).unwrap().as_str(), "eu-west-1");
    }

    #[test]
    fn a_refusal_says_why() {
        let told = refused(&answer("<Error><Code>NoSuchBucket</Code><Message>No.</Message></Error>"));
        assert!(matches!(told, Fault::Refused(code, message) if code == "NoSuchBucket" && message == "No."));
        assert!(matches!(refused(&answer("")), Fault::Refused(code, _) if code == "Http404"));
    }
}
