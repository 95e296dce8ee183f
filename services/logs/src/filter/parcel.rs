use std::io::{self, Write as _};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{Block, Put};
use crate::{Error, event::EventId, pattern::Pattern};

/// Bytes of messages after which a parcel is full. Compressed, even one that is a whole request fits into a record.
const FULL: usize = 512 << 10;

/// Events of one log stream that are forwarded in one record.
#[derive(Debug)]
pub(crate) struct Parcel<'t> {
    pub(crate) stream: &'t str,
    /// The log stream's number.
    pub(crate) number: u64,
    pub(crate) events: Vec<(EventId, &'t str)>,
    bytes: usize,
    /// The puts, by their places, of which nothing is left once this is forwarded.
    pub(crate) done: Vec<usize>,
}

/// What is forwarded of puts: those of a log stream in order, however many log streams there are. Also the puts of which
/// nothing is.
pub(crate) fn parcels<'t>(
    puts: &'t [(Put, Vec<Block>)],
    pattern: &Pattern,
) -> Result<(Vec<Parcel<'t>>, Vec<usize>), Error> {
    let (mut parcels, mut nothing) = (Vec::<Parcel<'t>>::new(), Vec::new());
    for (at, (put, blocks)) in puts.iter().enumerate() {
        let mut last = None;
        for block in blocks {
            for (index, event) in block.events().enumerate() {
                let (time, message) = event?;
                if pattern.matches(message) {
                    let id = EventId::new(time, block.place, index);
                    last = Some(add(&mut parcels, put, (id, message)));
                }
            }
        }
        match last.and_then(|last| parcels.get_mut(last)) {
            Some(parcel) => parcel.done.push(at),
            None => nothing.push(at),
        }
    }
    Ok((parcels, nothing))
}

/// Adds an event to the last parcel of its log stream, or to a new one; the parcel's place.
fn add<'t>(parcels: &mut Vec<Parcel<'t>>, put: &'t Put, event: (EventId, &'t str)) -> usize {
    let size = event.1.len();
    let last = parcels.iter().rposition(|parcel| parcel.number == put.number);
    let open = last.filter(|at| parcels.get(*at).is_some_and(|parcel| parcel.bytes + size <= FULL));
    let at = open.unwrap_or(parcels.len());
    if open.is_none() {
        parcels.push(Parcel {
            stream: &put.stream,
            number: put.number,
            events: Vec::new(),
            bytes: 0,
            done: Vec::new(),
        });
    }
    if let Some(parcel) = parcels.get_mut(at) {
        parcel.events.push(event);
        parcel.bytes += size;
    }
    at
}

impl Parcel<'_> {
    /// The content of the record.
    ///
    /// Source: CloudWatch Logs User Guide, "Subscription filters with Amazon Kinesis Data Streams".
    pub(crate) fn content(&self, owner: &str, group: &str, filter: &str) -> io::Result<Vec<u8>> {
        let event = |(id, message): &(EventId, &str)| json!({ "id": id.to_string(), "timestamp": id.time(), "message": message });
        compressed(&json!({
            "messageType": "DATA_MESSAGE",
            "owner": owner,
            "logGroup": group,
            "logStream": self.stream,
            "subscriptionFilters": [filter],
            "logEvents": self.events.iter().map(event).collect::<Vec<_>>(),
        }))
    }
}

/// What is sent to see that records arrive.
pub(crate) fn test_content(now: i64) -> io::Result<Vec<u8>> {
    let message = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.";
    compressed(&json!({
        "messageType": "CONTROL_MESSAGE",
        "owner": "CloudwatchLogs",
        "logGroup": "",
        "logStream": "",
        "subscriptionFilters": [],
        "logEvents": [{ "id": "", "timestamp": now, "message": message }],
    }))
}

fn compressed(content: &Value) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.to_string().as_bytes())?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use bytes::Bytes;
    use kurodo_store::{Place, Version};

    use super::*;
    use crate::block::{Head, Messages, pack};

    fn put(number: u64, version: u64, messages: &[&str]) -> (Put, Vec<Block>) {
        let events: Vec<_> = messages.iter().map(|message| (7, *message)).collect();
        let packed = pack(&events, 8, b"");
        let put = Put::new("g", &format!("s{number}"), number, &packed);
        let block = |(at, block): (u32, crate::block::Packed)| {
            let head = Head::decode(block.first, &Bytes::from(block.head)).unwrap();
            let place = Place { version: Version::from_number(version), change: 2 * at };
            let messages = Messages::decode(&Bytes::from(block.messages)).unwrap();
            Block { place, times: head.all_times().unwrap(), head, messages }
        };
        (put, (0..).zip(packed).map(block).collect())
    }

    fn messages<'p>(parcel: &'p Parcel<'_>) -> Vec<&'p str> {
        parcel.events.iter().map(|(_, message)| *message).collect()
    }

    #[test]
    fn parcels_keep_the_order_of_a_log_stream() {
        let long = "A".repeat(FULL - 1);
        let puts = [
            put(1, 1, &["A1", "b"]),
            put(2, 2, &["A2"]),
            put(1, 3, &["b"]),
            put(1, 4, &["A3"]),
            put(1, 5, &[&long, "A4"]),
            put(2, 6, &["A5"]),
        ];
        let (parcels, nothing) = parcels(&puts, &Pattern::parse("A").unwrap()).unwrap();
        assert_eq!(nothing, [2]);
        let done: Vec<_> = parcels.iter().map(|parcel| (parcel.number, parcel.done.clone())).collect();
        assert_eq!(done, [(1, vec![0, 3]), (2, vec![1, 5]), (1, vec![]), (1, vec![4])]);
        assert_eq!(messages(&parcels[0]), ["A1", "A3"]);
        assert_eq!(messages(&parcels[1]), ["A2", "A5"]);
        assert_eq!(messages(&parcels[3]), ["A4"]);
        assert!(parcels[0].events.is_sorted() && parcels[2].events < parcels[3].events);
    }

    #[test]
    fn a_record_is_compressed_json() {
        let puts = [put(1, 1, &["one \"two\""])];
        let (parcels, _) = parcels(&puts, &Pattern::parse("").unwrap()).unwrap();
        let read = |content: Vec<u8>| -> Value {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&content[..]).read_to_string(&mut text).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        let found = read(parcels[0].content("111122223333", "g", "f").unwrap());
        assert_eq!((&found["messageType"], &found["logStream"]), (&json!("DATA_MESSAGE"), &json!("s1")));
        assert_eq!((&found["owner"], &found["subscriptionFilters"]), (&json!("111122223333"), &json!(["f"])));
        let event = &found["logEvents"][0];
        assert_eq!((&event["timestamp"], &event["message"]), (&json!(7), &json!("one \"two\"")));
        assert!(EventId::parse(event["id"].as_str().unwrap()).is_some());
        assert_eq!(read(test_content(9).unwrap())["messageType"], json!("CONTROL_MESSAGE"));
    }
}
