use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan};

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    block::{Damaged, Head, bucket},
    definition::StreamDefinition,
    facts::{GroupFacts, decode},
    layout,
    model::{DescribeLogStreamsInput, DescribeLogStreamsOutput, LogStream, OrderBy, op},
    page,
};

/// Streams of a page, where the request does not say how many.
const USUAL: usize = 50;

impl Handler<op::DescribeLogStreams> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DescribeLogStreams>) -> Answer<op::DescribeLogStreams> {
        let (permit, input) = (&asked.permits, &asked.input);
        let by_time = input.order_by == Some(OrderBy::LastEventTime);
        if by_time && input.log_stream_name_prefix.is_some() {
            return Err(Error::invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        let facts = permit.resource().existing()?;
        let reader = self.store.read(permit);
        let (streams, next_token) =
            if by_time { by_last_event(&reader, input)? } else { by_name(&reader, input)? };
        let view = |(name, stream): (String, StreamDefinition)| view(&reader, facts, name, &stream);
        let log_streams = Some(streams.into_iter().map(view).collect::<Result<_, _>>()?);
        Ok(DescribeLogStreamsOutput { log_streams, next_token }.into())
    }
}

type Named = (String, StreamDefinition);
type Page = (Vec<Named>, Option<String>);

/// The streams of a group whose names begin so.
pub(super) fn streams<'r>(
    reader: &'r Reader<'_>,
    scan: &Scan,
) -> Result<impl Iterator<Item = Result<Named, Error>> + 'r, Error> {
    Ok(reader.cursor(scan)?.map(|record| {
        let record = record?;
        let name =
            layout::name(&record.key).ok_or_else(|| Error::DamagedDefinition("a stream".to_owned()))?;
        let definition = decode(&record.value, &name)?;
        Ok((name, definition))
    }))
}

fn by_name(reader: &Reader<'_>, input: &DescribeLogStreamsInput) -> Result<Page, Error> {
    let limit = page::limit(input.limit, USUAL);
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let mut scan = Scan::within(layout::streams_beginning(prefix));
    if input.descending == Some(true) {
        scan = scan.backward();
    }
    if let Some(after) = page::after(input.next_token.as_deref())? {
        scan = scan.after(layout::stream_below(&after));
    }
    let mut found = streams(reader, &scan)?.take(limit + 1).collect::<Result<Vec<_>, _>>()?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(name, _)| page::token(name));
    Ok((found, next))
}

/// All streams by the time of their last event; those without any come first. A token is how many were shown.
fn by_last_event(reader: &Reader<'_>, input: &DescribeLogStreamsInput) -> Result<Page, Error> {
    let limit = page::limit(input.limit, USUAL);
    let mut all = Vec::new();
    for stream in streams(reader, &Scan::within(layout::streams()))? {
        let (name, stream) = stream?;
        all.push((last_event(reader, stream.id)?, name, stream));
    }
    all.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    if input.descending == Some(true) {
        all.reverse();
    }
    let seen = page::after(input.next_token.as_deref())?;
    let invalid = || Error::invalid("The specified nextToken is invalid.");
    let seen = seen.map(|seen| seen.parse::<usize>().map_err(|_| invalid())).transpose()?.unwrap_or(0);
    let shown = seen.saturating_add(limit);
    let next = (all.len() > shown).then(|| page::token(&shown.to_string()));
    let page = all.into_iter().skip(seen).take(limit).map(|(_, name, stream)| (name, stream)).collect();
    Ok((page, next))
}

/// The time of the last event of a stream: the greatest of those in the last bucket.
fn last_event(reader: &Reader<'_>, stream: u64) -> Result<Option<i64>, Error> {
    let below = layout::events_below(stream);
    let heads = Scan::within([&below[..], &layout::heads()].concat());
    let mut last: Option<i64> = None;
    for record in reader.cursor(&heads.backward())? {
        let record = record?;
        let key = record.key.get(below.len()..).unwrap_or_default();
        let (first, _) = layout::parse_head(key).ok_or(Damaged)?;
        if last.is_some_and(|last| bucket(first) < bucket(last)) {
            break;
        }
        last = last.max(Some(Head::decode(first, &record.value)?.last()?));
    }
    Ok(last)
}

/// The time of the first event of a stream.
fn first_event(reader: &Reader<'_>, stream: u64) -> Result<Option<i64>, Error> {
    let below = layout::events_below(stream);
    let heads = Scan::within([&below[..], &layout::heads()].concat());
    let first = reader.scan(&heads.limit(1))?.pop();
    let key = first.as_ref().and_then(|first| first.key.get(below.len()..));
    Ok(key.and_then(layout::parse_head).map(|(first, _)| first))
}

fn view(
    reader: &Reader<'_>,
    group: &GroupFacts,
    name: String,
    stream: &StreamDefinition,
) -> Result<LogStream, Error> {
    let last = reader.get([&layout::events_below(stream.id)[..], &layout::last()].concat())?;
    let ingested = last.as_ref().and_then(|last| Some(i64::from_be_bytes(*last.value.first_chunk()?)));
    Ok(LogStream {
        arn: Some(format!("{}:log-stream:{name}", group.name.arn())),
        log_stream_name: Some(name),
        creation_time: Some(stream.created),
        first_event_timestamp: first_event(reader, stream.id)?,
        last_event_timestamp: last_event(reader, stream.id)?,
        last_ingestion_time: ingested,
        upload_sequence_token: last.map(|last| super::put_log_events::sequence_token(last.version)),
        // AWS reports nothing else for streams since 2019.
        stored_bytes: Some(0),
    })
}
