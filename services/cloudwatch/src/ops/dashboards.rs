use kurodo_authz::Named;
use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Scan, after_prefix};

use super::{ATTEMPTS, Answer, Asked, written};
use crate::{
    CloudWatch, Error,
    dashboard::{Stored, check_body, check_name},
    layout,
    model::{
        DashboardEntry, DashboardValidationMessage, DeleteDashboardsOutput, GetDashboardOutput,
        ListDashboardsOutput, PutDashboardOutput, op,
    },
    page, tags, time,
};

/// Dashboards on a page.
const PAGE: usize = 1000;

impl Handler<op::PutDashboard> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::PutDashboard>) -> Answer<op::PutDashboard> {
        let (input, (permit, _)) = (&asked.input, &asked.permits);
        check_name(&input.dashboard_name)?;
        let messages = check_body(&input.dashboard_body)?;
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let found = writer.get(layout::ITSELF)?;
            let mut transaction = writer.transaction();
            // Tags are given to new dashboards only, as in AWS.
            let tags = match &found {
                Some(found) => {
                    transaction.expect_version(layout::ITSELF, found.version);
                    Stored::read(&found.value)?.tags
                }
                None => {
                    transaction.expect_absent(layout::ITSELF);
                    tags::new(input.tags.as_deref())?
                }
            };
            let stored = Stored { body: input.dashboard_body.clone(), modified: asked.call.now_ms, tags };
            transaction.put(layout::ITSELF, stored.to_bytes()?);
            if written(transaction.commit().await)? {
                return Ok(PutDashboardOutput { dashboard_validation_messages: Some(told(messages)) }.into());
            }
        }
        Err(Error::Changed)
    }
}

fn told(messages: Vec<(String, String)>) -> Vec<DashboardValidationMessage> {
    let told = messages
        .into_iter()
        .map(|(path, message)| DashboardValidationMessage { data_path: Some(path), message: Some(message) });
    told.collect()
}

impl Handler<op::GetDashboard> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::GetDashboard>) -> Answer<op::GetDashboard> {
        let dashboard = asked.permits.resource();
        check_name(&dashboard.name)?;
        let found = self.store.read(&asked.permits).get(layout::ITSELF)?;
        let Some(found) = found else { return Err(Error::NoDashboard(dashboard.name.clone())) };
        Ok(GetDashboardOutput {
            dashboard_arn: Some(dashboard.arn()),
            dashboard_body: Some(Stored::read(&found.value)?.body),
            dashboard_name: Some(dashboard.name.clone()),
        }
        .into())
    }
}

impl Handler<op::ListDashboards> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::ListDashboards>) -> Answer<op::ListDashboards> {
        let account = kurodo_authz::Resource::owner(asked.permits.resource());
        let prefix = asked.input.dashboard_name_prefix.as_deref().unwrap_or_default();
        let mut scan = Scan::within(layout::beginning(prefix)).limit(PAGE + 1);
        let after = page::open("ListDashboards", asked.input.next_token.as_deref())?;
        if let Some(next) = after.as_deref().and_then(after_prefix) {
            scan = scan.from(next);
        }
        let records = self.store.read(&asked.permits).scan(&scan)?;
        let mut entries = Vec::new();
        for record in records.iter().take(PAGE) {
            let name =
                KeyParser::new(&record.key).text().map_err(|_| Error::Damaged("a dashboard's name"))?;
            let stored = Stored::read(&record.value)?;
            entries.push(DashboardEntry {
                dashboard_arn: Some(format!("arn:aws:cloudwatch::{account}:dashboard/{name}")),
                dashboard_name: Some(name.into_owned()),
                last_modified: Some(time::at(stored.modified)),
                size: i64::try_from(stored.body.len()).ok(),
            });
        }
        let last = records.get(PAGE - 1).filter(|_| records.len() > PAGE);
        let next_token = last.map(|record| page::seal("ListDashboards", &record.key));
        Ok(ListDashboardsOutput { dashboard_entries: Some(entries), next_token }.into())
    }
}

impl Handler<op::DeleteDashboards> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::DeleteDashboards>) -> Answer<op::DeleteDashboards> {
        let mut whole: Option<kurodo_store::Transaction<'_>> = None;
        for permit in &asked.permits {
            let writer = self.store.write(permit);
            let name = &permit.resource().name;
            let found = writer.get(layout::ITSELF)?.ok_or_else(|| Error::NoDashboard(name.clone()))?;
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version).delete(layout::ITSELF);
            match &mut whole {
                Some(whole) => {
                    whole.join(transaction);
                }
                none => *none = Some(transaction),
            }
        }
        let done = match whole {
            Some(whole) => written(whole.commit().await)?,
            None => true,
        };
        if done { Ok(DeleteDashboardsOutput {}.into()) } else { Err(Error::Changed) }
    }
}
