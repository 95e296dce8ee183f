use std::time::Instant;

use kurodo_audit::{Begin, Outcome, Pending};
use kurodo_authz::{Check, Denial};

use crate::{
    Call, Failure, Gateway,
    reply::Response,
    route::{Mounted, Target},
};

/// What the audit trail gets to know of one request.
pub(crate) struct Trail<'a> {
    gateway: &'a Gateway,
    begin: Begin,
    pending: Option<Pending>,
    error: Option<String>,
    started: Instant,
}

impl<'a> Trail<'a> {
    pub(crate) fn new(gateway: &'a Gateway, mounted: &Mounted, target: &Target, call: &Call) -> Self {
        let begin = begin(mounted, call, target.operation);
        Self { gateway, begin, pending: None, error: None, started: Instant::now() }
    }

    /// Notes what was asked of the authorizer.
    pub(crate) fn decided(&mut self, checks: &[Check]) {
        self.begin.checks = checks.iter().map(|c| (c.action, c.resource.clone(), c.allowed)).collect();
    }
}
