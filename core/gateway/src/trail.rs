//! What the audit trail gets to know: the decision before the act, and what came of it.

use std::time::Instant;

use http_body::Body as _;
use kurodo_audit::{AuditError, Begin, Class, Decision, Outcome, Pending};
use kurodo_authz::{Check, Demand, Denial};

use crate::{
    Body, Call, Failure, Gateway,
    reply::Response,
    route::{Mounted, Target},
};

/// One request's part of the trail.
pub(crate) struct Trail<'a> {
    gateway: &'a Gateway,
    call: &'a Call,
    service: &'static str,
    operation: &'static str,
    class: Class,
    resources: Vec<String>,
    pending: Option<Pending>,
    error: Option<String>,
    started: Instant,
}

impl<'a> Trail<'a> {
    pub(crate) fn new<D: Demand>(
        gateway: &'a Gateway,
        mounted: &Mounted,
        target: &Target,
        call: &'a Call,
    ) -> Self {
        let class = match (mounted.facts.data_events.contains(&target.operation), D::writes()) {
            (false, _) => Class::Management,
            (true, false) => Class::Read,
            (true, true) => Class::Write,
        };
        Self {
            gateway,
            call,
            service: mounted.facts.schema.name,
            operation: target.operation,
            class,
            resources: Vec::new(),
            pending: None,
            error: None,
            started: Instant::now(),
        }
    }

    /// Notes what was asked of the authorizer.
    pub(crate) fn decided(&mut self, checks: &[Check]) {
        self.resources = checks.iter().map(|check| check.resource.clone()).collect();
    }

    /// Writes a denial; it is durable when this returns.
    pub(crate) async fn denied(&mut self, denial: &Denial) -> Result<(), Failure> {
        let reason = denial.clause();
        self.write(Decision::Denied { reason: &reason, explanation: &denial.explanation }).await
    }

    /// Writes that the act may happen. It must not, if this fails.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.write(Decision::Allowed).await
    }

    async fn write(&mut self, decision: Decision<'_>) -> Result<(), Failure> {
        let resources: Vec<&str> = self.resources.iter().map(String::as_str).collect();
        let begin = begin(self.call, self.service, self.operation, self.class, &resources, decision);
        let pending = self.gateway.audit.begin(&begin).await.map_err(|error| unrecorded(&error))?;
        self.pending = Some(pending);
        Ok(())
    }

    /// Notes that the request failed. One that failed before it was decided on, such as one that names what is
    /// not there or that shows a wrong one-time code, is in the trail as refused. Gives what is to be answered.
    pub(crate) async fn failed(&mut self, failure: Failure) -> Failure {
        self.error = Some(failure.code.clone().into_owned());
        if self.pending.is_some() {
            return failure;
        }
        let explanation = told(&failure);
        let decision = Decision::Denied { reason: &failure.code, explanation: &explanation };
        self.write(decision).await.err().unwrap_or(failure)
    }

    /// Writes what came of it.
    pub(crate) fn finish(self, body: &Body, response: &Response) {
        let Some(pending) = self.pending else { return };
        pending.finish(&Outcome {
            error: self.error.as_deref(),
            status: response.status().as_u16(),
            bytes_in: body.received(),
            bytes_out: response.body().size_hint().exact().unwrap_or_default(),
            duration: self.started.elapsed(),
        });
    }
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
        source: call.connection.peer.ip().to_canonical(),
        tls: call.connection.tls,
        service,
        operation,
        region: call.region.as_str(),
        resources,
        class,
        decision,
    }
}

/// Writes that a request was turned away before its operation began; durable when this returns.
pub(crate) async fn turned_away(
    gateway: &Gateway,
    mounted: &Mounted,
    call: &Call,
    access_key_id: Option<&str>,
    operation: &str,
    failure: &Failure,
) -> Result<(), Failure> {
    let service = mounted.facts.schema.name;
    let explanation = told(failure);
    let decision = Decision::Denied { reason: &failure.code, explanation: &explanation };
    let mut begin = begin(call, service, operation, Class::Management, &[], decision);
    begin.access_key_id = access_key_id;
    let pending = gateway.audit.begin(&begin).await.map_err(|error| unrecorded(&error))?;
    let (bytes_in, bytes_out) = (0, 0);
    let (error, duration) = (Some(failure.code.as_ref()), std::time::Duration::ZERO);
    pending.finish(&Outcome { error, status: failure.status, bytes_in, bytes_out, duration });
    Ok(())
}

/// A failure as the trail explains it.
fn told(failure: &Failure) -> serde_json::Value {
    serde_json::json!({ "code": failure.code, "message": failure.message })
}

/// What cannot be recorded does not happen.
fn unrecorded(error: &AuditError) -> Failure {
    tracing::error!(%error, "the audit trail cannot be written");
    Failure::new("ServiceUnavailable", 503, "The audit trail cannot be written; nothing was done.")
}
