use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use kurodo_gateway::{Authorized, Handler};
use kurodo_store::Scan;

use super::Answer;
use crate::{
    Error, S3Control, access_points,
    access_points::{AccessPoint as Stored, arn, read},
    model::{AccessPoint, ListAccessPointsOutput, NetworkOrigin, op},
    resources::Points,
};

/// The most access points of a page, and how many there are where the request does not say.
///
/// Source: S3 API Reference, ListAccessPoints.
const MOST: usize = 1000;

impl Handler<op::ListAccessPoints> for S3Control {
    async fn handle(&self, call: Authorized<'_, Self, op::ListAccessPoints>) -> Answer<op::ListAccessPoints> {
        let (points, input) = (call.permits.resource(), &call.input);
        let asked = input.max_results.and_then(|most| usize::try_from(most).ok());
        let most = asked.filter(|most| *most > 0).unwrap_or(MOST).min(MOST);
        let mut scan = Scan::within([]);
        if let Some(token) = &input.next_token {
            let name = BASE64.decode(token).ok().and_then(|name| String::from_utf8(name).ok());
            scan = scan.after(access_points::below(&name.ok_or(Error::InvalidToken)?));
        }
        let (mut list, mut next_token) = (Vec::new(), None);
        for record in self.store.read(&call.permits).cursor(&scan)? {
            let record = record?;
            let name = access_points::name(&record.key).ok_or(Error::Damaged)?;
            let point: Stored = read(&record.value).ok_or(Error::Damaged)?;
            let wanted = input.bucket.as_ref().is_none_or(|bucket| *bucket == point.bucket);
            if !wanted || point.region != points.region.as_str() {
                continue;
            }
            if list.len() == most {
                next_token = list
                    .last()
                    .and_then(|last: &AccessPoint| last.name.as_str().into())
                    .map(|name| BASE64.encode(name));
                break;
            }
            list.push(view(points, name, point));
        }
        Ok(ListAccessPointsOutput { access_point_list: Some(list), next_token }.into())
    }
}

fn view(points: &Points, name: String, point: Stored) -> AccessPoint {
    AccessPoint {
        access_point_arn: Some(arn(&point.region, points.account, &name)),
        name,
        network_origin: NetworkOrigin::Internet,
        bucket: point.bucket,
        alias: Some(point.alias),
        bucket_account_id: Some(point.bucket_account.to_string()),
        vpc_configuration: None,
        data_source_id: None,
        data_source_type: None,
    }
}
