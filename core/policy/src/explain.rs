use serde::Serialize;

use crate::{Decision, Model, Policies, Request};

/// A whole evaluation, laid open.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The outcome.
    pub decision: Decision,
}

/// Decides a request and tells how.
pub fn explain(request: &Request<'_>, policies: &Policies<'_>, model: Model) -> Explanation {
    Explanation { decision: crate::evaluate(request, policies, model) }
}
