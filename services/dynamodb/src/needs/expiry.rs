use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{KeyParser, Record, Scan};

use crate::{
    DynamoDb, Error, definition::Definition, error::DamagedTable, facts::TableFacts, layout,
    names::TableName, plan::Due, resources::Data, table::action,
};

/// The most items of an account that are looked at together.
const LOOKED_AT: usize = 10_000;

type ExpireNeeds = Vec<Need<action::ExpireItems>>;

/// Items of the account whose time to live is over.
pub(crate) async fn expired_items(find: &Find<'_, DynamoDb>) -> Result<Option<ExpireNeeds>, Error> {
    let tables = expiring(find)?;
    let each = LOOKED_AT.checked_div(tables.len()).unwrap_or_default().max(1);
    let mut needs = Vec::new();
    for table in tables {
        let facts = DynamoDb::table_facts(find, table.account, &table.region, &table.name)?;
        let Some(facts) = facts else { continue };
        let due = over(find, &facts, each).await?;
        if !due.is_empty() {
            needs.push(Need::new(Data::new(table, Some(facts), Ok(Due(due)))));
        }
    }
    Ok(Some(needs).filter(|needs| !needs.is_empty()))
}

/// The keys of items of a table whose time is over. Where KMS does not let DynamoDB open the table, they wait.
async fn over(find: &Find<'_, DynamoDb>, facts: &TableFacts, most: usize) -> Result<Vec<Vec<u8>>, Error> {
    let (service, now, definition) = (find.service, find.call.now_ms, &facts.definition);
    let contents = definition.contents;
    let Some(attribute) = &definition.expiry else { return Ok(Vec::new()) };
    if definition.protection.is_some() && service.rounds.rests(contents, now) {
        return Ok(Vec::new());
    }
    let Some(table) = service.vault.unlock_own(facts, now).await? else { return Ok(Vec::new()) };
    service.rounds.look(&find.stored(), (contents, &table), attribute, most, now)
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
