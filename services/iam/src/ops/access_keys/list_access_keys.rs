use kurodo_gateway::Handler;
use kurodo_identity::AccessKey;

use super::Holder;
use crate::{
    Iam,
    model::{AccessKeyMetadata, ListAccessKeysOutput, StatusType, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListAccessKeys> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListAccessKeys>) -> Answer<op::ListAccessKeys> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read("ListAccessKeys", room.account(), input.marker.as_ref(), input.max_items)?;
        let holder = Holder::load(&room, permit.resource())?;
        let mut keys: Vec<&String> = holder.keys().iter().collect();
        keys.sort();
        let page = paging.cut(
            keys.into_iter().map(|id| Ok((id.clone(), metadata(holder.name(), &holder.key(&room, id)?)))),
        )?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListAccessKeysOutput { access_key_metadata: page.items, is_truncated, marker }.into())
    }
}

fn metadata(holder: &str, key: &AccessKey) -> AccessKeyMetadata {
    AccessKeyMetadata {
        user_name: Some(holder.to_owned()),
        access_key_id: Some(key.id.clone()),
        status: Some(if key.active { StatusType::Active } else { StatusType::Inactive }),
        create_date: Some(view::time(key.created)),
    }
}
