use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan};

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    block::{BUCKET, Head, bucket},
    event::EventId,
    insights::{Pointer, flatten},
    layout,
    model::{GetLogRecordOutput, op},
    walk::messages,
};

const MISSING: Error = Error::NotFound("The specified log record does not exist.");
/// Fields that are discovered in an event.
const FIELDS: usize = 200;

impl Handler<op::GetLogRecord> for Logs {
    async fn handle(&self, asked: Asked<'_, op::GetLogRecord>) -> Answer<op::GetLogRecord> {
        let permit = &asked.permits;
        let group = permit.resource().existing()?;
        let pointer = Pointer::parse(&asked.input.log_record_pointer)?;
        let (id, below) = (pointer.id, layout::events_below(pointer.events));
        if id.time() < group.definition.kept_from(asked.call.now_ms) {
            return Err(MISSING);
        }
        let reader = self.store.read(permit);
        let head = head(&reader, &below, id)?;
        let locks = self.open(&group.name, &group.definition).await;
        let message = messages((&reader, &locks), &below, id.head())?.message(id.index())?.to_owned();
        let mut fields = flatten(&message, FIELDS);
        fields.extend([
            ("@timestamp".to_owned(), id.time().to_string()),
            ("@ingestionTime".to_owned(), head.ingested.to_string()),
            ("@log".to_owned(), format!("{}:{}", group.name.account, group.name.name)),
            ("@logStream".to_owned(), pointer.stream),
            ("@message".to_owned(), message),
            ("@ptr".to_owned(), asked.input.log_record_pointer),
        ]);
        Ok(GetLogRecordOutput { log_record: Some(fields.into_iter().collect()) }.into())
    }
}

/// The head of the block that an event is in.
fn head(reader: &Reader<'_>, below: &[u8], id: EventId) -> Result<Head, Error> {
    let key = |key: &[u8]| [below, key].concat();
    let first = layout::heads_at(bucket(id.time()).saturating_mul(BUCKET));
    for record in reader.cursor(&Scan::within(key(&layout::heads())).from(key(&first)))? {
        let record = record?;
        let Some((first, place)) = record.key.get(below.len()..).and_then(layout::parse_head) else { break };
        if first > id.time() {
            break;
        }
        let head = Head::decode(first, &record.value)?;
        if place == id.head() && head.all_times()?.get(id.index()) == Some(&id.time()) {
            return Ok(head);
        }
    }
    Err(MISSING)
}
