//! The way from one service to another: within the process, but through the authorizer all the same.

use std::sync::{Arc, OnceLock, Weak};

use bytes::Bytes;
use http::{HeaderMap, Request, header::CONTENT_LENGTH};
use http_body_util::{BodyExt as _, Limited};
use kurodo_arn::Region;
use kurodo_authz::Caller;

use crate::{Body, Call, Failure, Gateway, head::Head, input, outgoing::Response};

/// What a service asks of another in its caller's name.
///
/// The request is authenticated already: it is the caller's who asked for the work, or the session's of a role that the
/// work was given. From there on it takes the way of every request: needs, decision, audit, handler. Policies see
/// `aws:CalledVia` and `aws:ViaAWSService`, and no `aws:SourceIp`.
///
/// Source: IAM User Guide, "Forward access sessions".
#[derive(Debug)]
pub struct Order {
    /// The service that is asked, by the name that signatures have for it, such as `s3`.
    pub service: &'static str,
    /// The host name of the service that asks, such as `dynamodb.amazonaws.com`.
    pub via: &'static str,
    /// In whose name.
    pub caller: Arc<Caller>,
    /// In which region.
    pub region: Region,
    /// What is asked: method, path and query, fields, content. The relay says how long the content is.
    pub request: Request<Bytes>,
}

/// What the other service answered.
#[derive(Debug)]
pub struct Relayed {
    /// The HTTP status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content.
    pub content: Bytes,
}

/// Bytes of an answer that a service takes from another: a part of an object, or a page of a listing.
const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

/// Where services hand their orders in. It leads nowhere until the gateway stands.
#[derive(Debug, Clone, Default)]
pub struct Relay(Arc<OnceLock<Weak<Gateway>>>);

impl Relay {
    /// From now on orders go through this gateway.
    pub fn bind(&self, gateway: &Arc<Gateway>) {
        // Only the first gateway counts: a process has one.
        let _ = self.0.set(Arc::downgrade(gateway));
    }

    /// Takes an order all its way; an answer that tells an error is an answer.
    ///
    /// # Errors
    /// There is no such service, the server stops, or the answer cannot be received.
    pub async fn send(&self, order: Order) -> Result<Relayed, Failure> {
        let gateway = self.0.get().and_then(Weak::upgrade);
        let gateway = gateway.ok_or_else(|| Failure::internal(&"there is no gateway to relay to"))?;
        received(gateway.relayed(order).await?).await
    }
}

impl Gateway {
    async fn relayed(&self, order: Order) -> Result<Response, Failure> {
        let Order { service, via, caller, region, request } = order;
        let mounted = self.routes.signing(service);
        let mounted =
            mounted.ok_or_else(|| Failure::internal(&"an order for a service that is not there"))?;
        let (mut parts, content) = request.into_parts();
        parts.headers.insert(CONTENT_LENGTH, content.len().into());
        let head = Head::new(parts);
        let protocol = mounted.protocol(&head);
        let call = Call::inside(head, caller, region, self.now_ms(), Some(via));
        match input::receive(self, mounted, protocol, call, Body::whole(content)).await {
            Ok(received) => {
                let row = received.target.row;
                Ok(mounted.mount.operate(row, received).await.0)
            }
            Err(refused) => Ok(refused.answer(self, mounted, protocol).await),
        }
    }
}

async fn received(response: Response) -> Result<Relayed, Failure> {
    let (parts, body) = response.into_parts();
    let content = Limited::new(body, ANSWER_LIMIT).collect().await;
    let content = content.map_err(|error| Failure::internal(&error))?.to_bytes();
    Ok(Relayed { status: parts.status.as_u16(), headers: parts.headers, content })
}
