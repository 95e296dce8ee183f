use kurodo_gateway::Handler;
use kurodo_identity::{Attachments, OrganizationalUnit, id, keys};

use super::must_be_new;
use crate::{
    Error, Organizations,
    error::Missing,
    limits,
    model::{CreateOrganizationalUnitInput, CreateOrganizationalUnitOutput, op},
    ops::{Answer, Asked, now},
    resources::Node,
    room::{Draft, Look},
    tags,
    thing::Thing,
    view,
};

impl Handler<op::CreateOrganizationalUnit> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::CreateOrganizationalUnit>,
    ) -> Answer<op::CreateOrganizationalUnit> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let unit = self
            .change(permit, |draft| {
                let unit = create(draft, permit.resource(), input, now)?;
                Ok(view::unit(&draft.organization, &unit))
            })
            .await?;
        Ok(CreateOrganizationalUnitOutput { organizational_unit: Some(unit) }.into())
    }
}

fn create(
    draft: &mut Draft<'_>,
    parent: &Node,
    input: &CreateOrganizationalUnitInput,
    now: i64,
) -> Result<OrganizationalUnit, Error> {
    let parent = parent.load(draft, Missing::Parent)?;
    if !parent.is_parent() {
        return Err(Missing::Parent.into());
    }
    must_be_new(draft, &input.parent_id, &input.name, None)?;
    limits::DEPTH.admits_another(depth(draft, parent)?)?;
    limits::UNITS.admits_another(draft.all(&keys::units())?.len())?;
    let unit = OrganizationalUnit {
        id: id::unit(&draft.organization.root)?,
        name: input.name.clone(),
        parent: input.parent_id.clone(),
        created: now,
        tags: tags::new(input.tags.as_ref())?,
    };
    draft.put(&keys::unit(&unit.id), &unit)?;
    draft.attach(&unit.id, Attachments::new(&draft.organization).policies)?;
    Ok(unit)
}

/// How many units there are from the root to this one.
fn depth(look: &impl Look, mut node: Thing) -> Result<usize, Error> {
    let mut depth = 0;
    while let Some(parent) = node.parent() {
        depth += 1;
        let lost = Error::Inconsistent("a unit's parent does not exist");
        node = Thing::find(look, parent)?.ok_or(lost)?;
    }
    Ok(depth)
}
