use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    listed::{Shows, contents, count, prefixes, restored_at},
};
use crate::{
    S3,
    listing::{Ask, Encoding, Start, behind, page_length, walk},
    model::{ListObjectsOutput, op},
};

impl Handler<op::ListObjects> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::ListObjects>) -> Answer<op::ListObjects> {
        let Authorized { mut input, permits: permit, call, .. } = call;
        input.delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
        let (facts, encoding) = (permit.resource().facts()?, Encoding::new(input.encoding_type));
        let most = page_length("max-keys", input.max_keys)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.as_deref();
        let marker = input.marker.as_deref().filter(|marker| !marker.is_empty());
        let start = marker.map_or(Start::Beginning, |marker| behind(marker, &prefix, delimiter));
        let ask = Ask { prefix: &prefix, delimiter, start, most, ..Ask::default() };
        let page = walk(&self.store.read(&permit), &ask)?;
        // Without a delimiter the last key listed is the marker, and the client has it already.
        let next_marker = page.next.as_ref().filter(|_| delimiter.is_some()).map(|next| match next {
            Start::AfterKey(last) | Start::AfterPrefix(last) => encoding.text(last),
            Start::Beginning => String::new(),
        });
        let restored = restored_at(input.optional_object_attributes.as_ref(), call.now_ms);
        Ok(ListObjectsOutput {
            is_truncated: Some(page.next.is_some()),
            marker: Some(encoding.text(input.marker.as_deref().unwrap_or_default())),
            next_marker,
            contents: contents(&page.items, encoding, Shows { owners: Some(facts), restored })?,
            name: Some(facts.name.clone()),
            prefix: Some(encoding.text(&prefix)),
            delimiter: encoding.optional(input.delimiter.as_ref()),
            max_keys: count(most),
            common_prefixes: prefixes(&page.prefixes, encoding),
            encoding_type: encoding.word(),
            request_charged: permit.resource().charged(),
        }
        .into())
    }
}
