use kurodo_gateway::{Authorized, Handler};
use kurodo_store::KeyParser;

use super::{
    Answer,
    listed::{count, prefixes},
    uploads::{owner, shown_initiator},
};
use crate::{
    Error, S3,
    acl::shown_owner,
    facts::BucketFacts,
    listing::{Ask, Encoding, Item, Start, behind, page_length, walk},
    model::{ListMultipartUploadsInput, ListMultipartUploadsOutput, MultipartUpload, op},
    records::{Damaged, Upload, UploadId},
    times,
};

/// Bytes of an upload's id in a record's key.
const ID: usize = 16;

impl Handler<op::ListMultipartUploads> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::ListMultipartUploads>,
    ) -> Answer<op::ListMultipartUploads> {
        let Authorized { mut input, permits: permit, .. } = call;
        input.delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
        let (facts, encoding) = (permit.resource().facts()?, Encoding::new(input.encoding_type));
        let most = page_length("max-uploads", input.max_uploads)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.as_deref();
        let (start, tail_start) = start(&input, &prefix)?;
        let ask = Ask { prefix: &prefix, delimiter, start, tail: ID, tail_start, most };
        let page = walk(&self.store.read(&permit), &ask)?;

        let uploads =
            page.items.iter().map(|item| shown(item, encoding, facts)).collect::<Result<Vec<_>, Error>>()?;
        let (next_key, next_id) = match &page.next {
            Some(Start::AfterKey(key)) => (Some(key.as_str()), page.items.last().map(id).transpose()?),
            Some(Start::AfterPrefix(prefix)) => (Some(prefix.as_str()), None),
            _ => (None, None),
        };
        Ok(ListMultipartUploadsOutput {
            bucket: Some(facts.name.clone()),
            key_marker: Some(encoding.text(input.key_marker.as_deref().unwrap_or_default())),
            upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
            next_key_marker: next_key.map(|key| encoding.text(key)),
            next_upload_id_marker: next_id.map(|id| id.to_string()),
            prefix: Some(encoding.text(&prefix)),
            delimiter: encoding.optional(input.delimiter.as_ref()),
            max_uploads: count(most),
            is_truncated: Some(page.next.is_some()),
            uploads: (!uploads.is_empty()).then_some(uploads),
            common_prefixes: prefixes(&page.prefixes, encoding),
            encoding_type: encoding.word(),
            request_charged: permit.resource().charged(),
        }
        .into())
    }
}

/// Where the page begins: behind a key, or behind one of the uploads to it.
fn start(input: &ListMultipartUploadsInput, prefix: &str) -> Result<(Start, Option<Vec<u8>>), Error> {
    let Some(key) = input.key_marker.as_deref().filter(|key| !key.is_empty()) else {
        return Ok((Start::Beginning, None));
    };
    let Some(text) = input.upload_id_marker.as_deref().filter(|id| !id.is_empty()) else {
        return Ok((behind(key, prefix, input.delimiter.as_deref()), None));
    };
    let id = UploadId::parse(text)
        .ok_or_else(|| Error::argument("upload-id-marker", text, "Invalid uploadId marker"))?;
    let (high, low) = id.halves();
    let tail = [high.to_be_bytes(), low.to_be_bytes()].concat();
    Ok((Start::AfterKey(key.to_owned()), Some(tail)))
}

fn id(item: &Item) -> Result<UploadId, Damaged> {
    let mut parser = KeyParser::new(&item.tail);
    let halves = parser.number().and_then(|high| parser.number().map(|low| (high, low)));
    halves.map(|(high, low)| UploadId::from_halves(high, low)).map_err(|_| Damaged("upload's id"))
}

fn shown(item: &Item, encoding: Encoding, facts: &BucketFacts) -> Result<MultipartUpload, Error> {
    let upload = Upload::read(&item.record)?;
    Ok(MultipartUpload {
        upload_id: Some(id(item)?.to_string()),
        key: Some(encoding.text(&item.key)),
        initiated: Some(times::shown(upload.initiated_ms)),
        storage_class: Some(upload.class.word()),
        owner: Some(shown_owner(&owner(&upload, facts))),
        initiator: Some(shown_initiator(&upload)),
        checksum_algorithm: upload.algorithm.map(|algorithm| algorithm.word()),
        checksum_type: upload.algorithm.map(|_| upload.kind.word()),
        version_id: None,
    })
}
