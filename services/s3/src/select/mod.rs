//! Queries over objects: what a request says becomes a plan, and what the plan finds becomes events.

mod plan;
mod selecting;

pub(crate) use plan::plan;
pub(crate) use selecting::{Selecting, room};
