use crate::{Decision, Layer, Model, Policies, Request};

/// Decides a request.
pub fn evaluate(_request: &Request<'_>, _policies: &Policies<'_>, _model: Model) -> Decision {
    Decision::implicit(Layer::Identity)
}
