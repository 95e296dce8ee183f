use jiff::Timestamp;
use kurodo_gateway::{Authorized, Handler};

use super::{Answer, get_public_access_block::view};
use crate::{
    Error, S3Control,
    access_points::{AccessPoint, arn, below, read},
    model::{GetAccessPointOutput, NetworkOrigin, op},
};

impl Handler<op::GetAccessPoint> for S3Control {
    async fn handle(&self, call: Authorized<'_, Self, op::GetAccessPoint>) -> Answer<op::GetAccessPoint> {
        let (points, name) = (call.permits.resource(), call.input.name);
        let found = self.store.read(&call.permits).get(below(&name))?;
        let found: Option<AccessPoint> =
            found.map(|found| read(&found.value).ok_or(Error::Damaged)).transpose()?;
        let here = found.filter(|found| found.region == points.region.as_str());
        let point = here.ok_or(Error::NoSuchAccessPoint)?;
        Ok(GetAccessPointOutput {
            access_point_arn: Some(arn(&point.region, points.account, &name)),
            name: Some(name),
            bucket: Some(point.bucket),
            network_origin: Some(NetworkOrigin::Internet),
            public_access_block_configuration: Some(view(&point.block)),
            creation_date: Timestamp::from_millisecond(point.created).ok(),
            alias: Some(point.alias),
            bucket_account_id: Some(point.bucket_account.to_string()),
            ..GetAccessPointOutput::default()
        }
        .into())
    }
}
