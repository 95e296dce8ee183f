use kurodo_gateway::Handler;
use kurodo_store::{Place, Reader};

use super::{Answer, Asked, shard};
use crate::{
    DynamoDbStreams, Error,
    error::invalid_values,
    model::streams::{GetShardIteratorInput, GetShardIteratorOutput, ShardIteratorType, op},
    streams::{
        ShardIterator, read,
        sequence::{behind, parse},
        shard::Shard,
    },
};

impl Handler<op::GetShardIterator> for DynamoDbStreams {
    async fn handle(&self, asked: Asked<'_, op::GetShardIterator>) -> Answer<op::GetShardIterator> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let sequence = sequence(input)?;
        let facts = permit.resource().existing()?;
        self.vault.unlock_stream(facts, asked.call).await?;
        let reader = self.store.read(permit);
        let shard = shard(&reader, facts, now, |shard| shard.id == input.shard_id)?;
        let at = place(&reader, &shard, input.shard_iterator_type, sequence)?;
        let iterator = ShardIterator { stream: facts.name.clone(), shard: shard.start, at, given: now };
        Ok(GetShardIteratorOutput { shard_iterator: Some(iterator.show()) }.into())
    }
}

/// The place of the sequence number that some types of iterators begin at; the others have none.
fn sequence(input: &GetShardIteratorInput) -> Result<Option<Place>, Error> {
    let kind = input.shard_iterator_type;
    let takes = matches!(kind, ShardIteratorType::AtSequenceNumber | ShardIteratorType::AfterSequenceNumber);
    match &input.sequence_number {
        None if takes => Err(invalid_values(format!("SequenceNumber is required with {kind}"))),
        Some(_) if !takes => Err(invalid_values(format!("SequenceNumber is not allowed with {kind}"))),
        given => given.as_deref().map(parse).transpose(),
    }
}

/// Where an iterator of this type begins.
fn place(
    reader: &Reader<'_>,
    shard: &Shard,
    kind: ShardIteratorType,
    sequence: Option<Place>,
) -> Result<Place, Error> {
    let trimmed = read::trimmed(reader)?;
    let Some(place) = sequence else {
        return Ok(match kind {
            ShardIteratorType::Latest => read::last(reader, shard)?.map_or(shard.first(), |last| last.next),
            _ => shard.first(),
        }
        .max(trimmed));
    };
    if place < shard.first() || shard.end.is_some_and(|end| place.version >= end) {
        return Err(Error::validation("Invalid SequenceNumber"));
    }
    if place < trimmed {
        return Err(Error::Trimmed);
    }
    Ok(if kind == ShardIteratorType::AfterSequenceNumber { behind(place) } else { place })
}
