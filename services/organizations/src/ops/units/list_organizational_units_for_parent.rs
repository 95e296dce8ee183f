use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Organizations,
    error::Missing,
    model::{ListOrganizationalUnitsForParentOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListOrganizationalUnitsForParent> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListOrganizationalUnitsForParent>,
    ) -> Answer<op::ListOrganizationalUnitsForParent> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        permit.resource().load(&room, Missing::Parent)?;
        let found = room
            .all(&keys::units())?
            .into_iter()
            .filter(|unit| unit.parent == input.parent_id)
            .map(|unit| (unit.id.clone(), view::unit(room.organization(), &unit)))
            .collect();
        let (token, most) = (input.next_token.as_ref(), input.max_results);
        let page = page::cut("ListOrganizationalUnitsForParent", found, token, most)?;
        Ok(ListOrganizationalUnitsForParentOutput {
            organizational_units: Some(page.items),
            next_token: page.next,
        }
        .into())
    }
}
