use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Record, Scan};

use super::{Answer, Asked, limit};
use crate::{
    DynamoDbStreams, Error,
    error::DamagedTable,
    layout,
    model::streams::{ListStreamsOutput, Stream, op},
    resources::AllStreams,
    streams::{StreamName, facts::decode, label},
};

/// The most streams of a page.
///
/// Source: DynamoDB API Reference, ListStreams, Limit.
const MOST: usize = 100;

impl Handler<op::ListStreams> for DynamoDbStreams {
    async fn handle(&self, asked: Asked<'_, op::ListStreams>) -> Answer<op::ListStreams> {
        let (permit, input) = (&asked.permits, &asked.input);
        let limit = limit(input.limit, MOST)?;
        let within = input.table_name.as_ref().map(|table| layout::stream_below(table, None));
        let mut scan = within.map_or_else(Scan::default, Scan::within);
        if let Some(after) = &input.exclusive_start_stream_arn {
            let after = StreamName::from_arn(&asked.call.region, after)?;
            scan = scan.after(layout::stream_below(&after.table, Some(after.created)));
        }
        let mut names = Vec::new();
        for record in self.store.read(permit).cursor(&scan)? {
            let record = record?;
            let name = name(permit.resource(), &record)?;
            if !decode(&record.value, &name)?.is_gone(asked.call.now_ms) {
                names.push(name);
            }
            if names.len() > limit {
                break;
            }
        }
        let more = names.len() > limit;
        names.truncate(limit);
        let last_evaluated_stream_arn = names.last().filter(|_| more).map(StreamName::arn);
        let streams = Some(names.into_iter().map(view).collect());
        Ok(ListStreamsOutput { streams, last_evaluated_stream_arn }.into())
    }
}

/// The stream that a record defines.
fn name(all: &AllStreams, record: &Record) -> Result<StreamName, Error> {
    let mut key = KeyParser::new(&record.key);
    let parts = key.text().map(|table| table.into_owned()).and_then(|table| Ok((table, key.number()?)));
    let (table, created) = parts.map_err(|_| DamagedTable("of no name".to_owned()))?;
    Ok(all.stream(table, created.cast_signed()))
}

fn view(name: StreamName) -> Stream {
    let (arn, label) = (name.arn(), label(name.created));
    Stream { stream_arn: Some(arn), table_name: Some(name.table), stream_label: Some(label) }
}
