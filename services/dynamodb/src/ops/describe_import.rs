use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    imports::Import,
    model::{DescribeImportOutput, op},
};

impl Handler<op::DescribeImport> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeImport>) -> Answer<op::DescribeImport> {
        let (place, now) = (asked.permits.resource().place(), asked.call.now_ms);
        let found = self.store.read(&asked.permits).get([])?;
        let import = found.map(|found| Import::read(&found.value)).transpose()?;
        let import = import.filter(|import| !import.is_forgotten(now));
        let import = import.ok_or_else(|| Error::ImportNotFound(place.arn()))?;
        Ok(DescribeImportOutput { import_table_description: import.describe(&place) }.into())
    }
}
