use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::Scan;

use crate::{DynamoDb, Error, layout, names::TableName, resources::Table, table::action};

/// The tables of the account, of which it is told what is provisioned.
pub(crate) async fn provisioned(
    find: &Find<'_, DynamoDb>,
) -> Result<Option<Vec<Need<action::DescribeTable>>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let mut needs = Vec::new();
    for record in find.stored().cursor(&Scan::within(layout::all_tables(account).prefix()))? {
        let Some((region, name, None)) = layout::parse_place(&record?.key) else { continue };
        let table = Table::find(find, TableName { region, account, name })?;
        if table.facts().is_some_and(|facts| facts.definition.is_usable()) {
            needs.push(Need::new(table));
        }
    }
    Ok(Some(needs).filter(|needs| !needs.is_empty()))
}
