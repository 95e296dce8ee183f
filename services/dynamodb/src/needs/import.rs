use kurodo_authz::Need;
use kurodo_gateway::Find;

use crate::{
    DynamoDb, Error,
    error::invalid_values,
    model::ImportTableInput,
    names::{self, TableName},
    resources::{Filling, Imported, Target},
    table::action,
};

pub(super) type ImportNeeds =
    (Need<action::ImportTable>, Need<action::ImportItems>, Need<action::NoteImport>);

/// The new table, and its items.
pub(crate) async fn import_table(
    find: &Find<'_, DynamoDb>,
    input: &mut ImportTableInput,
) -> Result<ImportNeeds, Error> {
    let name = &input.table_creation_parameters.table_name;
    if name.starts_with("arn:") {
        return Err(invalid_values("TableName must be a name, not an ARN"));
    }
    names::check("tableCreationParameters.tableName", name)?;
    let (table, target) = (TableName::parse(find, name)?, Target::new(find, name)?);
    let filling = Filling::from(&target);
    Ok((Need::new(target), Need::new(filling), Need::new(Imported::new(table, None))))
}
