use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Record, Scan, after_prefix};

use super::{Answer, Asked};
use crate::{
    Error, Kinesis, facts, layout,
    model::{self, ListStreamConsumersOutput, op},
    names::StreamName,
    token::NextToken,
    view,
};

/// The most consumers of a page, unless another number is asked for.
const MOST: usize = 100;

impl Handler<op::ListStreamConsumers> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::ListStreamConsumers>) -> Answer<op::ListStreamConsumers> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let facts = permit.resource().existing()?;
        let created = input.stream_creation_timestamp.map(|time| time.as_second());
        if created.is_some_and(|created| created != facts.definition.created.div_euclid(1000)) {
            return Err(Error::no_stream(&facts.name));
        }
        let token = input.next_token.as_deref().map(NextToken::parse).transpose()?;
        token.as_ref().map_or(Ok(()), |token| token.check(now))?;
        let limit = input.max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
        let mut scan = Scan::default().limit(limit.saturating_add(1));
        if let Some(start) = token.and_then(|token| after_prefix(&layout::name(&token.after))) {
            scan = scan.from(start);
        }
        let records = self.store.read(permit).scan(&scan)?;
        let more = records.len() > limit;
        let consumers = records.iter().take(limit).map(|record| view(&facts.name, record, now));
        let consumers = consumers.collect::<Result<Vec<_>, Error>>()?;
        let next_token = consumers.last().filter(|_| more).map(|last| {
            let (stream, after) = (facts.name.arn(), last.consumer_name.clone());
            NextToken { stream, after, filter: None, given: now }.show()
        });
        Ok(ListStreamConsumersOutput { consumers: Some(consumers), next_token }.into())
    }
}

fn view(stream: &StreamName, record: &Record, now: i64) -> Result<model::Consumer, Error> {
    let name = KeyParser::new(&record.key).text().map_err(|_| Error::Damaged("of no name".to_owned()))?;
    let consumer = facts::decode_consumer(&record.value, &name)?;
    Ok(view::consumer(stream, &name, &consumer, now))
}
