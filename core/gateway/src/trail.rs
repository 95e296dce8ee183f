use std::time::Instant;

use kurodo_authz::{Check, Denial};

use crate::{
    Call, Failure, Gateway,
    reply::Response,
    route::{Mounted, Target},
};

/// What the audit trail gets to know of one request.
pub(crate) struct Trail<'a> {
    _gateway: &'a Gateway,
    started: Instant,
}

impl<'a> Trail<'a> {
    pub(crate) fn new(gateway: &'a Gateway, _mounted: &Mounted, _target: &Target, _call: &Call) -> Self {
        Self { _gateway: gateway, started: Instant::now() }
    }

    /// Notes what was asked of the authorizer.
    pub(crate) fn decided(&mut self, _checks: &[Check]) {}

    /// Writes a denial; it is durable when this returns.
    pub(crate) async fn denied(&mut self, denial: &Denial) -> Result<(), Failure> {
        tracing::debug!(action = denial.action, clause = denial.clause(), "denied");
        Ok(())
    }

    /// Must succeed before the act.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Notes that the request failed.
    pub(crate) fn failed(&mut self, _failure: &Failure) {}

    /// Writes what came of it.
    pub(crate) fn finish(self, response: &Response) {
        tracing::debug!(status = response.status().as_u16(), elapsed = ?self.started.elapsed(), "answered");
    }
}

/// Writes that a request was turned away before its caller was known.
pub(crate) async fn stranger(
    _gateway: &Gateway,
    _mounted: &Mounted,
    _call: &Call,
    access_key_id: Option<&str>,
    failure: &Failure,
) -> Result<(), Failure> {
    tracing::debug!(access_key_id, code = failure.code.as_ref(), "turned away");
    Ok(())
}
