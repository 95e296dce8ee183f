use kurodo_gateway::{Handler, Reply};

use super::{
    Answer, Asked,
    write::{Given, Routed},
};
use crate::{
    Error, Kinesis,
    figures::Put,
    model::{EncryptionType, PutRecordOutput, op},
    names::StreamName,
    sequence::Sequence,
    shard::ShardId,
};

impl Handler<op::PutRecord> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::PutRecord>) -> Answer<op::PutRecord> {
        let (permit, input, now) = (&asked.permits, asked.input, asked.call.now_ms);
        let facts = permit.resource().existing()?;
        let definition = facts.usable(now)?;
        let (partition_key, explicit_hash_key) = (input.partition_key, input.explicit_hash_key);
        let given = Given { partition_key, explicit_hash_key, data: input.data };
        let routed = Routed::find(definition, given, now)?;
        check_ordering(input.sequence_number_for_ordering.as_deref(), &facts.name, now)?;
        let key = self.sealing(facts, asked.call).await?;
        let id = ShardId(routed.shard.number);
        let of = facts.shard(routed.shard.number);
        if !self.takes(facts, &routed) {
            self.figures.put(of, Put { refused: 1, ..Put::default() });
            return Err(Error::throttled(id, &facts.name.name, facts.name.account));
        }
        let numbers = self.append(permit, facts, key.as_deref(), &[&routed]).await?;
        let number = numbers.first().ok_or_else(|| Error::Damaged(facts.name.name.clone()))?;
        let output = PutRecordOutput {
            shard_id: id.to_string(),
            sequence_number: number.to_string(),
            encryption_type: key.map(|_| EncryptionType::Kms),
        };
        let bytes = routed.entry.size();
        self.figures.put(of, Put { records: 1, bytes, refused: 0 });
        Ok(Reply::from(output).with_measure("Bytes", bytes as u64).with_measure("Records", 1))
    }
}

/// Records of one request after the other are in order anyway; a number that no record can have is told.
fn check_ordering(text: Option<&str>, stream: &StreamName, now: i64) -> Result<(), Error> {
    let Some(text) = text else { return Ok(()) };
    let seconds = now.div_euclid(1000).unsigned_abs();
    match Sequence::parse(text) {
        Some(number) if number.time <= seconds => Ok(()),
        _ => {
            let StreamName { account, name, .. } = stream;
            Err(Error::invalid(format!(
                "ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {name} under account {account} is \
                 invalid."
            )))
        }
    }
}
