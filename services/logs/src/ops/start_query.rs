use kurodo_gateway::Handler;

use super::{Answer, Asked, random};
use crate::{
    Error, Logs,
    insights::Query,
    model::{QueryLanguage, StartQueryOutput, op},
    page,
    queries::Job,
};

/// Rows of a result, where the request does not say how many.
const USUAL: usize = 10_000;
/// Times from here on are milliseconds: as seconds they would be far in the future.
const MILLISECONDS: i64 = 100_000_000_000;

impl Handler<op::StartQuery> for Logs {
    /// A chore runs the query, and the results wait for who asks.
    async fn handle(&self, asked: Asked<'_, op::StartQuery>) -> Answer<op::StartQuery> {
        let (input, call) = (asked.input, asked.call);
        if input.query_language.is_some_and(|language| language != QueryLanguage::Cwli) {
            return Err(Error::NotImplemented {
                operation: "StartQuery",
                member: "a queryLanguage other than CWLI",
            });
        }
        let mut groups = Vec::new();
        for permit in &asked.permits {
            groups.push(permit.resource().existing()?.name.clone());
        }
        let (from, to) = (milliseconds(input.start_time, 0), milliseconds(input.end_time, 999));
        if to < from {
            return Err(Error::invalid("End time should not be before the start time."));
        }
        let query = Query::parse(&input.query_string).map_err(Error::MalformedQuery)?;
        let id = uuid()?;
        let account = call.account().ok_or(Error::Unsigned)?;
        let job = Job::new(
            id.clone(),
            (account, call.region.clone()),
            call.caller.principal.arn.clone(),
            (input.query_string, query),
            groups,
            (from, to),
            page::limit(input.limit, USUAL),
            call.now_ms,
        );
        self.queries.start(job)?;
        Ok(StartQueryOutput { query_id: Some(id) }.into())
    }
}

/// A time in seconds or in milliseconds, with so many milliseconds more where they are not said.
fn milliseconds(time: i64, more: i64) -> i64 {
    if time >= MILLISECONDS { time } else { time.saturating_mul(1000).saturating_add(more) }
}

/// A random UUID.
pub(super) fn uuid() -> Result<String, Error> {
    let digits = format!("{:016x}{:016x}", random()?, random()?);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok(format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)))
}
