use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Scan, after_prefix};

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    error::DamagedTable,
    layout,
    model::{ListTablesOutput, op},
    names,
};

/// The most names of a page.
const MOST: usize = 100;

impl Handler<op::ListTables> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ListTables>) -> Answer<op::ListTables> {
        let input = asked.input;
        let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
        let mut scan = Scan::default().limit(limit + 1);
        if let Some(after) = &input.exclusive_start_table_name {
            names::check("exclusiveStartTableName", after)?;
            if let Some(start) = after_prefix(&layout::name(after)) {
                scan = scan.from(start);
            }
        }
        let records = self.store.read(&asked.permits).scan(&scan)?;
        let more = records.len() > limit;
        let names = records.iter().take(limit).map(|record| {
            let name = KeyParser::new(&record.key).text().map(|name| name.into_owned());
            name.map_err(|_| Error::from(DamagedTable("of no name".to_owned())))
        });
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let last = names.last().filter(|_| more).cloned();
        Ok(ListTablesOutput { table_names: Some(names), last_evaluated_table_name: last }.into())
    }
}
