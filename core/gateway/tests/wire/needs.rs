//! Needs that the depot's table does not say in a line.

use kurodo_gateway::{Failure, Find, authz::Need};

use crate::{
    depot::{Depot, action},
    model::Named,
};

pub(crate) async fn breaking(
    _: &Find<'_, Depot>,
    input: &Named,
) -> Result<Need<action::ReadBucket>, Failure> {
    panic!("as the test of {} wants", input.bucket)
}
