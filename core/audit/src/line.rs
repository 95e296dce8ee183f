//! What the trail stores: one line for an event that is recorded at its end, two for one that is recorded before the
//! act and again at its end.

use std::net::IpAddr;

use jiff::Timestamp;
use kurodo_arn::AccountId;

use crate::bytes::{Put, Take};
use crate::record::{Ending, Record, Verdict};
use crate::{Begin, Class, Decision, Outcome, Tls};

const BEGUN: u8 = 1;
const ENDED: u8 = 2;
const WHOLE: u8 = 3;

const ANSWERED: u8 = 0;
const ABANDONED: u8 = 1;

/// A line, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    /// The beginning of a request, or all of it.
    Record(Box<Record>),
    /// The end of a request.
    End { request_id: String, ending: Ending },
}

/// The line of a request that has begun.
pub(crate) fn begun(event: &Begin<'_>) -> Vec<u8> {
    begin(BEGUN, event)
}

/// The first part of the line of a whole request: [`answered`] or [`abandoned`] completes it.
pub(crate) fn whole(event: &Begin<'_>) -> Vec<u8> {
    begin(WHOLE, event)
}

/// The first part of the line of a request's end: [`answered`] or [`abandoned`] completes it.
pub(crate) fn ended(request_id: &str) -> Vec<u8> {
    let mut line = Vec::with_capacity(96);
    line.push(ENDED);
    Put(&mut line).text(request_id);
    line
}

pub(crate) fn answered(line: &mut Vec<u8>, outcome: &Outcome<'_>) {
    let mut put = Put(line);
    put.byte(ANSWERED);
    put.optional(outcome.error);
    put.number(u64::from(outcome.status));
    put.number(outcome.bytes_in);
    put.number(outcome.bytes_out);
    put.number(u64::try_from(outcome.duration.as_micros()).unwrap_or(u64::MAX));
}

pub(crate) fn abandoned(line: &mut Vec<u8>) {
    line.push(ABANDONED);
}

/// Whether the line is about this request; without reading the rest.
pub(crate) fn is_about(line: &[u8], request_id: &str) -> bool {
    let mut take = Take(line);
    take.byte().is_some() && take.bytes() == Some(request_id.as_bytes())
}

/// Reads a line; none if it is not one that this program knows.
pub(crate) fn read(position: u64, line: &[u8]) -> Option<Line> {
    let mut take = Take(line);
    let kind = take.byte()?;
    let line = match kind {
        BEGUN => Line::Record(Box::new(read_begin(position, &mut take, |_| Some(Ending::Open))?)),
        WHOLE => Line::Record(Box::new(read_begin(position, &mut take, read_ending)?)),
        ENDED => Line::End { request_id: take.text()?.to_owned(), ending: read_ending(&mut take)? },
        _ => return None,
    };
    take.0.is_empty().then_some(line)
}

fn begin(kind: u8, event: &Begin<'_>) -> Vec<u8> {
    let mut line = Vec::with_capacity(512);
    let mut put = Put(&mut line);
    put.byte(kind);
    put.text(event.request_id);
    put.0.extend_from_slice(&event.time.as_microsecond().to_be_bytes());
    put.number(event.account.map_or(0, |account| account.value() + 1));
    put.optional(event.principal);
    put.optional(event.access_key_id);
    put_address(&mut put, event.source);
    put.byte(match event.tls {
        None => 0,
        Some(Tls::V12) => 2,
        Some(Tls::V13) => 3,
    });
    put.text(event.service);
    put.text(event.operation);
    put.text(event.region);
    put.number(event.resources.len() as u64);
    event.resources.iter().for_each(|arn| put.text(arn));
    put.byte(match event.class {
        Class::Management => 0,
        Class::Read => 1,
        Class::Write => 2,
    });
    put_decision(&mut put, &event.decision);
    line
}

fn put_address(put: &mut Put<'_>, address: Option<IpAddr>) {
    match address {
        None => put.bytes(&[]),
        Some(IpAddr::V4(address)) => put.bytes(&address.octets()),
        Some(IpAddr::V6(address)) => put.bytes(&address.octets()),
    }
}

fn put_decision(put: &mut Put<'_>, decision: &Decision<'_>) {
    match decision {
        Decision::Allowed => put.byte(0),
        Decision::Denied { reason, explanation } => {
            put.byte(1);
            put.text(reason);
            put.text(&explanation.to_string());
        }
    }
}

