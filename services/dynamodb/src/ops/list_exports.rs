use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    error::DamagedTable,
    exports::Export,
    layout,
    model::{ListExportsOutput, op},
    names::{ExportName, TableName},
    resources::Exports,
};

/// The most exports of a page.
///
/// Source: DynamoDB API Reference, ListExports.
const MOST: usize = 25;

impl Handler<op::ListExports> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ListExports>) -> Answer<op::ListExports> {
        let (resource, now) = (asked.permits.resource(), asked.call.now_ms);
        let limit = asked.input.max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
        let (mut found, mut more) = (Vec::new(), false);
        for record in self.store.read(&asked.permits).cursor(&scan(resource))? {
            let record = record?;
            let export = Export::read(&record.value)?;
            if export.is_forgotten(now) {
                continue;
            }
            more = found.len() == limit;
            if more {
                break;
            }
            found.push((place(resource, &record.key)?, export));
        }
        let next_token = found.last().filter(|_| more).map(|(place, _)| place.arn());
        let summaries = found.iter().map(|(place, export)| export.summary(place)).collect();
        Ok(ListExportsOutput { export_summaries: Some(summaries), next_token }.into())
    }
}

fn scan(asked: &Exports) -> Scan {
    let scan = match &asked.table {
        Some(table) => Scan::within(layout::name(table)),
        None => Scan::default(),
    };
    match &asked.after {
        Some(after) => scan.after(layout::backup_key(&after.table.name, &after.id)),
        None => scan,
    }
}

/// The export of a record's key.
fn place(asked: &Exports, key: &[u8]) -> Result<ExportName, Error> {
    let (name, id) = layout::parse_backup(key).ok_or_else(|| DamagedTable("(an export)".to_owned()))?;
    let table = TableName { region: asked.region.clone(), account: asked.account, name };
    Ok(ExportName { table, id })
}
