//! Statements of PartiQL.

use kurodo_dynamodb::{attribute::Attribute, partiql};
use kurodo_select::{Compression, Csv, Headers, Input, Json, Output, Plan, Query, Scan, SelectError, Step};

/// Reads bytes as a statement, with no parameter, one, and more of several kinds. What is wrong has words.
pub fn partiql(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let set = Attribute::Strings(vec!["x".to_owned()]);
    let parameters = [set, Attribute::Null, Attribute::List(Vec::new())];
    for count in 0..=parameters.len() {
        assert_ne!(partiql::fault(text, &parameters[..count]), Some(String::new()));
    }
}

/// A query, as text and read, and the object behind the first zero.
fn asked(data: &[u8]) -> Option<(&str, Query, &[u8])> {
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let text = std::str::from_utf8(&data[..at]).ok()?;
    Some((text, Query::parse(text).ok()?, data.get(at + 1..).unwrap_or_default()))
}

/// Reads bytes as a query and, behind a zero, an object: as CSV and JSON, packed or not, whole and in two pieces, which
/// come to the same.
pub fn select(data: &[u8]) {
    let Some((text, query, object)) = asked(data) else { return };
    let csv = |headers| {
        Input::Csv(Csv { headers, quoted_record_delimiters: text.len() % 2 == 0, ..Csv::default() })
    };
    let inputs =
        [csv(Headers::None), csv(Headers::Use), Input::Json(Json::Document), Input::Json(Json::Lines)];
    for input in inputs {
        for compression in [Compression::None, Compression::Gzip, Compression::Bzip2] {
            let scan = |pieces: [&[u8]; 2]| {
                let output = Output::Json("\n".into());
                let (query, input) = (query.clone(), input.clone());
                let plan = Plan { query, input, compression, output, range: None, now_ms: 0 };
                let mut scan = Scan::new(plan)?;
                let (mut pieces, mut found) = (pieces.into_iter(), Vec::new());
                loop {
                    let step = scan.read()?;
                    found.extend(scan.take());
                    match step {
                        Step::Hungry => match pieces.next() {
                            Some(piece) => scan.push(piece),
                            None => scan.end(),
                        },
                        Step::Full | Step::Again | Step::Wants { .. } => {}
                        Step::Done => return Ok::<_, SelectError>(found),
                    }
                }
            };
            let (left, right) = object.split_at(object.len() / 2);
            assert_eq!(scan([left, right]), scan([object, b""]));
        }
    }
}

/// A query over Parquet: what is before the first zero, and the object behind it. Whatever the object says, no step takes more
/// than the object has, and pieces of any size make the same.
pub fn parquet(data: &[u8]) {
    let Some((_, query, object)) = asked(data) else { return };
    let found = |piece| {
        let (query, input) = (query.clone(), Input::Parquet(object.len() as u64));
        let (compression, output) = (Compression::None, Output::Json("\n".into()));
        let scan = Scan::new(Plan { query, input, compression, output, range: None, now_ms: 0 })?;
        given(scan, object, piece)
    };
    let (whole, pieces) = (found(usize::MAX), found(13));
    if whole != Ok(None) && pieces != Ok(None) {
        assert_eq!(whole, pieces);
    }
}

/// What a scan finds, unless that takes long: a count of rows may be as large as it likes.
fn given(mut scan: Scan, object: &[u8], piece: usize) -> Result<Option<Vec<u8>>, SelectError> {
    let (mut wanted, mut found, mut steps) = (&[][..], Vec::new(), 0);
    loop {
        let step = scan.read()?;
        found.extend(scan.take());
        match step {
            Step::Wants { start, end } => {
                assert!(start <= end && end <= object.len() as u64);
                wanted = &object[start as usize..end as usize];
            }
            Step::Hungry => {
                let (now, later) = wanted.split_at(piece.min(wanted.len()));
                wanted = later;
                if now.is_empty() { scan.end() } else { scan.push(now) }
            }
            Step::Full | Step::Again if steps == 20 => return Ok(None),
            Step::Full | Step::Again => steps += 1,
            Step::Done => return Ok(Some(found)),
        }
    }
}
