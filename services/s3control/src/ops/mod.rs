//! The operations, one file each.

mod delete_public_access_block;
mod get_public_access_block;
mod put_public_access_block;

use kurodo_gateway::Reply;
use kurodo_wire::Operation;

use crate::Error;

/// What a handler answers.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;
