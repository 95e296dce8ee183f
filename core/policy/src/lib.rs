//! The IAM policy language: parse, evaluate, explain. Pure: no I/O, no clock.
//!
//! Sources: AWS IAM User Guide, "IAM JSON policy elements reference", "Grammar of the IAM JSON policy
//! language", "Policy evaluation logic" and "Cross-account policy evaluation logic".

mod action;
mod condition;
mod context;
mod decision;
mod document;
mod error;
mod evaluate;
mod explain;
mod grammar;
mod pattern;
mod policy;
mod principal;
mod principal_element;
mod public;
mod request;
mod resource;
mod statement;
mod values;
mod variables;

pub use context::{Context, fold, same_name};
pub use decision::{Decision, Layer, Reason};
pub use error::PolicyError;
pub use evaluate::evaluate;
pub use explain::{ConditionTrace, Explanation, PolicyTrace, StatementTrace, explain};
pub use policy::{Kind, Policy, Version, context_keys};
pub use principal::{Principal, PrincipalKind};
pub use public::{is_public, is_public_in_dynamodb};
pub use request::{Attached, Model, Policies, Request};
pub use statement::{Effect, Position, Span, Statement};
pub use values::Values;
