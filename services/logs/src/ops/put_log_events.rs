use kurodo_gateway::{Handler, Reply};
use kurodo_store::Version;

use super::{Answer, Asked, count};
use crate::{
    Error, Logs,
    block::pack,
    definition::{DAY, GroupDefinition},
    emf,
    error::NO_STREAM,
    facts::encode,
    filter::{METRICS, Put},
    layout,
    model::{Entity, InputLogEvent, PutLogEventsOutput, RejectedLogEventsInfo, op},
    tail::Batch,
};

/// The most bytes of a batch, each event counted with [`OVERHEAD`] more.
///
/// Source: CloudWatch Logs API Reference, PutLogEvents.
const LARGEST: usize = 1_048_576;
/// Bytes that an event counts for beside its message.
const OVERHEAD: usize = 26;
/// How old events may be, and how far ahead, in milliseconds.
const OLDEST: i64 = 14 * DAY;
const NEWEST: i64 = 2 * 60 * 60 * 1000;

impl Handler<op::PutLogEvents> for Logs {
    async fn handle(&self, asked: Asked<'_, op::PutLogEvents>) -> Answer<op::PutLogEvents> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        check(&input.log_events)?;
        let (group, stream) = permit.resource().existing()?;
        let accepted = Accepted::of(&input.log_events, &group.definition, now);
        let events: Vec<_> = accepted.events.iter().map(|event| (event.timestamp, &*event.message)).collect();
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&stream.current);
        let blocks = pack(&events, now, &origin(input.entity.as_ref()));
        let locks = self.open(&group.name, &group.definition).await;
        let embedded = asked.call.head.header("x-amzn-logs-format") == Some("json/emf");
        let waiting = consumers(&group.definition, embedded, &events);
        let number = stream.definition.id;
        let put =
            Put { embedded, ..Put::new(&input.log_group_name, &input.log_stream_name, number, &blocks) };
        for block in blocks {
            // A head and its messages follow each other: the place of one tells that of the other.
            transaction.append(layout::heads_at(block.first), block.head);
            transaction.append(layout::messages(), locks.seal(block.messages)?);
        }
        if !events.is_empty() {
            transaction.put(layout::last(), now.to_be_bytes().to_vec());
        }
        // What is made of them comes later; that it comes is settled now.
        for consumer in waiting.into_iter().filter(|_| !events.is_empty()) {
            let put = encode(&put, &input.log_group_name)?;
            transaction.in_annex(permit).append(layout::waiting_for(consumer), put);
        }
        let commit = transaction.commit().await;
        let commit =
            commit.map_err(|error| if error.conflict().is_some() { NO_STREAM } else { error.into() })?;
        self.tails.tell(group.definition.id, || Batch {
            sampled: false,
            stream: input.log_stream_name.clone(),
            ingested: now,
            events: events.iter().map(|(time, message)| (*time, (*message).to_owned())).collect(),
        });
        let bytes: usize = accepted.events.iter().map(|event| event.message.len() + OVERHEAD).sum();
        let (bytes, taken) = (bytes as u64, accepted.events.len() as u64);
        let output = PutLogEventsOutput {
            next_sequence_token: Some(sequence_token(commit.version)),
            rejected_log_events_info: accepted.rejected,
            rejected_entity_info: None,
        };
        Ok(Reply::from(output).with_measure("Bytes", bytes).with_measure("Events", taken))
    }
}

/// Who makes something of events that are put into a group.
fn consumers(group: &GroupDefinition, embedded: bool, events: &[(i64, &str)]) -> Vec<u64> {
    let measured = embedded
        || !group.metric_filters.is_empty()
        || events.iter().any(|(_, message)| emf::is_likely(message));
    let subscribed = group.subscriptions.iter().map(|one| one.number);
    measured.then_some(METRICS).into_iter().chain(subscribed).collect()
}

/// A token as clients of old expect one. Nobody has to bring it back.
pub(super) fn sequence_token(version: Version) -> String {
    format!("{:056}", version.number())
}

