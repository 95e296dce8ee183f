use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Record, Scan, after_prefix};

use super::{Answer, Asked};
use crate::{
    Error, Kinesis, facts, layout,
    model::{ListStreamsOutput, StreamSummary, op},
    names::{StreamName, is_name},
    view,
};

/// The most streams of a page, unless another number is asked for.
///
/// Source: Kinesis API Reference, ListStreams, Limit.
const MOST: usize = 100;

impl Handler<op::ListStreams> for Kinesis {
    /// A token is the name of the last stream before.
    async fn handle(&self, asked: Asked<'_, op::ListStreams>) -> Answer<op::ListStreams> {
        let (permit, input) = (&asked.permits, &asked.input);
        let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
        if input.next_token.as_ref().is_some_and(|token| !is_name(token)) {
            return Err(Error::invalid("Invalid NextToken."));
        }
        let mut scan = Scan::default().limit(limit.saturating_add(1));
        let after = input.next_token.as_ref().or(input.exclusive_start_stream_name.as_ref());
        if let Some(start) = after.and_then(|after| after_prefix(&layout::name(after))) {
            scan = scan.from(start);
        }
        let records = self.store.read(permit).scan(&scan)?;
        let more = records.len() > limit;
        let everything = permit.resource();
        let name = |name: String| StreamName {
            region: everything.region.clone(),
            account: everything.account,
            name,
        };
        let now = asked.call.now_ms;
        let found = records.iter().take(limit).map(|record| summary(record, name, now));
        let found = found.collect::<Result<Vec<_>, Error>>()?;
        Ok(ListStreamsOutput {
            stream_names: found.iter().map(|one| one.stream_name.clone()).collect(),
            has_more_streams: more,
            next_token: found.last().filter(|_| more).map(|one| one.stream_name.clone()),
            stream_summaries: Some(found),
        }
        .into())
    }
}

fn summary(record: &Record, name: impl Fn(String) -> StreamName, now: i64) -> Result<StreamSummary, Error> {
    let key = KeyParser::new(&record.key).text().map_err(|_| Error::Damaged("of no name".to_owned()))?;
    let name = name(key.into_owned());
    let definition = facts::decode(&record.value, &name.name)?;
    Ok(StreamSummary {
        stream_arn: name.arn(),
        stream_name: name.name,
        stream_status: definition.status(now),
        stream_mode_details: view::mode(&definition),
        stream_creation_timestamp: Some(view::whole_seconds(definition.created)),
    })
}
