use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan};

use super::{
    Answer, Asked,
    describe_log_streams::streams,
    get_log_events::{MOST, PAGE},
};
use crate::{
    Error, Logs,
    definition::StreamDefinition,
    error::NO_STREAM,
    event::EventId,
    facts::decode,
    layout,
    model::{FilterLogEventsInput, FilterLogEventsOutput, FilteredLogEvent, op},
    page,
    pattern::Pattern,
    walk::{Found, Merge, Range, Way},
};

/// Bytes of messages that one request looks through; a page may be empty and have a next one.
const LOOKED_THROUGH: usize = 64 << 20;

impl Handler<op::FilterLogEvents> for Logs {
    async fn handle(&self, asked: Asked<'_, op::FilterLogEvents>) -> Answer<op::FilterLogEvents> {
        let (permit, input) = (&asked.permits, &asked.input);
        let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())?;
        let group = permit.resource().existing()?;
        let from = input.start_time.unwrap_or(0).max(group.definition.kept_from(asked.call.now_ms));
        let way = if input.start_from_head == Some(false) { Way::Backward } else { Way::Forward };
        let until = input.end_time.map_or(i64::MAX, |end| end.saturating_add(1));
        let range = narrow(Range::of_times(from, until), way, input.next_token.as_deref())?;
        let reader = self.store.read(permit);
        let locks = self.open(&group.name, &group.definition).await;
        let mut merge = Merge::new((&reader, &locks), chosen(&reader, input)?, range, way)?;
        let (events, next) = search(&mut merge, &pattern, page::limit(input.limit, MOST)).await?;
        Ok(FilterLogEventsOutput {
            events: Some(events),
            searched_log_streams: Some(Vec::new()),
            next_token: next.map(|id| page::token(&id.to_string())),
        }
        .into())
    }
}

/// The streams that are searched.
fn chosen(reader: &Reader<'_>, input: &FilterLogEventsInput) -> Result<Vec<(String, u64)>, Error> {
    let Some(names) = &input.log_stream_names else {
        let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
        let scan = Scan::within(layout::streams_beginning(prefix));
        return streams(reader, &scan)?.map(|found| found.map(|(name, stream)| (name, stream.id))).collect();
    };
    if input.log_stream_name_prefix.is_some() {
        return Err(Error::invalid(
            "Cannot specify both logStreamNamePrefix and logStreamNames in the same request.",
        ));
    }
    let find = |name: &String| {
        let found = reader.get(layout::stream_below(name))?.ok_or(NO_STREAM)?;
        let definition: StreamDefinition = decode(&found.value, name)?;
        Ok((name.clone(), definition.id))
    };
    names.iter().map(find).collect()
}

/// What of a range comes after a page before. A token is the id of the last event that was looked at.
fn narrow(range: Range, way: Way, token: Option<&str>) -> Result<Range, Error> {
    let Some(text) = page::after(token)? else { return Ok(range) };
    let seen = EventId::parse(&text).ok_or_else(|| Error::invalid("The specified nextToken is invalid."))?;
    Ok(match way {
        Way::Forward => Range { from: range.from.max(seen.next()), ..range },
        Way::Backward => Range { until: range.until.min(seen), ..range },
    })
}

/// The events of a page, and the last one that was looked at where there are more.
async fn search(
    merge: &mut Merge<'_>,
    pattern: &Pattern,
    limit: usize,
) -> Result<(Vec<FilteredLogEvent>, Option<EventId>), Error> {
    /// Events after which others have their turn.
    const TURN: usize = 4096;
    let (mut events, mut bytes, mut looked_through, mut looked_at) = (Vec::new(), 0, 0, 0);
    let mut last = None;
    while events.len() < limit && bytes < PAGE && looked_through < LOOKED_THROUGH {
        let Some((stream, found)) = merge.next()? else { return Ok((events, None)) };
        last = Some(found.id);
        looked_through += found.message.len();
        if pattern.matches(&found.message) {
            bytes += found.message.len();
            events.push(view(stream, found));
        }
        looked_at += 1;
        if looked_at % TURN == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok((events, last))
}

fn view(stream: &str, found: Found) -> FilteredLogEvent {
    FilteredLogEvent {
        log_stream_name: Some(stream.to_owned()),
        timestamp: Some(found.id.time()),
        message: Some(found.message),
        ingestion_time: Some(found.ingested),
        event_id: Some(found.id.to_string()),
    }
}
