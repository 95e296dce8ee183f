use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    definition::GroupDefinition,
    facts::decode,
    filter::MetricFilter,
    layout,
    model::{
        DeleteMetricFilterOutput, DescribeMetricFiltersInput, DescribeMetricFiltersOutput,
        MetricFilter as View, PutMetricFilterOutput, op,
    },
    page,
};

/// The most metric filters of a group.
///
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas".
const MOST: usize = 100;
/// Filters of a page, where the request does not say how many.
const USUAL: usize = 50;
const MISSING: Error = Error::NotFound("The specified metric filter does not exist.");

impl Handler<op::PutMetricFilter> for Logs {
    async fn handle(&self, asked: Asked<'_, op::PutMetricFilter>) -> Answer<op::PutMetricFilter> {
        let mut filter = MetricFilter::of(asked.input, asked.call.now_ms)?;
        let facts = asked.permits.resource().existing()?;
        let mut definition = facts.definition.clone();
        let filters = &mut definition.metric_filters;
        match filters.binary_search_by(|other| other.name.cmp(&filter.name)) {
            // What was put before it was changed is measured as it is now, if it was not yet.
            Ok(at) => {
                if let Some(known) = filters.get_mut(at) {
                    filter.created = known.created;
                    *known = filter;
                }
            }
            Err(_) if filters.len() >= MOST => return Err(Error::LimitExceeded),
            Err(at) => filters.insert(at, filter),
        }
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(PutMetricFilterOutput::default().into())
    }
}

impl Handler<op::DeleteMetricFilter> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DeleteMetricFilter>) -> Answer<op::DeleteMetricFilter> {
        let facts = asked.permits.resource().existing()?;
        let mut definition = facts.definition.clone();
        definition.metric_filters.retain(|filter| filter.name != asked.input.filter_name);
        if definition.metric_filters.len() == facts.definition.metric_filters.len() {
            return Err(MISSING);
        }
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(DeleteMetricFilterOutput::default().into())
    }
}

impl Handler<op::DescribeMetricFilters> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DescribeMetricFilters>) -> Answer<op::DescribeMetricFilters> {
        let (permit, input) = (&asked.permits, &asked.input);
        if input.metric_name.is_some() != input.metric_namespace.is_some() {
            return Err(Error::invalid("metricName and metricNamespace must be specified together."));
        }
        let mut all = Vec::new();
        match permit.resource().existing()? {
            Some(facts) => add(&mut all, &facts.name.name, &facts.definition, input),
            None => {
                let reader = self.store.read(permit);
                for record in reader.cursor(&Scan::within(layout::groups_beginning("")))? {
                    let record = record?;
                    let name = layout::name(&record.key).unwrap_or_default();
                    add(&mut all, &name, &decode(&record.value, &name)?, input);
                }
            }
        }
        let id = |filter: &View| sorted(filter);
        all.sort_by_key(id);
        let limit = page::limit(input.limit, USUAL);
        let (page, next_token) = page::cut(all, input.next_token.as_deref(), limit, id)?;
        Ok(DescribeMetricFiltersOutput { metric_filters: Some(page), next_token }.into())
    }
}

/// What filters are sorted by: their names, which have no colon, and then those of their groups.
fn sorted(filter: &View) -> String {
    let [name, group] =
        [&filter.filter_name, &filter.log_group_name].map(|name| name.as_deref().unwrap_or_default());
    format!("{name}:{group}")
}

fn add(all: &mut Vec<View>, name: &str, group: &GroupDefinition, input: &DescribeMetricFiltersInput) {
    let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
    let is_asked = |filter: &&MetricFilter| {
        filter.name.starts_with(prefix)
            && input.metric_name.as_ref().is_none_or(|name| *name == filter.metric)
            && input.metric_namespace.as_ref().is_none_or(|namespace| *namespace == filter.namespace)
    };
    all.extend(group.metric_filters.iter().filter(is_asked).map(|filter| filter.view(name)));
}
