//! Queries that were started.

use std::sync::Arc;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    model::{
        DescribeQueriesOutput, GetQueryResultsOutput, ListLogGroupsForQueryOutput, QueryInfo, QueryLanguage,
        QueryStatistics, QueryStatus, ResultField, StopQueryOutput, op,
    },
    page,
    queries::{Job, Statistics},
    resources::Everything,
};

/// Rows of a page of results, and queries of a page, where the request does not say how many.
const ROWS: usize = 10_000;
const QUERIES: usize = 1000;

impl Logs {
    fn job(&self, place: &Everything, id: &str) -> Result<Arc<Job>, Error> {
        let missing = Error::NotFound("The specified query does not exist.");
        self.queries.find(place.account, id).ok_or(missing)
    }
}

impl Handler<op::GetQueryResults> for Logs {
    async fn handle(&self, asked: Asked<'_, op::GetQueryResults>) -> Answer<op::GetQueryResults> {
        let input = &asked.input;
        let job = self.job(asked.permits.resource(), &input.query_id)?;
        let state = job.state();
        let limit = input.max_items.filter(|items| *items > 0);
        let (from, limit) = (shown(input.next_token.as_deref())?, page::limit(limit, ROWS));
        let until = from.saturating_add(limit);
        let field = |(field, value): &(String, String)| ResultField {
            field: Some(field.clone()),
            value: Some(value.clone()),
        };
        let rows = state.rows.iter().skip(from).take(limit);
        Ok(GetQueryResultsOutput {
            query_language: Some(QueryLanguage::Cwli),
            results: Some(rows.map(|row| row.iter().map(field).collect()).collect()),
            statistics: Some(statistics(state.statistics, state.rows.len())),
            status: Some(state.status),
            encryption_key: None,
            next_token: (state.rows.len() > until).then(|| page::token(&until.to_string())),
        }
        .into())
    }
}

/// How many a token says were shown already.
fn shown(token: Option<&str>) -> Result<usize, Error> {
    let invalid = || Error::invalid("The specified nextToken is invalid.");
    page::after(token)?.map_or(Ok(0), |text| text.parse().map_err(|_| invalid()))
}

#[expect(clippy::cast_precision_loss, reason = "the wire has floats")]
fn statistics(known: Statistics, results: usize) -> QueryStatistics {
    QueryStatistics {
        records_matched: Some(known.matched as f64),
        records_scanned: Some(known.scanned as f64),
        estimated_records_skipped: Some(0.0),
        bytes_scanned: Some(known.bytes as f64),
        estimated_bytes_skipped: Some(0.0),
        log_groups_scanned: Some(known.groups as f64),
        result_count: Some(results as f64),
    }
}

impl Handler<op::StopQuery> for Logs {
    async fn handle(&self, asked: Asked<'_, op::StopQuery>) -> Answer<op::StopQuery> {
        let job = self.job(asked.permits.resource(), &asked.input.query_id)?;
        Ok(StopQueryOutput { success: Some(job.stop()) }.into())
    }
}

impl Handler<op::ListLogGroupsForQuery> for Logs {
    async fn handle(&self, asked: Asked<'_, op::ListLogGroupsForQuery>) -> Answer<op::ListLogGroupsForQuery> {
        let job = self.job(asked.permits.resource(), &asked.input.query_id)?;
        let identifiers = job.groups.iter().map(crate::names::GroupName::arn).collect();
        let limit = page::limit(asked.input.max_results, 500);
        let (page, next_token) =
            page::cut(identifiers, asked.input.next_token.as_deref(), limit, Clone::clone)?;
        Ok(ListLogGroupsForQueryOutput { log_group_identifiers: Some(page), next_token }.into())
    }
}

impl Handler<op::DescribeQueries> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DescribeQueries>) -> Answer<op::DescribeQueries> {
        let (input, place) = (&asked.input, asked.permits.resource());
        let is_asked = |job: &Arc<Job>| {
            let of_group = |name: &String| job.groups.iter().any(|group| group.name == *name);
            let cwli = input.query_language.is_none_or(|language| language == QueryLanguage::Cwli);
            cwli && input.log_group_name.as_ref().is_none_or(of_group)
                && input.status.is_none_or(|status| status == job.state().status)
        };
        let (from, limit) = (shown(input.next_token.as_deref())?, page::limit(input.max_results, QUERIES));
        let until = from.saturating_add(limit);
        let found: Vec<_> =
            self.queries.of(place.account, &place.region).into_iter().filter(is_asked).collect();
        let next_token = (found.len() > until).then(|| page::token(&until.to_string()));
        let queries = found.iter().skip(from).take(limit).map(|job| view(job)).collect();
        Ok(DescribeQueriesOutput { queries: Some(queries), next_token }.into())
    }
}

#[expect(clippy::cast_precision_loss, reason = "the wire has floats")]
fn view(job: &Job) -> QueryInfo {
    let state = job.state();
    let ended = !matches!(state.status, QueryStatus::Scheduled | QueryStatus::Running);
    QueryInfo {
        query_language: Some(QueryLanguage::Cwli),
        query_id: Some(job.id.clone()),
        query_string: Some(job.text.clone()),
        status: Some(state.status),
        create_time: Some(job.created),
        log_group_name: job.groups.first().map(|group| group.name.clone()),
        query_duration: ended.then_some(state.took),
        bytes_scanned: Some(state.statistics.bytes as f64),
        user_identity: Some(job.user.clone()),
    }
}
