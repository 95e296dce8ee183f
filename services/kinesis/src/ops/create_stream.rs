use kurodo_gateway::Handler;
use kurodo_store::Expectation;

use super::{Answer, Asked, settings::random};
use crate::{
    Error, Kinesis,
    definition::Definition,
    facts::encode,
    model::{CreateStreamInput, CreateStreamOutput, StreamMode, op},
    resources::Stream,
    tags::{self, Tagged},
};

/// The shards that a stream begins with which scales by itself.
///
/// Source: Kinesis Developer Guide, "On-demand mode".
pub(super) const ON_DEMAND: u32 = 4;

impl Handler<op::CreateStream> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::CreateStream>) -> Answer<op::CreateStream> {
        let ((permit, _), input) = (&asked.permits, &asked.input);
        let stream = permit.resource();
        if stream.facts().is_some() {
            return Err(exists(stream));
        }
        let definition = definition(stream, input, asked.call.now_ms)?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]).put([], encode(&definition, &stream.name)?);
        match transaction.commit().await {
            Err(error) if error.conflict().is_some_and(|c| c.expectation == Expectation::Absent) => {
                Err(exists(stream))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(CreateStreamOutput {}.into()),
        }
    }
}

fn exists(stream: &Stream) -> Error {
    let Stream { account, name, .. } = stream;
    Error::InUse(format!("Stream {name} under account {account} already exists."))
}

fn definition(stream: &Stream, input: &CreateStreamInput, now: i64) -> Result<Definition, Error> {
    let mode = input.stream_mode_details.as_ref().map(|details| details.stream_mode);
    let on_demand = mode == Some(StreamMode::OnDemand);
    let shards = match input.shard_count {
        Some(_) if on_demand => {
            return Err(Error::invalid("ShardCount cannot be provided when StreamMode is ON_DEMAND."));
        }
        Some(count) => u32::try_from(count).unwrap_or_default(),
        None => ON_DEMAND,
    };
    match on_demand {
        true => stream.room_on_demand()?,
        false => stream.room(shards)?,
    }
    let contents = u64::from_be_bytes(random()?);
    let mut definition = Definition::new(contents, shards, on_demand, now);
    if let Some(given) = &input.tags {
        let tagged = format!("stream {} under account {}", stream.name, stream.account);
        tags::add(&mut definition.tags, given, &Tagged(&tagged))?;
    }
    Ok(definition)
}
