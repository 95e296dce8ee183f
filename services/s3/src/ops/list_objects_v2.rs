use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    listed::{Shows, contents, count, prefixes, restored_at},
};
use crate::{
    S3,
    listing::{Ask, Encoding, Start, Token, page_length, walk},
    model::{ListObjectsV2Output, op},
};

impl Handler<op::ListObjectsV2> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::ListObjectsV2>) -> Answer<op::ListObjectsV2> {
        let Authorized { mut input, permits: permit, call, .. } = call;
        input.delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
        let (facts, encoding) = (permit.resource().facts()?, Encoding::new(input.encoding_type));
        let most = page_length("max-keys", input.max_keys)?;
        let start = match (&input.continuation_token, &input.start_after) {
            (Some(token), _) => Token::read(token)?,
            (None, Some(key)) => Start::AfterKey(key.clone()),
            (None, None) => Start::Beginning,
        };
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.as_deref();
        let ask = Ask { prefix: &prefix, delimiter, start, most, ..Ask::default() };
        let page = walk(&self.store.read(&permit), &ask)?;
        let owners = input.fetch_owner.unwrap_or_default().then_some(&**facts);
        let restored = restored_at(input.optional_object_attributes.as_ref(), call.now_ms);
        Ok(ListObjectsV2Output {
            is_truncated: Some(page.next.is_some()),
            contents: contents(&page.items, encoding, Shows { owners, restored })?,
            name: Some(facts.name.clone()),
            prefix: Some(encoding.text(&prefix)),
            delimiter: encoding.optional(input.delimiter.as_ref()),
            max_keys: count(most),
            common_prefixes: prefixes(&page.prefixes, encoding),
            encoding_type: encoding.word(),
            key_count: count(page.items.len() + page.prefixes.len()),
            continuation_token: input.continuation_token,
            next_continuation_token: page.next.as_ref().map(Token::write),
            start_after: encoding.optional(input.start_after.as_ref()),
            request_charged: permit.resource().charged(),
        }
        .into())
    }
}
