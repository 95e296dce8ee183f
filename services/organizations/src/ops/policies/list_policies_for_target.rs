use kurodo_gateway::Handler;

use crate::{
    Error, Organizations,
    error::Missing,
    kind,
    model::{ListPoliciesForTargetOutput, op},
    ops::{Answer, Asked},
    page,
    resources::Known,
    room::{Look, Room},
    view,
};

impl Handler<op::ListPoliciesForTarget> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListPoliciesForTarget>) -> Answer<op::ListPoliciesForTarget> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        let target = permit.resource().load(&room, Missing::Target)?;
        let mut found = Vec::new();
        for id in room.attached(&target.id(), kind::read(input.filter)?)? {
            let lost = Error::Inconsistent("a policy is attached that does not exist");
            let policy = Known::find(&room, &id)?.ok_or(lost)?;
            found.push((id, view::policy(room.organization(), &policy)));
        }
        let page = page::cut("ListPoliciesForTarget", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListPoliciesForTargetOutput { policies: Some(page.items), next_token: page.next }.into())
    }
}
