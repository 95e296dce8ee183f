mod create_organizational_unit;
mod delete_organizational_unit;
mod describe_organizational_unit;
mod list_organizational_units_for_parent;
mod update_organizational_unit;

use kurodo_identity::{OrganizationalUnit, keys};

use crate::{Error, error::Missing, resources::Node, room::Look, thing::Thing};

/// The unit that a permit is for.
fn unit(look: &impl Look, node: &Node) -> Result<OrganizationalUnit, Error> {
    match node.load(look, Missing::Unit)? {
        Thing::Unit(unit) => Ok(unit),
        _ => Err(Missing::Unit.into()),
    }
}

/// That no other unit below this parent has the name.
fn must_be_new(look: &impl Look, parent: &str, name: &str, except: Option<&str>) -> Result<(), Error> {
    let same = |unit: &OrganizationalUnit| {
        unit.parent == parent && unit.name == name && except != Some(unit.id.as_str())
    };
    if look.all(&keys::units())?.iter().any(same) { Err(Error::DuplicateUnit) } else { Ok(()) }
}
