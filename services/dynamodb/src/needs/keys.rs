use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::Scan;

use crate::{
    DynamoDb, Error, definition::Definition, layout, names::TableName, resources::Table, table::action,
};

/// The most tables of which it is noted together.
const TOGETHER: usize = 100;

/// Tables of the account whose definitions do not say whether KMS uses their keys.
pub(crate) async fn unnoted(
    find: &Find<'_, DynamoDb>,
) -> Result<Option<Vec<Need<action::UpdateTable>>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let access = find.service.vault.access();
    let keys = access.unnoted(account);
    if keys.is_empty() {
        return Ok(None);
    }
    let mut needs = Vec::new();
    for record in find.stored().cursor(&Scan::within(layout::all_tables(account).prefix()))? {
        let record = record?;
        let Ok(definition) = serde_json::from_slice::<Definition>(&record.value) else { continue };
        let of_key = definition.protection.as_ref().is_some_and(|known| keys.contains_key(&known.arn));
        if !of_key || access.inaccessible(account, &definition) == definition.inaccessible {
            continue;
        }
        let Some((region, name, _)) = layout::parse_place(&record.key) else { continue };
        needs.push(Need::new(Table::find(find, TableName { region, account, name })?));
        if needs.len() == TOGETHER {
            break;
        }
    }
    if needs.is_empty() {
        access.noted(account, &keys);
        return Ok(None);
    }
    Ok(Some(needs))
}
