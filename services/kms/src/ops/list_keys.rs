use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    Error, Kms,
    key::Key,
    model::{KeyListEntry, ListKeysOutput, op},
    names::key_arn,
    pages::Page,
};

/// Keys of a page, unless another number is asked for.
const USUAL: usize = 100;

impl Handler<op::ListKeys> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListKeys>) -> Answer<op::ListKeys> {
        let (permit, input) = (&asked.permits, &asked.input);
        let all = permit.resource();
        let keys = self.store.read(permit).scan(&Scan::default())?;
        let keys = keys.iter().map(|record| Ok(Key::read(&record.value)?.id));
        let keys = keys.collect::<Result<Vec<_>, Error>>()?.into_iter().map(|id| {
            let key_arn = Some(key_arn(all.account, &all.region, &id));
            (id.clone(), KeyListEntry { key_id: Some(id), key_arn })
        });
        let page = Page::of(keys, input.marker.as_deref(), input.limit, USUAL)?;
        let truncated = Some(page.truncated());
        Ok(ListKeysOutput { keys: Some(page.items), next_marker: page.next, truncated }.into())
    }
}
