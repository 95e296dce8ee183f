use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    error::DamagedTable,
    imports::Import,
    layout,
    model::{ListImportsOutput, op},
    names::{ImportName, TableName},
    resources::Imports,
};

/// The most imports of a page.
///
/// Source: DynamoDB API Reference, ListImports.
const MOST: usize = 25;

impl Handler<op::ListImports> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ListImports>) -> Answer<op::ListImports> {
        let (resource, now) = (asked.permits.resource(), asked.call.now_ms);
        let limit = asked.input.page_size.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
        let (mut found, mut more) = (Vec::new(), false);
        for record in self.store.read(&asked.permits).cursor(&scan(resource))? {
            let record = record?;
            let import = Import::read(&record.value)?;
            if import.is_forgotten(now) {
                continue;
            }
            more = found.len() == limit;
            if more {
                break;
            }
            found.push((place(resource, &record.key)?, import));
        }
        let next_token = found.last().filter(|_| more).map(|(place, _)| place.arn());
        let summaries = found.iter().map(|(place, import)| import.summary(place)).collect();
        Ok(ListImportsOutput { import_summary_list: Some(summaries), next_token }.into())
    }
}

fn scan(asked: &Imports) -> Scan {
    let scan = match &asked.table {
        Some(table) => Scan::within(layout::name(table)),
        None => Scan::default(),
    };
    match &asked.after {
        Some(after) => scan.after(layout::backup_key(&after.table.name, &after.id)),
        None => scan,
    }
}

/// The import of a record's key.
fn place(asked: &Imports, key: &[u8]) -> Result<ImportName, Error> {
    let (name, id) = layout::parse_backup(key).ok_or_else(|| DamagedTable("(an import)".to_owned()))?;
    let table = TableName { region: asked.region.clone(), account: asked.account, name };
    Ok(ImportName { table, id })
}
