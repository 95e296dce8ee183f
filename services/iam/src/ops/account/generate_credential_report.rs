use kurodo_gateway::Handler;
use kurodo_identity::{CredentialReport, keys};

use super::report::{Report, is_fresh};
use crate::{
    Iam,
    model::{GenerateCredentialReportOutput, ReportStateType, op},
    ops::{Answer, Asked, now},
    room::{Look, Room},
};

/// A report of the last four hours is not made again.
impl Handler<op::GenerateCredentialReport> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GenerateCredentialReport>,
    ) -> Answer<op::GenerateCredentialReport> {
        let ((permit, uses), now) = (&asked.permits, now(asked.call));
        let uses = Room::open(&self.store, uses);
        self.change(permit, |draft| {
            let known = draft.record(&keys::credential_report())?;
            if known.is_some_and(|report| is_fresh(&report, now)) {
                return Ok(());
            }
            let content = Report { look: draft, uses: &uses }.csv()?;
            draft.put(&keys::credential_report(), &CredentialReport { generated: now, content })
        })
        .await?;
        let state = Some(ReportStateType::Complete);
        Ok(GenerateCredentialReportOutput { state, description: None }.into())
    }
}
