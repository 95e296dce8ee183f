use kurodo_gateway::{Handler, Reply};

use super::{
    Answer, Asked,
    write::{Given, Routed},
};
use crate::{
    Error, Kinesis,
    facts::StreamFacts,
    model::{EncryptionType, PutRecordsOutput, PutRecordsRequestEntry, PutRecordsResultEntry, op},
    shard::ShardId,
    view::count,
};

/// The most bytes of a request's records, partition keys included.
///
/// Source: Kinesis API Reference, PutRecords.
const MOST: usize = 10 << 20;

impl Handler<op::PutRecords> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::PutRecords>) -> Answer<op::PutRecords> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let facts = permit.resource().existing()?;
        let definition = facts.usable(now)?;
        let all = asked.input.records.into_iter().map(|given| Routed::find(definition, entry(given), now));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if all.iter().map(|routed| routed.entry.size()).sum::<usize>() > MOST {
            return Err(Error::invalid("Records size exceeds 10 MB limit"));
        }
        let key = self.sealing(facts, asked.call).await?;
        let mut taken: Vec<(usize, &Routed<'_>)> =
            all.iter().enumerate().filter(|(_, routed)| self.takes(facts, routed)).collect();
        // The numbers of a shard follow one on the other.
        taken.sort_by_key(|(_, routed)| routed.shard.number);
        let mut results: Vec<_> = all.iter().map(|routed| refused(routed, facts)).collect();
        let failed = all.len() - taken.len();
        if !taken.is_empty() {
            let records: Vec<_> = taken.iter().map(|(_, routed)| *routed).collect();
            let numbers = self.append(permit, facts, key.as_deref(), &records).await?;
            for ((at, routed), number) in taken.iter().zip(numbers) {
                if let Some(result) = results.get_mut(*at) {
                    *result = PutRecordsResultEntry {
                        sequence_number: Some(number.to_string()),
                        shard_id: Some(ShardId(routed.shard.number).to_string()),
                        error_code: None,
                        error_message: None,
                    };
                }
            }
        }
        let took = all
            .iter()
            .zip(&results)
            .map(|(routed, result)| (routed.shard.number, routed.entry.size(), result.error_code.is_none()));
        self.figures.put_all(facts, took);
        let failed_record_count = Some(count(failed));
        let bytes: usize = taken.iter().map(|(_, routed)| routed.entry.size()).sum();
        let encryption_type = key.map(|_| EncryptionType::Kms);
        let reply = Reply::from(PutRecordsOutput { failed_record_count, records: results, encryption_type });
        let reply = reply.with_measure("Total", all.len() as u64).with_measure("Records", taken.len() as u64);
        let reply = reply.with_measure("Throttled", failed as u64);
        // A request of which nothing was taken is no success: that it has no bytes tells so.
        Ok(if taken.is_empty() { reply } else { reply.with_measure("Bytes", bytes as u64) })
    }
}

fn entry(given: PutRecordsRequestEntry) -> Given {
    let PutRecordsRequestEntry { data, explicit_hash_key, partition_key } = given;
    Given { partition_key, explicit_hash_key, data }
}

fn refused(routed: &Routed<'_>, facts: &StreamFacts) -> PutRecordsResultEntry {
    let id = ShardId(routed.shard.number);
    let error = Error::throttled(id, &facts.name.name, facts.name.account);
    PutRecordsResultEntry {
        sequence_number: None,
        shard_id: None,
        error_code: Some("ProvisionedThroughputExceededException".to_owned()),
        error_message: Some(error.to_string()),
    }
}
