use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::{must_be_new, unit};
use crate::{
    Organizations,
    model::{UpdateOrganizationalUnitOutput, op},
    ops::{Answer, Asked},
    view,
};

impl Handler<op::UpdateOrganizationalUnit> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::UpdateOrganizationalUnit>,
    ) -> Answer<op::UpdateOrganizationalUnit> {
        let permit = &asked.permits;
        let unit = self
            .change(permit, |draft| {
                let mut unit = unit(draft, permit.resource())?;
                if let Some(name) = &asked.input.name {
                    must_be_new(draft, &unit.parent, name, Some(&unit.id))?;
                    unit.name.clone_from(name);
                }
                draft.put(&keys::unit(&unit.id), &unit)?;
                Ok(view::unit(&draft.organization, &unit))
            })
            .await?;
        Ok(UpdateOrganizationalUnitOutput { organizational_unit: Some(unit) }.into())
    }
}
