//! Actions, needs and permits: the one mint of the right to act.
//!
//! An operation *demands* actions on resources ([`Demand`]). The [`Desk`] that serves one request
//! evaluates each [`Need`] for the [`Caller`] and mints a [`Permit`] or answers a [`Denial`]. Storage
//! doors open only for a [`Grant`], and nothing outside this crate can make one.

mod action;
mod caller;
mod demand;
mod denial;
mod desk;
mod grant;
mod permit;

pub use action::{Action, Need};
pub use caller::{Caller, Steward};
pub use demand::{Another, ByAnother, Demand, Each, May, OneOf};
pub use denial::Denial;
pub use desk::{Check, Desk, Guardrails};
pub use grant::{Access, Annexed, Gate, Grant, Named, Read, Resource, Scope, Write};
pub use permit::Permit;
