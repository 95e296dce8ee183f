//! The operations, one file each.

mod access_point_policy;
mod create_access_point;
mod delete_access_point;
mod delete_public_access_block;
mod get_access_point;
mod get_public_access_block;
mod list_access_points;
mod put_public_access_block;

use kurodo_gateway::Reply;
use kurodo_wire::Operation;
use serde::Serialize;

use crate::Error;

/// What a handler answers.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// How it is stored as JSON.
fn encode(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|_| Error::Damaged)
}
