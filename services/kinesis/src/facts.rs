//! What decisions and operations need to know of a stream: read once, then shared until a stream changes.

use std::sync::Arc;

use kurodo_gateway::Find;
use kurodo_policy::Attached;
use kurodo_store::{Fact, Known, Reader};

use crate::{
    Error, Kinesis,
    definition::{Consumer, Definition},
    layout,
    names::{ConsumerName, StreamName},
    policy,
};

/// A stream with its definition.
pub(crate) struct StreamFacts {
    pub(crate) name: StreamName,
    pub(crate) definition: Definition,
    /// That the definition is this one. A transaction that relies on it fails once it is changed.
    pub(crate) current: Fact,
    /// The stream's policy, compiled.
    pub(crate) policy: Option<Attached>,
}

impl StreamFacts {
    /// That records can be put and read.
    pub(crate) fn usable(&self, now: i64) -> Result<&Definition, Error> {
        match self.definition.is_usable(now) {
            true => Ok(&self.definition),
            false => Err(Error::no_stream(&self.name)),
        }
    }

    /// That the stream is active: what is changed in one at a time.
    pub(crate) fn active(&self, now: i64) -> Result<Definition, Error> {
        let status = self.definition.status(now);
        if status == crate::model::StreamStatus::Active {
            return Ok(self.definition.clone());
        }
        let StreamName { account, name, .. } = &self.name;
        Err(Error::InUse(format!(
            "Stream {name} under account {account} not ACTIVE, instead in state {}",
            status.as_str()
        )))
    }
}

/// Facts of the streams that were asked for lately, by their names alone: of streams of one name in several places, the last.
pub(crate) type Cache = Known<String, StreamFacts>;

impl Kinesis {
    /// The facts of this stream; `None` where there is none.
    pub(crate) fn stream_facts(
        find: &Find<'_, Self>,
        stream: &StreamName,
    ) -> Result<Option<Arc<StreamFacts>>, Error> {
        let (service, generation) = (find.service, find.service.store.generation(layout::STREAMS));
        let known = service.streams.find(&stream.name, generation);
        if let Some(facts) = known.filter(|facts| facts.name == *stream) {
            return Ok(Some(facts));
        }
        let facts = read(&find.stored(), stream)?.map(Arc::new);
        if let Some(facts) = &facts {
            service.streams.keep(&stream.name, generation, facts);
        }
        Ok(facts)
    }
}

/// The facts of a stream, from the store.
pub(crate) fn read(stored: &Reader<'_>, stream: &StreamName) -> Result<Option<StreamFacts>, Error> {
    let key = layout::stream(stream.account, &stream.region, &stream.name);
    let (Some(found), current) = stored.fact(key.prefix())? else { return Ok(None) };
    let definition = decode(&found.value, &stream.name)?;
    let policy = policy::compile(&stream.name, &definition.bound_policy, &definition.policy)?;
    Ok(Some(StreamFacts { name: stream.clone(), definition, current, policy }))
}

/// A stream's definition, from its record.
pub(crate) fn decode(record: &[u8], name: &str) -> Result<Definition, Error> {
    serde_json::from_slice(record).map_err(|_| Error::Damaged(name.to_owned()))
}

/// The record of a stream's definition.
pub(crate) fn encode(definition: &Definition, name: &str) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(definition).map_err(|_| Error::Damaged(name.to_owned()))
}

/// A consumer as it is stored, and that it is so.
pub(crate) struct ConsumerFacts {
    pub(crate) consumer: Consumer,
    pub(crate) current: Fact,
    pub(crate) policy: Option<Attached>,
}

impl ConsumerFacts {
    /// The consumer of this name, and of this time where the name has one.
    pub(crate) fn read(stored: &Reader<'_>, name: &ConsumerName) -> Result<Option<Self>, Error> {
        let stream = &name.stream;
        let key = layout::consumer(stream.account, &stream.region, &stream.name, &name.name);
        let (Some(found), current) = stored.fact(key.prefix())? else { return Ok(None) };
        let consumer = decode_consumer(&found.value, &name.name)?;
        if name.created.is_some_and(|created| created != consumer.created.div_euclid(1000)) {
            return Ok(None);
        }
        let policy = policy::compile(&name.name, &consumer.bound_policy, &consumer.policy)?;
        Ok(Some(Self { consumer, current, policy }))
    }
}

/// A consumer, from its record.
pub(crate) fn decode_consumer(record: &[u8], name: &str) -> Result<Consumer, Error> {
    serde_json::from_slice(record).map_err(|_| Error::Damaged(name.to_owned()))
}

/// The record of a consumer.
pub(crate) fn encode_consumer(consumer: &Consumer, name: &str) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(consumer).map_err(|_| Error::Damaged(name.to_owned()))
}
