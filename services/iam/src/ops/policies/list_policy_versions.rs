use kurodo_gateway::Handler;

use super::versions::readable;
use crate::{
    Iam,
    model::{ListPolicyVersionsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListPolicyVersions> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListPolicyVersions>) -> Answer<op::ListPolicyVersions> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListPolicyVersions", room.account(), input.marker.as_ref(), input.max_items)?;
        let policy = readable(&room, permit.resource())?;
        // The newest comes first.
        let place = |number: u32| format!("{:010}", u32::MAX - number);
        let versions = policy.versions.iter().map(|it| (place(it.number), view::version(&policy, it)));
        let page = paging.sort(versions.collect())?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListPolicyVersionsOutput { versions: Some(page.items), is_truncated, marker }.into())
    }
}
