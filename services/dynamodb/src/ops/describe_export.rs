use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    exports::Export,
    model::{DescribeExportOutput, op},
};

impl Handler<op::DescribeExport> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeExport>) -> Answer<op::DescribeExport> {
        let (place, now) = (asked.permits.resource().place(), asked.call.now_ms);
        let found = self.store.read(&asked.permits).get([])?;
        let export = found.map(|found| Export::read(&found.value)).transpose()?;
        let export = export.filter(|export| !export.is_forgotten(now));
        let export = export.ok_or_else(|| Error::ExportNotFound(place.arn()))?;
        Ok(DescribeExportOutput { export_description: Some(export.describe(&place)) }.into())
    }
}
