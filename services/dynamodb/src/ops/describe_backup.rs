use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{BackupStatus, DescribeBackupOutput, op},
};

impl Handler<op::DescribeBackup> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeBackup>) -> Answer<op::DescribeBackup> {
        let resource = asked.permits.resource();
        let (backup, _) = resource.existing(asked.call.now_ms)?;
        let description = backup.describe(&resource.place(), BackupStatus::Available);
        Ok(DescribeBackupOutput { backup_description: Some(description) }.into())
    }
}
