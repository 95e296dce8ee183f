//! Needs that the depot's table does not say in a line.

use kurodo_gateway::{Failure, Find, authz::Need};

use crate::{
    depot::{Depot, action},
    model::Named,
    resources,
};

/// The first thing in the bucket `dust`.
pub(crate) async fn dust(find: &Find<'_, Depot>) -> Result<Option<Need<action::PutThing>>, Failure> {
    let name = find.service.things.lock().unwrap().keys().find(|name| name.starts_with("dust/")).cloned();
    let Some((bucket, key)) = name.as_deref().and_then(|name| name.split_once('/')) else { return Ok(None) };
    Ok(Some(Need::new(resources::thing(find, bucket, key).await?)))
}

/// Due as long as there is a thing in the bucket `stones`.
pub(crate) async fn stumbling(find: &Find<'_, Depot>) -> Result<Option<Need<action::ReadBucket>>, Failure> {
    let stones = find.service.things.lock().unwrap().keys().any(|name| name.starts_with("stones/"));
    let bucket = resources::bucket(find, "stones").await?;
    Ok(stones.then(|| Need::new(bucket)))
}

pub(crate) async fn breaking(
    _: &Find<'_, Depot>,
    input: &Named,
) -> Result<Need<action::ReadBucket>, Failure> {
    panic!("as the test of {} wants", input.bucket)
}
