//! Needs that a row cannot say in a line.

use kurodo_authz::Need;
use kurodo_gateway::Find;

use crate::{
    Error, S3Control, access_points,
    model::{CreateAccessPointInput, DeleteAccessPointInput},
    resources::{AccessPoint, Attached},
    table::action,
};

type Creation = (Need<action::CreateAccessPoint>, Need<action::AttachAccessPoint>);

/// A new access point, and its place among those that lead to its bucket.
pub(crate) async fn create_access_point(
    find: &Find<'_, S3Control>,
    input: &mut CreateAccessPointInput,
) -> Result<Creation, Error> {
    access_points::check_name(&input.name)?;
    let point = || AccessPoint::find(find, &input.account_id, &input.name);
    let new = point()?.called(access_points::new_alias(&input.name)?);
    Ok((Need::new(new), Need::new(Attached::find(find, point()?, &input.bucket)?)))
}

type Deletion = (Need<action::DeleteAccessPoint>, Need<action::DetachAccessPoint>);

/// An access point, and its place among those that lead to its bucket.
pub(crate) async fn delete_access_point(
    find: &Find<'_, S3Control>,
    input: &mut DeleteAccessPointInput,
) -> Result<Deletion, Error> {
    let point = || AccessPoint::find(find, &input.account_id, &input.name);
    let bucket = point()?.any().map(|stored| stored.bucket.clone()).unwrap_or_default();
    Ok((Need::new(point()?), Need::new(Attached::find(find, point()?, &bucket)?)))
}
