use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use kurodo_arn::{AccountId, Region};
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Error;

/// The service, as policies of buckets name it.
const HOST: &str = "logs.amazonaws.com";
/// What of a key stays as it is in a path.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A bucket that events are exported to. The bucket's policy decides whether it takes them.
pub(crate) struct Bucket<'a> {
    pub(crate) relay: &'a Relay,
    pub(crate) region: &'a Region,
    /// Whose events they are.
    pub(crate) account: AccountId,
    /// The ARN of the group that they are of.
    pub(crate) source: &'a str,
    pub(crate) name: &'a str,
}

impl Bucket<'_> {
    /// That the bucket lets its access control list be read, and takes objects below this prefix.
    pub(crate) async fn check(&self, prefix: &str) -> Result<(), Error> {
        let refused = |call: &str| {
            Error::invalid(format!(
                "{call} call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to perform this operation."
            ))
        };
        if !self.ask("GET", "?acl", Bytes::new()).await? {
            return Err(refused("GetBucketAcl"));
        }
        let probe = Bytes::from_static(b"Permission Check Successful");
        if !self.put(&format!("{prefix}/aws-logs-write-test"), probe).await? {
            return Err(refused("PutObject"));
        }
        Ok(())
    }

    /// Puts an object; false where the bucket does not take it.
    pub(crate) async fn put(&self, key: &str, content: impl Into<Bytes>) -> Result<bool, Error> {
        let path = format!("/{}", utf8_percent_encode(key, KEY));
        self.ask("PUT", &path, content.into()).await
    }

    async fn ask(&self, method: &str, rest: &str, content: Bytes) -> Result<bool, Error> {
        let name = utf8_percent_encode(self.name, KEY);
        let request = Request::builder().method(method).uri(format!("/{name}{rest}"));
        let request = request.body(content).map_err(|error| Error::Relay(error.to_string()))?;
        let caller = Arc::new(Caller::service(HOST, self.source, self.account));
        let order = Order { service: "s3", via: HOST, caller, region: self.region.clone(), request };
        let answer = self.relay.send(order).await;
        let answer = answer.map_err(|failure| Error::Relay(failure.message.into_owned()))?;
        Ok(answer.status < 300)
    }
}
