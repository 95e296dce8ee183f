use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    restoring::{check_target, shown},
    settings::{AT_ONCE, begun, uuid},
};
use crate::{
    DynamoDb, Error,
    backup::cut,
    definition::{Filling, Fresh, Overrides, Restored, restore},
    model::{RestoreTableFromBackupOutput, op},
};

impl Handler<op::RestoreTableFromBackup> for DynamoDb {
    async fn handle(
        &self,
        asked: Asked<'_, op::RestoreTableFromBackup>,
    ) -> Answer<op::RestoreTableFromBackup> {
        let (permit, kept, put, batch, ..) = &asked.permits;
        let (input, now) = (&asked.input, asked.call.now_ms);
        let (place, target) = (permit.resource().place(), put.resource());
        let (backup, fact) = permit.resource().existing(now)?;
        check_target(target)?;
        let missing = || Error::BackupNotFound(place.arn());
        let cut = cut(&self.store.read(kept), &place.id)?.ok_or_else(missing)?;
        let (contents, table) = (backup.definition.contents, place.table.name.clone());
        let filling = Filling::new(contents, cut, table, Some(place.id.clone()));
        let restored = Restored {
            backup: Some(place.arn()),
            table: place.table.arn(),
            at: backup.created,
            filling: Some(filling),
        };
        let fresh = Fresh { id: uuid()?, contents: target.contents, policy: None, tags: Vec::new(), now };
        let definition = restore(&backup.definition, &Overrides::from(input), fresh, restored)?;
        let source = (&backup.definition, place.table.clone());
        let wish = input.sse_specification_override.as_ref();
        let definition = self.protect_restored(wish, source, target, definition, asked.call).await?;
        let facts = self.begin_restore(kept, put, definition, fact).await?;
        begun(self.fill_on(kept, put, batch, &facts, (AT_ONCE, now)).await)?;
        Ok(RestoreTableFromBackupOutput { table_description: Some(shown(&facts)) }.into())
    }
}
