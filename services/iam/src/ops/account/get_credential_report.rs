use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::report::is_fresh;
use crate::{
    Error, Iam,
    model::{GetCredentialReportOutput, ReportFormatType, op},
    ops::{Answer, Asked, now},
    room::{Look, Room},
    view,
};

impl Handler<op::GetCredentialReport> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetCredentialReport>) -> Answer<op::GetCredentialReport> {
        let room = Room::open(&self.store, &asked.permits);
        let report = room.record(&keys::credential_report())?.ok_or(Error::ReportNotPresent)?;
        if !is_fresh(&report, now(asked.call)) {
            return Err(Error::ReportExpired);
        }
        let output = GetCredentialReportOutput {
            generated_time: Some(view::time(report.generated)),
            report_format: Some(ReportFormatType::TextCsv),
            content: Some(report.content.into()),
        };
        Ok(output.into())
    }
}
