use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    CloudWatch,
    data::{LISTED, list},
    model::{DimensionFilter, ListMetricsOutput, op},
    page,
};

/// Metrics on a page.
const PAGE: usize = 500;
/// Seconds of `PT3H`.
const RECENT: i64 = 3 * 3600;

impl Handler<op::ListMetrics> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::ListMetrics>) -> Answer<op::ListMetrics> {
        let (input, now) = (&asked.input, asked.call.now_ms.div_euclid(1000));
        let after = page::open("ListMetrics", input.next_token.as_deref())?;
        let kept = if input.recently_active.is_some() { RECENT } else { LISTED };
        let filters = input.dimensions.as_deref().unwrap_or_default();
        let (mut found, mut last, mut next) = (Vec::new(), Vec::new(), None);
        let reader = self.store.read(&asked.permits);
        let names = (input.namespace.as_deref(), input.metric_name.as_deref());
        list(&reader, names, after.as_deref(), |listed| {
            if now - listed.seen > kept || !has_all(filters, &listed.metric.dimensions) {
                return true;
            }
            if found.len() == PAGE {
                next = Some(page::seal("ListMetrics", &last));
                return false;
            }
            found.push(listed.metric.view(&listed.namespace));
            last = listed.key;
            true
        })?;
        Ok(ListMetricsOutput { metrics: Some(found), next_token: next, owning_accounts: None }.into())
    }
}

fn has_all(filters: &[DimensionFilter], dimensions: &[(String, String)]) -> bool {
    filters.iter().all(|filter| {
        let wanted = filter.value.as_ref();
        dimensions
            .iter()
            .any(|(name, value)| *name == filter.name && wanted.is_none_or(|wanted| wanted == value))
    })
}
