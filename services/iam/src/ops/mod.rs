//! One file per operation, by what it is done to.

mod access_keys;
mod account;
mod attachments;
mod boundary;
mod groups;
mod inline;
mod mfa;
mod never;
mod passwords;
mod policies;
mod profiles;
mod providers;
mod roles;
mod simulate;
mod users;

use kurodo_gateway::{Authorized, Call, Reply};
use kurodo_wire::Operation;

use crate::{Error, Iam};

/// A request whose every need was granted.
type Asked<'r, O> = Authorized<'r, Iam, O>;

/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// When the request was received, in whole seconds since 1970.
fn now(call: &Call) -> i64 {
    call.now_ms.div_euclid(1000)
}

/// The path that a request gives, or the root.
fn path(given: Option<&String>) -> String {
    given.cloned().unwrap_or_else(|| "/".to_owned())
}

/// Whether a path starts as a request asks for.
fn below(path: &str, prefix: Option<&String>) -> bool {
    prefix.is_none_or(|prefix| path.starts_with(prefix.as_str()))
}
