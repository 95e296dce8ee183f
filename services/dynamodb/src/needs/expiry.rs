use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{KeyParser, Record, Scan};

use crate::{
    DynamoDb, Error, definition::Definition, error::DamagedTable, layout, names::TableName, plan::Due,
    resources::Data, table::action,
};

/// The most items of an account that are looked at together.
const LOOKED_AT: usize = 10_000;

type ExpireNeeds = Vec<Need<action::ExpireItems>>;

/// Items of the account whose time to live is over.
pub(crate) async fn expired_items(find: &Find<'_, DynamoDb>) -> Result<Option<ExpireNeeds>, Error> {
    let tables = expiring(find)?;
    let each = LOOKED_AT.checked_div(tables.len()).unwrap_or_default().max(1);
    let (stored, mut needs) = (find.stored(), Vec::new());
    for table in tables {
        let facts = DynamoDb::table_facts(find, table.account, &table.region, &table.name)?;
        let Some(facts) = facts else { continue };
        let definition = &facts.definition;
        let Some(attribute) = &definition.expiry else { continue };
        let rounds = &find.service.rounds;
        let due = rounds.look(&stored, definition.contents, attribute, each, find.call.now_ms)?;
        if !due.is_empty() {
            needs.push(Need::new(Data::new(table, Some(facts), Ok(Due(due)))));
        }
    }
    Ok(Some(needs).filter(|needs| !needs.is_empty()))
}

/// The tables of the account whose items expire.
fn expiring(find: &Find<'_, DynamoDb>) -> Result<Vec<TableName>, Error> {
    let mut tables = Vec::new();
    let Some(account) = find.account() else { return Ok(tables) };
    for record in find.stored().cursor(&Scan::within(layout::all_tables(account).prefix()))? {
        let record = record?;
        let (region, name) = name(&record).ok_or_else(|| DamagedTable("of no name".to_owned()))?;
        let definition: Definition =
            serde_json::from_slice(&record.value).map_err(|_| DamagedTable(name.clone()))?;
        if definition.expiry.is_some() && definition.is_usable() {
            tables.push(TableName { region, account, name });
        }
    }
    Ok(tables)
}

/// The region and the name of the table that a record defines.
fn name(record: &Record) -> Option<(kurodo_arn::Region, String)> {
    let mut key = KeyParser::new(&record.key);
    key.byte().ok()?;
    key.number().ok()?;
    let region = key.text().ok()?.parse().ok()?;
    Some((region, key.text().ok()?.into_owned()))
}
