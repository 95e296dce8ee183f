//! Actions, needs and permits: the one mint of the right to act.

mod grant;

pub use grant::{Access, Grant, Read, Resource, Scope, Write};
