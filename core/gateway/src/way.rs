//! The way of a request, from its head to the response. Every request takes it; there is no other.

use std::{panic::AssertUnwindSafe, pin::pin};

use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use kurodo_authz::{Caller, Demand, Desk};

use crate::{
    Authorized, Body, Call, Failure, Find, Gateway, Handler, Reply, Row, answered,
    authenticate::{Arrival, Authentic, authenticate},
    call::Connection,
    codec,
    head::Head,
    input::{self, Refused},
    lasting,
    origin::{self, Origin},
    outgoing::Response,
    refuse, respond,
    route::{Mounted, Target},
    strict,
    trail::{self, Trail},
};

/// Answers one request, whatever happens on its way.
pub(crate) async fn serve(
    gateway: &Gateway,
    connection: &Connection,
    request: http::Request<Incoming>,
) -> Response {
    let (parts, incoming) = request.into_parts();
    let head = Head::new(parts);
    let method = head.method().clone();
    let share = gateway.rooms.strangers.share_of(connection.peer.address.ip());
    let body = Body::new(incoming, connection.limits.pace, share, head.awaits_continue());
    // Pinned where it lies: moving it through adapters would copy some kilobytes each time.
    let answer = pin!(answer(gateway, connection, head, body));
    let answered = AssertUnwindSafe(answer).catch_unwind().await;
    respond::headed(&method, answered.unwrap_or_else(|_| respond::lost()))
}

/// Finds the service; and answers a browser that asks beforehand. What is refused goes a way of its own, in a box: the
/// usual one is copied the faster the less it holds.
async fn answer(gateway: &Gateway, connection: &Connection, head: Head, body: Body) -> Response {
    let strict = strict::check(&head, connection);
    let arrival = match strict {
        Ok(()) => Arrival::read(head, body).await,
        Err(_) => Arrival::unread(head, body),
    };
    let Some(mounted) = gateway.routes.service(&arrival) else {
        return Box::pin(turn_away(gateway, connection, None, arrival, refuse::unknown_service())).await;
    };
    let dialect = mounted.facts.dialect;
    if let Err(broken) = strict.and_then(|()| strict::announced(&arrival.head, dialect)) {
        let failure = broken.failure(dialect);
        return Box::pin(turn_away(gateway, connection, Some(mounted), arrival, failure)).await;
    }
    if connection.turned_away {
        let failure = refuse::busy(dialect);
        return Box::pin(turn_away(gateway, connection, Some(mounted), arrival, failure)).await;
    }
    match Origin::of(gateway, mounted, &arrival.head) {
        Origin::Shared(sharing) => {
            origin::shared(sharing, admit(gateway, mounted, connection, arrival).await)
        }
        Origin::Preflight(Ok(sharing)) => Box::pin(origin::agreed(dialect, arrival, sharing)).await,
        Origin::Preflight(Err(failure)) => {
            Box::pin(turn_away(gateway, connection, Some(mounted), arrival, failure)).await
        }
    }
}

/// Finds the caller and the operation, and lets the operation's row take it from there.
async fn admit(gateway: &Gateway, mounted: &Mounted, connection: &Connection, arrival: Arrival) -> Response {
    let protocol = mounted.protocol(&arrival.head);
    let Authentic { call, body, posted } = match authenticate(gateway, mounted, connection, arrival).await {
        Ok(authentic) => authentic,
        Err(stranger) => return Box::pin(stranger.turn_away(gateway, mounted, protocol)).await,
    };
    // Who is not known yet keeps nobody else out.
    let Some(_slot) = gateway.slot() else {
        return Box::pin(Refused::busy(mounted, call, body).answer(gateway, mounted, protocol)).await;
    };
    let received = match input::receive(gateway, mounted, protocol, call, body).await {
        Ok(received) => received,
        Err(refused) => return Box::pin(refused.answer(gateway, mounted, protocol)).await,
    };
    let row = received.target.row;
    let response = mounted.mount.operate(row, received).await.0;
    posted.iter().fold(response, |response, posted| posted.answer(response))
}

