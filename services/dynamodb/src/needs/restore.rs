//! What a restore touches: what is restored, and the new table, of whose items it may do everything.
//!
//! Source: DynamoDB Developer Guide, "Using IAM with DynamoDB backup and restore".

use kurodo_authz::{Action, Need};
use kurodo_gateway::Find;

use crate::{
    DynamoDb, Error,
    error::invalid_request,
    model::{RestoreTableFromBackupInput, RestoreTableToPointInTimeInput},
    names::{BackupName, TableName},
    resources::{Backup, Filling, Kept, Origin, Target},
    table::action,
};

type FromBackup = (
    Need<action::RestoreTableFromBackup>,
    Need<action::HoldKept>,
    Need<action::RestoreByPut>,
    Need<action::RestoreByBatch>,
    Need<action::RestoreByDelete>,
    Need<action::RestoreByGet>,
    Need<action::RestoreByQuery>,
    Need<action::RestoreByScan>,
    Need<action::RestoreByUpdate>,
);

type ToPointInTime = (
    Need<action::RestoreTableToPointInTime>,
    Need<action::RestoreByPut>,
    Need<action::RestoreByBatch>,
    Need<action::RestoreByDelete>,
    Need<action::RestoreByGet>,
    Need<action::RestoreByQuery>,
    Need<action::RestoreByScan>,
    Need<action::RestoreByUpdate>,
);

fn filling<A: Action<Resource = Filling>>(target: &Target) -> Need<A> {
    Need::new(target.into())
}

/// The backup and what it keeps; and the new table.
pub(crate) async fn restore_table_from_backup(
    find: &Find<'_, DynamoDb>,
    input: &mut RestoreTableFromBackupInput,
) -> Result<FromBackup, Error> {
    let place = BackupName::from_arn(find, &input.backup_arn)?;
    let target = Target::new(find, &input.target_table_name)?;
    Ok((
        Need::new(Backup::find(find, place.clone())?),
        Need::new(Kept::find(find, place)?),
        Need::new(target.clone()),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
    ))
}

/// What the table holds and held; and the new table.
pub(crate) async fn restore_table_to_point_in_time(
    find: &Find<'_, DynamoDb>,
    input: &mut RestoreTableToPointInTimeInput,
) -> Result<ToPointInTime, Error> {
    let place = match (&input.source_table_arn, &input.source_table_name) {
        (Some(arn), None) => TableName::from_arn(find, arn)?,
        (None, Some(name)) => TableName::parse(find, name)?,
        (Some(_), Some(_)) | (None, None) => {
            let message = "Must provide exactly one of: sourceTableArn, sourceTableName";
            return Err(invalid_request(message));
        }
    };
    let target = Target::new(find, &input.target_table_name)?;
    Ok((
        Need::new(Origin::find(find, place)?),
        Need::new(target.clone()),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
        filling(&target),
    ))
}
