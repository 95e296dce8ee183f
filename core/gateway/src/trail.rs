//! What the audit trail gets to know: the decision before the act, and what came of it.

use std::time::Instant;

use http_body::Body as _;
use kurodo_audit::{AuditError, Begin, Class, Decision, Outcome, Pending};
use kurodo_authz::{Check, Demand, Denial};

use crate::{
    Body, Call, Failure, Gateway, Seen,
    answered::End,
    measures::Measures,
    outgoing::Response,
    route::{Mounted, Target},
};

/// One request's part of the trail.
pub(crate) struct Trail<'a> {
    gateway: &'a Gateway,
    call: &'a Call,
    service: &'static str,
    operation: &'static str,
    class: Class,
    checks: Vec<Check>,
    pending: Option<Pending>,
    error: Option<String>,
    denial: Option<(&'static str, &'static str)>,
    started: Instant,
    measures: Measures,
}

impl<'a> Trail<'a> {
    pub(crate) fn new<D: Demand>(
        gateway: &'a Gateway,
        mounted: &Mounted,
        target: &Target,
        call: &'a Call,
    ) -> Self {
        let class = match mounted.facts.data_events.contains(&target.operation) {
            false => Class::Management,
            true => data_event::<D>(),
        };
        Self::of(gateway, mounted, target.operation, class, call)
    }

    /// The part of what a service does of its own accord: a data event.
    pub(crate) fn of_chore<D: Demand>(
        gateway: &'a Gateway,
        mounted: &Mounted,
        chore: &'static str,
        call: &'a Call,
    ) -> Self {
        Self::of(gateway, mounted, chore, data_event::<D>(), call)
    }

    fn of(
        gateway: &'a Gateway,
        mounted: &Mounted,
        operation: &'static str,
        class: Class,
        call: &'a Call,
    ) -> Self {
        Self {
            gateway,
            call,
            service: mounted.facts.schema.name,
            operation,
            class,
            checks: Vec::new(),
            pending: None,
            error: None,
            denial: None,
            started: Instant::now(),
            measures: Measures::default(),
        }
    }

    /// Notes what the handler measured, for those who watch.
    pub(crate) fn measured(&mut self, measures: Measures) {
        self.measures = measures;
    }

    /// Notes what was asked of the authorizer.
    pub(crate) fn decided(&mut self, checks: Vec<Check>) {
        self.checks = checks;
    }

    /// Writes a denial; it is durable when this returns.
    pub(crate) async fn denied(&mut self, denial: &Denial) -> Result<(), Failure> {
        self.denial = denial.decision.denial();
        let reason = denial.clause();
        self.write(Decision::Denied { reason: &reason, explanation: &denial.explanation }).await
    }

    /// Writes that the act may happen. It must not, if this fails.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.write(Decision::Allowed).await
    }

    async fn write(&mut self, decision: Decision<'_>) -> Result<(), Failure> {
        let resources: Vec<&str> = self.checks.iter().map(|check| check.resource.as_str()).collect();
        let mut begin = begin(self.call, self.service, self.operation, self.class, &resources, decision);
        // Who did not sign may have shown in another way who it is.
        begin.principal =
            begin.principal.or_else(|| self.checks.iter().find_map(|check| check.by.as_deref()));
        let pending = self.gateway.audit.begin(&begin).await.map_err(|error| unrecorded(&error))?;
        self.pending = Some(pending);
        Ok(())
    }

    /// Writes that the act did not happen, since what was decided on was changed meanwhile: it is decided on anew.
    pub(crate) fn overtaken(&mut self, failure: &Failure) {
        self.checks.clear();
        let Some(pending) = self.pending.take() else { return };
        let (error, duration) = (Some(failure.code.as_ref()), self.started.elapsed());
        pending.finish(&Outcome { error, status: failure.status, bytes_in: 0, bytes_out: 0, duration });
    }

    /// Notes that the request failed; one that failed before anything was decided counts as refused, and its record
    /// is durable when this returns.
    pub(crate) async fn failed(&mut self, failure: Failure) -> Failure {
        self.error = Some(failure.code.clone().into_owned());
        if self.pending.is_some() {
            return failure;
        }
        let explanation = serde_json::json!({ "code": failure.code, "message": failure.message });
        let noted = self.write(Decision::Denied { reason: &failure.code, explanation: &explanation }).await;
        noted.err().unwrap_or(failure)
    }

    /// What the service is told of the end.
    pub(crate) fn told(&self, body: &Body) -> End<'_> {
        let by_list = self.checks.iter().any(|check| check.by_list);
        End { operation: self.operation, error: self.error.as_deref(), by_list, bytes_in: body.received() }
    }

    /// Writes what came of it. The end of the answer is told to who watches for it.
    pub(crate) fn finish(self, body: &Body, response: &mut Response) {
        let bytes_out = response.body().size_hint().exact().unwrap_or_default();
        let (status, bytes_in) = (response.status().as_u16(), body.received());
        let (now, arrived) = (Instant::now(), body.came().unwrap_or_else(|| self.call.head.arrived()));
        if let Some(watcher) = self.gateway.observe(&self.seen(status, bytes_in, (arrived, now))) {
            response.body_mut().watched(watcher, self.call.head.arrived());
        }
        self.end(status, (bytes_in, bytes_out), now);
    }

    /// What an observer is told.
    fn seen(&self, status: u16, bytes_in: u64, (arrived, now): (Instant, Instant)) -> Seen<'_> {
        let first = self.checks.first();
        Seen {
            service: self.service,
            operation: self.operation,
            account: first.map(|check| check.owner).or_else(|| self.call.account()),
            region: &self.call.region,
            resource: first.map(|check| check.resource.as_str()),
            decisions: self.checks.len(),
            denial: self.denial,
            status,
            code: self.error.as_deref(),
            measures: self.measures.figures(),
            bytes_in,
            duration: now.duration_since(self.started),
            thought: now.duration_since(arrived),
        }
    }

    /// Writes what came of something that has no response.
    pub(crate) fn finish_chore(self, status: u16) {
        self.end(status, (0, 0), Instant::now());
    }

    fn end(self, status: u16, (bytes_in, bytes_out): (u64, u64), now: Instant) {
        let Some(pending) = self.pending else { return };
        let (error, duration) = (self.error.as_deref(), now.duration_since(self.started));
        pending.finish(&Outcome { error, status, bytes_in, bytes_out, duration });
    }
}