/// Notes and answers the refusal of a request of which nothing was looked at but the head.
async fn turn_away(
    gateway: &Gateway,
    connection: &Connection,
    mounted: Option<&Mounted>,
    arrival: Arrival,
    failure: Failure,
) -> Response {
    let Arrival { head, mut body, .. } = arrival;
    body.drain().await;
    let caller = Caller::anonymous().into();
    let region = gateway.settings.region.clone();
    let call = Call::new(head, connection, caller, region, None, gateway.now_ms());
    let failure = trail::refused(gateway, mounted, "", &call, None, failure).await;
    let mut response = match mounted {
        Some(mounted) => {
            answered::refusal(gateway, mounted, mounted.protocol(&call.head), &call, "", &failure)
        }
        None => respond::plain(&call.head, &failure),
    };
    if connection.closes() {
        respond::put(&mut response, "connection", "close");
    }
    respond::close_behind(&body, response)
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
    let attempt = Attempt { gateway, mounted, target: &target, call: &call, trail: &mut trail };
    let outcome = {
        let attempt = pin!(attempt.run(service, &query, content, &mut body));
        AssertUnwindSafe(attempt).catch_unwind().await
    };
    body.drain().await;
    let mut response = match outcome.unwrap_or_else(|_| Err(Failure::internal(&"a handler panicked"))) {
        Ok(response) => response,
        Err(failure) => {
            let failure = trail.failed(failure.spoken(mounted.facts.dialect)).await;
            respond::failure(mounted, target.protocol, &call, &failure)
        }
    };
    answered::tell(gateway, mounted, &call, trail.told(&body), &response);
    trail.finish(&body, &mut response);
    Sent(respond::close_behind(&body, response))
}

/// A request on its way through the steps of its row.
struct Attempt<'a, 't> {
    gateway: &'a Gateway,
    mounted: &'a Mounted,
    target: &'a Target,
    call: &'a Call,
    trail: &'t mut Trail<'a>,
}

/// How often an operation is repeated whose facts were changed while it was on its way.
const REPEATS: usize = 10;

impl Attempt<'_, '_> {
    async fn run<S: Handler<O>, O: Row<S>>(
        mut self,
        service: &S,
        query: &[(String, String)],
        content: Bytes,
        body: &mut Body,
    ) -> Result<Response, Failure> {
        service.check_content(self.call, O::schema(), &content, body).map_err(Into::into)?;
        // Content that is streamed is gone after the first time.
        let mut left = if O::schema().streams_input() { 0 } else { REPEATS };
        loop {
            match self.once::<S, O>(service, query, content.clone(), body).await {
                Err(failure) if failure.overtaken && left > 0 => self.trail.overtaken(&failure),
                done => return done,
            }
            left -= 1;
        }
    }

    /// Takes the request from its content to the reply: each time it is decided on, and the decision is noted.
    async fn once<S: Handler<O>, O: Row<S>>(
        &mut self,
        service: &S,
        query: &[(String, String)],
        content: Bytes,
        body: &mut Body,
    ) -> Result<Response, Failure> {
        let Self { gateway, mounted, target, call, trail } = self;
        let mut input = codec::decode::<O>(mounted, target, call, query, content)?;
        let find = Find::new(service, call, &gateway.door);
        let needs = O::needs(&find, &mut input).await.map_err(Into::into)?;

        let mut desk = Desk::new(&call.caller, call.context.clone(), &*gateway.directory);
        let granted = O::Demand::grant(needs, &mut desk);
        trail.decided(desk.into_checks());
        let permits = match granted {
            Ok(permits) => permits,
            Err(denial) => {
                trail.denied(&denial).await?;
                return Err(refuse::denied(mounted.facts.dialect, gateway, &denial));
            }
        };
        trail.begin().await?;

        let reply = service.handle(Authorized { input, permits, body, call }).await;
        let mut reply: Reply<O::Output> = reply.map_err(Into::into)?;
        trail.measured(reply.measures);
        let last = |events| lasting::while_known(gateway, mounted.facts.dialect, call, events);
        reply.events = reply.events.map(last);
        codec::encode::<O>(mounted, target, call, reply)
    }
}
