use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{ListRootsOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListRoots> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListRoots>) -> Answer<op::ListRoots> {
        let (room, input) = (Room::open(&self.store, &asked.permits)?, &asked.input);
        let organization = room.organization();
        let found = vec![(organization.root.clone(), view::root(organization))];
        let page = page::cut("ListRoots", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListRootsOutput { roots: Some(page.items), next_token: page.next }.into())
    }
}