fn data_event<D: Demand>() -> Class {
    if D::writes() { Class::Write } else { Class::Read }
}

fn begin<'b>(
    call: &'b Call,
    service: &'b str,
    operation: &'b str,
    class: Class,
    resources: &'b [&'b str],
    decision: Decision<'b>,
) -> Begin<'b> {
    let principal = &call.caller.principal;
    Begin {
        time: jiff::Timestamp::from_millisecond(call.now_ms).unwrap_or_default(),
        request_id: call.request_id(),
        account: principal.account,
        principal: (!call.caller.is_anonymous()).then_some(principal.arn.as_str()),
        access_key_id: call.caller.access_key_id.as_deref(),
        source: call.peer.map(|peer| peer.address.ip().to_canonical()),
        tls: call.peer.map(|peer| peer.tls),
        service,
        operation,
        region: call.region.as_str(),
        resources,
        class,
        decision,
    }
}

/// Writes that a request was refused before anything was decided on it; durable when this returns. Gives what to
/// answer: the failure, or that it could not be recorded.
pub(crate) async fn refused(
    gateway: &Gateway,
    mounted: Option<&Mounted>,
    operation: &'static str,
    call: &Call,
    access_key_id: Option<&str>,
    failure: Failure,
) -> Failure {
    let service = mounted.map_or("", |mounted| mounted.facts.schema.name);
    let failure = mounted.map(|mounted| mounted.facts.dialect).into_iter().fold(failure, Failure::spoken);
    let explanation = serde_json::json!({ "code": failure.code, "message": failure.message });
    let decision = Decision::Denied { reason: &failure.code, explanation: &explanation };
    let mut begin = begin(call, service, operation, Class::Management, &[], decision);
    begin.access_key_id = access_key_id;
    let pending = match gateway.audit.begin(&begin).await {
        Ok(pending) => pending,
        Err(error) => return unrecorded(&error),
    };
    let (bytes_in, bytes_out) = (0, 0);
    let (error, duration) = (Some(failure.code.as_ref()), std::time::Duration::ZERO);
    pending.finish(&Outcome { error, status: failure.status, bytes_in, bytes_out, duration });
    // It is for nothing that anybody owns.
    _ = gateway.observe(&Seen {
        service,
        operation,
        account: call.account(),
        region: &call.region,
        resource: None,
        decisions: 0,
        denial: None,
        status: failure.status,
        code: error,
        measures: &[],
        bytes_in,
        duration,
        thought: duration,
    });
    failure
}

/// What cannot be recorded does not happen.
fn unrecorded(error: &AuditError) -> Failure {
    tracing::error!(%error, "the audit trail cannot be written");
    Failure::new("ServiceUnavailable", 503, "The audit trail cannot be written; nothing was done.")
}
