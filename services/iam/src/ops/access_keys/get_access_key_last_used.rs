use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Missing,
    model::{AccessKeyLastUsed, GetAccessKeyLastUsedOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::GetAccessKeyLastUsed> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetAccessKeyLastUsed>) -> Answer<op::GetAccessKeyLastUsed> {
        let ((holder, uses), id) = (&asked.permits, asked.input.access_key_id);
        let key = Room::open(&self.store, holder).record(&keys::access_key(&id))?;
        let key = key.ok_or_else(|| Missing::AccessKey(id.clone()))?;
        let used = Room::open(&self.store, uses).record(&keys::key_uses().exactly(&key.id))?;
        let none = || "N/A".to_owned();
        let access_key_last_used = Some(AccessKeyLastUsed {
            last_used_date: used.as_ref().map(|used| view::time(used.at)),
            service_name: used.as_ref().map_or_else(none, |used| used.service.clone()),
            region: used.as_ref().map_or_else(none, |used| used.region.clone()),
        });
        let user_name = holder.resource().name().map(str::to_owned);
        Ok(GetAccessKeyLastUsedOutput { user_name, access_key_last_used }.into())
    }
}
