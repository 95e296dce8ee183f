//! One file per operation, by what it is done to.

mod accounts;
mod policies;
mod tags;
mod tree;
mod units;

use kurodo_gateway::{Authorized, Call, Reply};
use kurodo_wire::Operation;

use crate::{Error, Organizations};

/// A request whose every need was granted.
type Asked<'r, O> = Authorized<'r, Organizations, O>;

/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// When the request was received, in whole seconds since 1970.
fn now(call: &Call) -> i64 {
    call.now_ms.div_euclid(1000)
}