/// That a batch is one: in order, not too large, and of one day.
fn check(events: &[InputLogEvent]) -> Result<(), Error> {
    let bytes: usize = events.iter().map(|event| event.message.len() + OVERHEAD).sum();
    if let Some(large) = events.iter().find(|event| event.message.len() + OVERHEAD > LARGEST) {
        let bytes = large.message.len() + OVERHEAD;
        return Err(Error::invalid(format!("Log event too large: {bytes} bytes exceeds limit of {LARGEST}")));
    }
    if bytes > LARGEST {
        return Err(Error::invalid(format!("Upload too large: {bytes} bytes exceeds limit of {LARGEST}")));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(Error::invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let (first, last) = (events.first(), events.last());
    if first.zip(last).is_some_and(|(first, last)| last.timestamp.saturating_sub(first.timestamp) > DAY) {
        return Err(Error::invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// The events of a batch that are stored, and which ones are not.
struct Accepted<'e> {
    events: &'e [InputLogEvent],
    rejected: Option<RejectedLogEventsInfo>,
}

impl<'e> Accepted<'e> {
    fn of(events: &'e [InputLogEvent], group: &GroupDefinition, now: i64) -> Self {
        let before = |time: i64| events.partition_point(|event| event.timestamp < time);
        let expired = before(group.kept_from(now));
        let old = before(now.saturating_sub(OLDEST));
        let new = events.partition_point(|event| event.timestamp <= now.saturating_add(NEWEST));
        let some = |index: usize| count(index).filter(|_| index > 0);
        let rejected = RejectedLogEventsInfo {
            too_new_log_event_start_index: count(new).filter(|_| new < events.len()),
            too_old_log_event_end_index: some(old),
            expired_log_event_end_index: some(expired).filter(|_| group.retention.is_some()),
        };
        let any = new < events.len() || old > 0 || expired > 0;
        let kept = events.get(old.max(expired)..new).unwrap_or_default();
        Self { events: kept, rejected: any.then_some(rejected) }
    }
}

/// Where events come from, as queries show it.
fn origin(entity: Option<&Entity>) -> Vec<u8> {
    let Some(entity) = entity else { return Vec::new() };
    let document = serde_json::json!({
        "KeyAttributes": entity.key_attributes,
        "Attributes": entity.attributes,
    });
    document.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Class;

    const NOW: i64 = 1_800_000_000_000;

    fn events(times: &[i64]) -> Vec<InputLogEvent> {
        times.iter().map(|time| InputLogEvent { timestamp: *time, message: "m".into() }).collect()
    }

    fn group(retention: Option<i32>) -> GroupDefinition {
        GroupDefinition {
            id: 1,
            created: 0,
            class: Class::Standard,
            retention,
            protected: false,
            tags: Vec::new(),
            policy: None,
            metric_filters: Vec::new(),
            subscriptions: Vec::new(),
            locks: Vec::new(),
            lock: None,
        }
    }

    #[test]
    fn a_batch_is_in_order_small_and_of_one_day() {
        assert!(check(&events(&[1, 1, DAY + 1])).is_ok());
        assert!(check(&events(&[2, 1])).is_err());
        assert!(check(&events(&[1, DAY + 2])).is_err());
        let whole = InputLogEvent { timestamp: 1, message: "x".repeat(LARGEST - OVERHEAD) };
        assert!(check(&[whole]).is_ok());
        let over = InputLogEvent { timestamp: 1, message: "x".repeat(LARGEST - OVERHEAD + 1) };
        assert!(check(&[over]).is_err());
        let half = || InputLogEvent { timestamp: 1, message: "x".repeat(LARGEST / 2) };
        assert!(check(&[half(), half()]).is_err());
    }

    #[test]
    fn old_expired_and_new_events_are_told_apart() {
        let at = |days: i64| NOW - days * DAY;
        let given = events(&[at(15), at(10), at(2), NOW, NOW + NEWEST, NOW + NEWEST + 1]);
        let accepted = Accepted::of(&given, &group(Some(7)), NOW);
        assert_eq!(accepted.events.len(), 3);
        let rejected = accepted.rejected.unwrap();
        assert_eq!(rejected.too_new_log_event_start_index, Some(5));
        assert_eq!(rejected.too_old_log_event_end_index, Some(1));
        assert_eq!(rejected.expired_log_event_end_index, Some(2));
        assert!(Accepted::of(&events(&[NOW]), &group(None), NOW).rejected.is_none());
    }
}
