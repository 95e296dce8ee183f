use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{ListTagsForStreamOutput, op},
    tags,
};

impl Handler<op::ListTagsForStream> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::ListTagsForStream>) -> Answer<op::ListTagsForStream> {
        let input = &asked.input;
        let all = &asked.permits.resource().existing()?.definition.tags;
        let after = input.exclusive_start_tag_key.as_ref();
        let rest: Vec<_> =
            all.iter().filter(|(key, _)| after.is_none_or(|after| key > after)).cloned().collect();
        let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(rest.len());
        let page = rest.get(..limit.min(rest.len())).unwrap_or_default();
        Ok(ListTagsForStreamOutput { tags: tags::view(page), has_more_tags: rest.len() > limit }.into())
    }
}
