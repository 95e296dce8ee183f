use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{ListTagsForResourceOutput, Tag, op},
    ops::{Answer, Asked},
    page,
    room::Room,
};

/// Tags on a page; the request cannot say how many.
const PAGE: i32 = 50;

impl Handler<op::ListTagsForResource> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListTagsForResource>) -> Answer<op::ListTagsForResource> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit)?;
        let thing = permit.resource().load(&room)?;
        let shown = |tag: &kurodo_identity::Tag| {
            (tag.key.clone(), Tag { key: tag.key.clone(), value: tag.value.clone() })
        };
        let found = thing.tags().iter().map(shown).collect();
        let page = page::cut("ListTagsForResource", found, asked.input.next_token.as_ref(), Some(PAGE))?;
        Ok(ListTagsForResourceOutput { tags: Some(page.items), next_token: page.next }.into())
    }
}
