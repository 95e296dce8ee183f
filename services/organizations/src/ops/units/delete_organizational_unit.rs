use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::unit;
use crate::{
    Error, Organizations,
    model::{DeleteOrganizationalUnitOutput, op},
    ops::{Answer, Asked},
    thing::Thing,
};

impl Handler<op::DeleteOrganizationalUnit> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteOrganizationalUnit>,
    ) -> Answer<op::DeleteOrganizationalUnit> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let unit = unit(draft, permit.resource())?;
            if Thing::nodes(draft)?.iter().any(|node| node.parent() == Some(&unit.id)) {
                return Err(Error::UnitNotEmpty);
            }
            draft.delete(&keys::unit(&unit.id));
            draft.delete(&keys::attachments().exactly(&unit.id));
            Ok(())
        })
        .await?;
        Ok(DeleteOrganizationalUnitOutput {}.into())
    }
}
