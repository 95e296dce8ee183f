use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{ListTargetsForPolicyOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    thing::Thing,
    view,
};

impl Handler<op::ListTargetsForPolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListTargetsForPolicy>) -> Answer<op::ListTargetsForPolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        let policy = permit.resource().load(&room)?;
        let mut found = Vec::new();
        for node in Thing::nodes(&room)? {
            if room.attached(&node.id(), policy.kind())?.iter().any(|id| id == policy.id()) {
                found.push((node.id(), view::target(room.organization(), &node)));
            }
        }
        let page = page::cut("ListTargetsForPolicy", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListTargetsForPolicyOutput { targets: Some(page.items), next_token: page.next }.into())
    }
}
