use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    backup::Backup,
    error::{DamagedTable, invalid_values},
    layout,
    model::{ListBackupsInput, ListBackupsOutput, op},
    names::{BackupName, TableName},
    resources::Backups,
};

/// The most backups of a page.
const MOST: usize = 100;

impl Handler<op::ListBackups> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ListBackups>) -> Answer<op::ListBackups> {
        let (resource, input, now) = (asked.permits.resource(), &asked.input, asked.call.now_ms);
        check_times(input)?;
        let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
        let (mut found, mut more) = (Vec::new(), false);
        for record in self.store.read(&asked.permits).cursor(&scan(resource))? {
            let record = record?;
            let backup = Backup::read(&record.value)?;
            if !backup.is_there(now) || !matches(input, &backup) {
                continue;
            }
            more = found.len() == limit;
            if more {
                break;
            }
            found.push((place(resource, &record.key)?, backup));
        }
        let last = found.last().filter(|_| more).map(|(place, _)| place.arn());
        let summaries = found.iter().map(|(place, backup)| backup.summary(place)).collect();
        Ok(ListBackupsOutput { backup_summaries: Some(summaries), last_evaluated_backup_arn: last }.into())
    }
}

fn check_times(input: &ListBackupsInput) -> Result<(), Error> {
    match (input.time_range_lower_bound, input.time_range_upper_bound) {
        (Some(from), Some(to)) if from > to => {
            Err(invalid_values("Time range lower bound must be less than or equal to upper bound"))
        }
        _ => Ok(()),
    }
}

/// The lower bound is part of the range, the upper bound is not.
fn matches(input: &ListBackupsInput, backup: &Backup) -> bool {
    let (from, to) = (input.time_range_lower_bound, input.time_range_upper_bound);
    backup.is_kind(input.backup_type)
        && from.is_none_or(|from| backup.created >= from.as_millisecond())
        && to.is_none_or(|to| backup.created < to.as_millisecond())
}

fn scan(asked: &Backups) -> Scan {
    let scan = match &asked.table {
        Some(table) => Scan::within(layout::name(table)),
        None => Scan::default(),
    };
    match &asked.after {
        Some(after) => scan.after(layout::backup_key(&after.table.name, &after.id)),
        None => scan,
    }
}

/// The backup of a record's key.
fn place(asked: &Backups, key: &[u8]) -> Result<BackupName, Error> {
    let (name, id) = layout::parse_backup(key).ok_or_else(|| DamagedTable("(a backup)".to_owned()))?;
    let table = TableName { region: asked.region.clone(), account: asked.account, name };
    Ok(BackupName { table, id })
}
