use kurodo_gateway::Handler;

use crate::{
    Organizations,
    error::Missing,
    model::{Child, ChildType, ListChildrenOutput, op},
    ops::{Answer, Asked},
    page,
    room::Room,
    thing::Thing,
};

impl Handler<op::ListChildren> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListChildren>) -> Answer<op::ListChildren> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        permit.resource().load(&room, Missing::Parent)?;
        let found = Thing::nodes(&room)?
            .iter()
            .filter(|node| node.parent() == Some(&input.parent_id) && child_type(node) == input.child_type)
            .map(|node| (node.id(), Child { id: Some(node.id()), r#type: Some(input.child_type) }))
            .collect();
        let page = page::cut("ListChildren", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListChildrenOutput { children: Some(page.items), next_token: page.next }.into())
    }
}

fn child_type(node: &Thing) -> ChildType {
    match node {
        Thing::Account(_) => ChildType::Account,
        _ => ChildType::OrganizationalUnit,
    }
}
