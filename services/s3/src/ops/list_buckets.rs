use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use kurodo_gateway::{Authorized, Handler};
use kurodo_store::{KeyBuilder, KeyParser, Scan, after_prefix};

use super::{Answer, caller};
use crate::{
    Error, S3,
    acl::shown_owner,
    layout::Setting,
    limits,
    model::{self, ListBucketsInput, ListBucketsOutput, op},
    records::{Damaged, Identity},
    times,
};

impl Handler<op::ListBuckets> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::ListBuckets>) -> Answer<op::ListBuckets> {
        let Authorized { input, permits: permit, call, .. } = call;
        let account = permit.resource().account();
        let most = most(input.max_buckets)?;
        let mut page = Page { most, ..Page::default() };
        let prefix = KeyBuilder::relative().beginning(input.prefix.as_deref().unwrap_or_default());
        let mut cursor = self.store.read(&permit).cursor(&Scan::within(prefix))?;
        if let Some(start) = start(&input)? {
            cursor.seek(&start)?;
        }
        while let Some(record) = cursor.next().transpose()? {
            let mut parser = KeyParser::new(&record.key);
            let name = parser.text().map_err(|_| Damaged("bucket's name"))?;
            if record.key.last() == Setting::Identity.key().first() {
                let identity: Identity =
                    serde_json::from_slice(&record.value).map_err(|_| Damaged("bucket"))?;
                let here = input.bucket_region.as_ref().is_none_or(|region| *region == identity.region);
                if identity.account()? == account && here && !page.take(&name, &identity, &input) {
                    break;
                }
            }
        }
        Ok(ListBucketsOutput {
            buckets: Some(page.buckets),
            owner: Some(shown_owner(&caller(call)?)),
            continuation_token: page.next,
            prefix: input.prefix,
        }
        .into())
    }
}

#[derive(Default)]
struct Page {
    buckets: Vec<model::Bucket>,
    most: usize,
    next: Option<String>,
}

impl Page {
    /// Takes a bucket, or notes that there is more.
    fn take(&mut self, name: &str, identity: &Identity, input: &ListBucketsInput) -> bool {
        if self.buckets.len() == self.most {
            self.next = self
                .buckets
                .last()
                .and_then(|bucket| bucket.name.as_ref())
                .map(|name| BASE64URL.encode(name));
            return false;
        }
        let paged = input.max_buckets.is_some()
            || input.prefix.is_some()
            || input.bucket_region.is_some()
            || input.continuation_token.is_some();
        self.buckets.push(model::Bucket {
            name: Some(name.to_owned()),
            creation_date: Some(times::shown(identity.created_ms)),
            bucket_region: paged.then(|| identity.region.clone()),
            bucket_arn: paged.then(|| format!("arn:aws:s3:::{name}")),
        });
        true
    }
}

fn most(asked: Option<i32>) -> Result<usize, Error> {
    let asked = asked.unwrap_or(limits::BUCKET_PAGE);
    let within = (1..=limits::BUCKET_PAGE).contains(&asked).then_some(asked);
    within.and_then(|asked| usize::try_from(asked).ok()).ok_or_else(|| {
        let message = "Argument max-buckets must be an integer between 1 and 10000";
        Error::argument("max-buckets", asked, message)
    })
}

fn start(input: &ListBucketsInput) -> Result<Option<Vec<u8>>, Error> {
    let Some(token) = &input.continuation_token else { return Ok(None) };
    let wrong =
        || Error::argument("continuation-token", token, "The continuation token provided is incorrect");
    let name = BASE64URL.decode(token).map_err(|_| wrong())?;
    if !name.iter().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong());
    }
    Ok(after_prefix(&KeyBuilder::relative().part(name).build()))
}
