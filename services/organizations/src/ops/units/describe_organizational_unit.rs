use kurodo_gateway::Handler;

use super::unit;
use crate::{
    Organizations,
    model::{DescribeOrganizationalUnitOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::DescribeOrganizationalUnit> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeOrganizationalUnit>,
    ) -> Answer<op::DescribeOrganizationalUnit> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit)?;
        let unit = view::unit(room.organization(), &unit(&room, permit.resource())?);
        Ok(DescribeOrganizationalUnitOutput { organizational_unit: Some(unit) }.into())
    }
}
