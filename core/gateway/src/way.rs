//! The way of a request, from its head to the response. Every request takes it; there is no other.

use bytes::Bytes;
use hyper::body::Incoming;
use kurodo_authz::{Demand, Desk};

use crate::{
    Authorized, Body, Call, Failure, Find, Gateway, Handler, Row,
    authenticate::authenticate,
    call::Connection,
    codec,
    head::Head,
    input, refuse,
    reply::Response,
    respond,
    route::{Mounted, Target},
    trail::Trail,
};

/// Answers one request: finds the service, the caller and the operation, and lets the operation's row
/// take it from there.
pub(crate) async fn serve(
    gateway: &Gateway,
    connection: &Connection,
    request: http::Request<Incoming>,
) -> Response {
    let (parts, incoming) = request.into_parts();
    let head = Head::new(parts);
    let Ok(_slot) = gateway.slots.try_acquire() else { return respond::busy(&head) };

    let claim = kurodo_sigv4::read(&head.signed());
    let Some(mounted) = gateway.routes.service(&head, claim.as_ref().ok()) else {
        return respond::unknown_service(&head);
    };
    let protocol = mounted.protocol(&head);

    let (call, body) = match authenticate(gateway, mounted, connection, head, claim, incoming).await {
        Ok(authenticated) => authenticated,
        Err(stranger) => {
            let failure = refuse::unauthenticated(mounted.facts.dialect, &stranger.error);
            return stranger.turn_away(gateway, mounted, protocol, failure).await;
        }
    };

    let received = match input::receive(gateway, mounted, protocol, call, body).await {
        Ok(received) => received,
        Err(refused) => return refused.answer(gateway, mounted, protocol).await,
    };
    let row = received.target.row;
    mounted.mount.operate(row, received).await.0
}

/// A request whose caller and operation are known, on its way into the operation's row.
pub struct Received<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) mounted: &'a Mounted,
    pub(crate) target: Target,
    pub(crate) call: Call,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) content: Bytes,
    pub(crate) body: Body,
}

impl Received<'_> {
    /// The router named a row that the table does not have: a defect of ours.
    pub(crate) fn lost(self) -> Sent {
        let failure = Failure::internal(&"the router named a row that the table does not have");
        Sent(respond::failure(self.mounted, self.target.protocol, &self.call, &failure))
    }
}

/// The response of an operation.
pub struct Sent(pub(crate) Response);

/// Takes a request of operation `O` from its content to its response.
pub(crate) async fn operate<S: Handler<O>, O: Row<S>>(service: &S, received: Received<'_>) -> Sent {
    let Received { gateway, mounted, target, call, query, content, mut body } = received;
    let mut trail = Trail::new::<O::Demand>(gateway, mounted, &target, &call);
    let outcome = async {
        let input = codec::decode::<O>(mounted, &target, &call, &query, content)?;
        let find = Find::new(service, &call, &gateway.door);
        let needs = O::needs(&find, &input).await.map_err(Into::into)?;

        let mut desk = Desk::new(&call.caller, call.context.clone(), &*gateway.directory);
        let granted = O::Demand::grant(needs, &mut desk);
        trail.decided(desk.checks());
        let permits = match granted {
            Ok(permits) => permits,
            Err(denial) => {
                trail.denied(&denial).await?;
                return Err(refuse::denied(mounted.facts.dialect, gateway, &denial));
            }
        };
        trail.begin().await?;

        let content = std::mem::replace(&mut body, Body::empty());
        let reply = service.handle(Authorized { input, permits, body: content, call: &call }).await;
        codec::encode::<O>(mounted, &target, &call, reply.map_err(Into::into)?)
    }
    .await;
    body.drain().await;
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => {
            let failure = trail.failed(failure).await;
            respond::failure(mounted, target.protocol, &call, &failure)
        }
    };
    trail.finish(&body, &response);
    Sent(response)
}
