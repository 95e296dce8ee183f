//! The IAM policy language: parse, evaluate, explain. Pure: no I/O, no clock.
//!
//! Sources: AWS IAM User Guide, "IAM JSON policy elements reference", "Grammar of the IAM JSON policy
//! language", "Policy evaluation logic" and "Cross-account policy evaluation logic".

mod context;
mod decision;
mod error;
mod evaluate;
mod explain;
mod policy;
mod principal;
mod public;
mod request;
mod statement;

pub use context::{Context, Values};
pub use decision::{Decision, Layer, Reason};
pub use error::PolicyError;
pub use evaluate::evaluate;
pub use explain::{Explanation, explain};
pub use policy::{Kind, Policy, context_keys};
pub use principal::{Principal, PrincipalKind};
pub use public::is_public;
pub use request::{Attached, Model, Policies, Request};
pub use statement::{Effect, Position, Span, Statement};