fn read_begin(
    position: u64,
    take: &mut Take<'_>,
    ending: impl FnOnce(&mut Take<'_>) -> Option<Ending>,
) -> Option<Record> {
    Some(Record {
        position,
        request_id: take.text()?.to_owned(),
        time: Timestamp::from_microsecond(i64::from_be_bytes(take.array()?)).ok()?,
        account: read_account(take)?,
        principal: take.optional()?.map(str::to_owned),
        access_key_id: take.optional()?.map(str::to_owned),
        source: read_address(take)?,
        tls: read_tls(take)?,
        service: take.text()?.to_owned(),
        operation: take.text()?.to_owned(),
        region: take.text()?.to_owned(),
        resources: read_resources(take)?,
        class: read_class(take)?,
        decision: read_decision(take)?,
        ending: ending(take)?,
    })
}

fn read_account(take: &mut Take<'_>) -> Option<Option<AccountId>> {
    match take.number()?.checked_sub(1) {
        None => Some(None),
        Some(value) => AccountId::new(value).map(Some),
    }
}

fn read_address(take: &mut Take<'_>) -> Option<Option<IpAddr>> {
    let bytes = take.bytes()?;
    if bytes.is_empty() {
        return Some(None);
    }
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok().map(Some)
}

fn read_tls(take: &mut Take<'_>) -> Option<Option<Tls>> {
    match take.byte()? {
        0 => Some(None),
        2 => Some(Some(Tls::V12)),
        3 => Some(Some(Tls::V13)),
        _ => None,
    }
}

fn read_resources(take: &mut Take<'_>) -> Option<Vec<String>> {
    let count = take.number()?;
    (0..count).map(|_| take.text().map(str::to_owned)).collect()
}

fn read_class(take: &mut Take<'_>) -> Option<Class> {
    match take.byte()? {
        0 => Some(Class::Management),
        1 => Some(Class::Read),
        2 => Some(Class::Write),
        _ => None,
    }
}

fn read_decision(take: &mut Take<'_>) -> Option<Verdict> {
    match take.byte()? {
        0 => Some(Verdict::Allowed),
        1 => {
            let reason = take.text()?.to_owned();
            let explanation = serde_json::from_slice(take.bytes()?).ok()?;
            Some(Verdict::Denied { reason, explanation })
        }
        _ => None,
    }
}

fn read_ending(take: &mut Take<'_>) -> Option<Ending> {
    match take.byte()? {
        ANSWERED => Some(Ending::Answered {
            error: take.optional()?.map(str::to_owned),
            status: take.number()?.try_into().ok()?,
            bytes_in: take.number()?,
            bytes_out: take.number()?,
            micros: take.number()?,
        }),
        ABANDONED => Some(Ending::Abandoned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn event<'a>(
        texts: &'a [String; 7],
        resources: &'a [&'a str],
        explanation: &'a serde_json::Value,
    ) -> Begin<'a> {
        let [request_id, principal, access_key_id, service, operation, region, reason] = texts;
        Begin {
            time: Timestamp::from_microsecond(1_700_000_000_123_456).unwrap(),
            request_id,
            account: AccountId::new(42),
            principal: Some(principal),
            access_key_id: Some(access_key_id).filter(|id| !id.is_empty()).map(|id| id.as_str()),
            source: Some("2001:db8::7".parse().unwrap()).filter(|_| !access_key_id.is_empty()),
            tls: Some(Tls::V13).filter(|_| !access_key_id.is_empty()),
            service,
            operation,
            region,
            resources,
            class: Class::Write,
            decision: Decision::Denied { reason, explanation },
        }
    }

    proptest! {
        #[test]
        fn lines_round_trip(texts: [String; 7], resources: Vec<String>, status: u16, counts: [u64; 3]) {
            let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
            let explanation = json!({"statements": [{"sid": texts[0]}]});
            let event = event(&texts, &resources, &explanation);
            let [bytes_in, bytes_out, micros] = counts;
            let duration = Duration::from_micros(micros);
            let outcome = Outcome { error: Some(&texts[1]), status, bytes_in, bytes_out, duration };

            let mut line = whole(&event);
            answered(&mut line, &outcome);
            prop_assert!(is_about(&line, &texts[0]));
            let Some(Line::Record(record)) = read(9, &line) else { panic!() };
            prop_assert_eq!((record.position, &record.request_id), (9, &texts[0]));
            prop_assert_eq!(record.time, event.time);
            prop_assert_eq!(record.account, event.account);
            prop_assert_eq!(record.principal.as_deref(), event.principal);
            prop_assert_eq!(record.access_key_id.as_deref(), event.access_key_id);
            prop_assert_eq!((record.source, record.tls, record.class), (event.source, event.tls, event.class));
            prop_assert_eq!(&[record.service, record.operation, record.region], &texts[3..6]);
            prop_assert_eq!(record.resources, resources);
            prop_assert_eq!(record.decision, Verdict::Denied { reason: texts[6].clone(), explanation });
            let error = Some(texts[1].clone());
            let ending = Ending::Answered { error, status, bytes_in, bytes_out, micros };
            prop_assert_eq!(&record.ending, &ending);

            let mut line = ended(&texts[0]);
            answered(&mut line, &outcome);
            prop_assert_eq!(read(1, &line), Some(Line::End { request_id: texts[0].clone(), ending }));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = read(0, &bytes);
        }

        #[test]
        fn a_cut_or_longer_line_is_none(cut: prop::sample::Index) {
            let explanation = json!(null);
            let texts = std::array::from_fn(|i| format!("text {i}"));
            let mut line = begun(&event(&texts, &["arn"], &explanation));
            prop_assert!(read(0, &line).is_some());
            prop_assert!(read(0, &line[..cut.index(line.len())]).is_none());
            line.push(0);
            prop_assert!(read(0, &line).is_none());
        }
    }

    #[test]
    fn numbers_past_64_bits_are_refused() {
        let mut longest = [0xff; 10];
        longest[9] = 1;
        assert_eq!(Take(&longest).number(), Some(u64::MAX));
        longest[9] = 2;
        assert_eq!(Take(&longest).number(), None);
        assert_eq!(Take(&[0x80; 20]).number(), None);
    }
}
