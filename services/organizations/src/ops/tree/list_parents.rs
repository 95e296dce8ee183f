use kurodo_gateway::Handler;

use crate::{
    Organizations,
    error::Missing,
    model::{ListParentsOutput, Parent, ParentType, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
};

impl Handler<op::ListParents> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListParents>) -> Answer<op::ListParents> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        let child = permit.resource().load(&room, Missing::Child)?;
        let id = child.parent().ok_or(Missing::Child)?.to_owned();
        let root = id == room.organization().root;
        let r#type = if root { ParentType::Root } else { ParentType::OrganizationalUnit };
        let found = vec![(id.clone(), Parent { id: Some(id), r#type: Some(r#type) })];
        let page = page::cut("ListParents", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListParentsOutput { parents: Some(page.items), next_token: page.next }.into())
    }
}
