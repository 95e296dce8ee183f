use kurodo_authz::Named as _;
use kurodo_gateway::{Handler, Reply, wire::Streaming};

use super::{Answer, Asked, Start, place};
use crate::{
    Error, Kinesis,
    encryption::Listener,
    facts::StreamFacts,
    model::{SubscribeToShardOutput, op},
    push::{LASTING, Push},
    shard::ShardId,
};

impl Handler<op::SubscribeToShard> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::SubscribeToShard>) -> Answer<op::SubscribeToShard> {
        let (_, facts) = asked.permits.resource().existing()?;
        let begun = self.begin(&asked, facts);
        self.figures.subscribed(&facts.name, asked.permits.resource().consumer_name(), &begun);
        let reply: Reply<_> = SubscribeToShardOutput { event_stream: Streaming }.into();
        Ok(reply.with_events(begun?.events()))
    }
}

impl Kinesis {
    fn begin(&self, asked: &Asked<'_, op::SubscribeToShard>, facts: &StreamFacts) -> Result<Push, Error> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let text = &input.shard_id;
        let id = ShardId::parse(text).ok_or_else(|| Error::lost_shard(text, &facts.name))?;
        let definition = facts.usable(now).map_err(|_| Error::no_shard(id, &facts.name))?;
        let shard = definition.seen(now).find(|shard| shard.number == id.0);
        let shard = shard.ok_or_else(|| Error::no_shard(id, &facts.name))?;
        let position = &input.starting_position;
        let start = Start {
            kind: position.r#type,
            sequence: position.sequence_number.as_deref(),
            time: position.timestamp,
            operation: "SubscribeToShard",
        };
        let at = place(&self.store.read(permit), facts, shard, &start, now)?;
        let arn = permit.resource().arn();
        Ok(Push {
            // Whoever comes later ends this one, and is refused for a while.
            turn: self.subscriptions.begin(arn, shard.number)?,
            listener: Listener::new(self, asked.call),
            bell: self.bells.hear(definition.contents),
            contents: self.store.stand(permit, LASTING),
            definition: self.store.stand_in_annex(permit, LASTING),
            figures: self.figures.clone(),
            consumer: permit.resource().consumer_name().to_owned(),
            name: facts.name.clone(),
            number: definition.contents,
            shard: shard.clone(),
            at,
            began: now,
        })
    }
}
