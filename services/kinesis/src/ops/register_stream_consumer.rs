use kurodo_gateway::Handler;
use kurodo_store::{Expectation, Scan};

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    definition::Consumer,
    facts::encode_consumer,
    layout,
    model::{RegisterStreamConsumerOutput, op},
    names::StreamName,
    tags::{self, Tagged},
    view,
};

/// The most consumers of a stream.
///
/// Source: Kinesis API Reference, RegisterStreamConsumer.
const MOST: usize = 20;

impl Handler<op::RegisterStreamConsumer> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::RegisterStreamConsumer>,
    ) -> Answer<op::RegisterStreamConsumer> {
        let ((permit, _), input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let facts = permit.resource().existing()?;
        facts.usable(now)?;
        let (name, StreamName { account, name: stream, .. }) = (&input.consumer_name, &facts.name);
        let writer = self.store.write(permit);
        let exists = || {
            Error::InUse(format!("Consumer {name}, stream {stream} under account {account} already exists."))
        };
        if writer.get(layout::name(name))?.is_some() {
            return Err(exists());
        }
        if writer.scan(&Scan::default())?.len() >= MOST {
            return Err(Error::LimitExceeded(format!(
                "Stream {stream} under account {account} already has {MOST} registered consumers."
            )));
        }
        let mut consumer = Consumer { created: now, tags: Vec::new(), policy: None, bound_policy: None };
        if let Some(given) = &input.tags {
            let tagged = format!("consumer {name} under account {account}");
            tags::add(&mut consumer.tags, given, &Tagged(&tagged))?;
        }
        let mut transaction = writer.transaction();
        transaction.expect_absent(layout::name(name)).expect_fact(&facts.current);
        transaction.put(layout::name(name), encode_consumer(&consumer, name)?);
        match transaction.commit().await {
            Err(error) if error.conflict().is_some_and(|c| c.expectation == Expectation::Absent) => {
                return Err(exists());
            }
            other => super::settings::changed(other)?,
        };
        Ok(RegisterStreamConsumerOutput { consumer: view::consumer(&facts.name, name, &consumer, now) }
            .into())
    }
}
