//! Streams are made and disabled with their table's definition, in the same transaction.
//!
//! Source: DynamoDB API Reference, StreamSpecification; the words of the refusals are DynamoDB's replies.

use kurodo_store::{Transaction, Writer};

use super::{
    StreamDefinition, TableStream, View,
    facts::{decode, encode},
};
use crate::{
    Error, definition::Definition, error::invalid_values, layout, model::StreamSpecification,
    resources::TableStreams,
};

/// What a specification asks for: a view, or no stream.
pub(crate) fn asked(given: &StreamSpecification) -> Result<Option<View>, Error> {
    match (given.stream_enabled, given.stream_view_type) {
        (true, Some(kind)) => Ok(Some(kind.into())),
        (true, None) => Err(invalid_values("If stream is being enabled then UpdateViewType is required")),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(invalid_values("If stream is being disabled, then UpdateViewType must not be specified"))
        }
    }
}

/// The latest stream of a table that had this one, after an update.
pub(crate) fn switch(
    table: &str,
    known: Option<TableStream>,
    given: &StreamSpecification,
    now: i64,
) -> Result<TableStream, Error> {
    let enabled = known.is_some_and(|stream| stream.enabled);
    match (asked(given)?, known) {
        (Some(_), _) if enabled => {
            Err(Error::Validation(format!("Table already has an enabled stream: TableName: {table}")))
        }
        (Some(view), known) => {
            let created = known.map_or(now, |before| now.max(before.created.saturating_add(1)));
            Ok(TableStream { created, view, enabled: true })
        }
        (None, Some(stream)) if enabled => Ok(TableStream { enabled: false, ..stream }),
        (None, _) => Err(Error::Validation(format!("Table has no stream to disable: TableName: {table}"))),
    }
}

/// The transaction that makes or disables the stream of a table, where its definition goes from one to the other, or has the
/// stream follow to another key of KMS, under one, or away from it; no definition is that of a table that is not there.
pub(crate) fn stage<'w>(
    writer: &Writer<'w>,
    streams: &TableStreams,
    before: Option<&Definition>,
    after: Option<&Definition>,
    now: i64,
) -> Result<Option<Transaction<'w>>, Error> {
    let open = |definition: Option<&Definition>| {
        definition.and_then(|one| one.stream).filter(|stream| stream.enabled)
    };
    match (open(before), open(after), after) {
        (None, Some(stream), Some(table)) => make(writer, streams, stream, table).map(Some),
        (Some(stream), None, _) => {
            let disabled = |known| StreamDefinition { disabled: Some(now), ..known };
            redefine(writer, streams, stream, disabled).map(Some)
        }
        (Some(stream), Some(_), Some(table))
            if before.is_some_and(|before| {
                before.protection != table.protection || before.crossing != table.crossing
            }) =>
        {
            let (protection, crossing) = (table.protection.clone(), table.crossing);
            let follow = |known| StreamDefinition { protection, crossing, ..known };
            redefine(writer, streams, stream, follow).map(Some)
        }
        _ => Ok(None),
    }
}

fn make<'w>(
    writer: &Writer<'w>,
    streams: &TableStreams,
    stream: TableStream,
    table: &Definition,
) -> Result<Transaction<'w>, Error> {
    let definition = StreamDefinition {
        contents: table.contents,
        view: stream.view,
        key: table.key.clone(),
        disabled: None,
        policy: None,
        protection: table.protection.clone(),
        crossing: table.crossing,
    };
    let (mut transaction, key) = (writer.transaction(), layout::stream_of_table(stream.created));
    let (_, absent) = writer.fact(&key)?;
    transaction.expect_fact(&absent);
    transaction.put(&key, encode(&definition, &streams.name)?);
    Ok(transaction)
}

/// Changes the definition of a stream, if there is one.
fn redefine<'w>(
    writer: &Writer<'w>,
    streams: &TableStreams,
    stream: TableStream,
    change: impl FnOnce(StreamDefinition) -> StreamDefinition,
) -> Result<Transaction<'w>, Error> {
    let (mut transaction, key) = (writer.transaction(), layout::stream_of_table(stream.created));
    let (Some(found), current) = writer.fact(&key)? else { return Ok(transaction) };
    let definition = decode(&found.value, &streams.stream(stream.created))?;
    transaction.expect_fact(&current);
    transaction.put(&key, encode(&change(definition), &streams.name)?);
    Ok(transaction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StreamViewType;

    fn given(stream_enabled: bool, stream_view_type: Option<StreamViewType>) -> StreamSpecification {
        StreamSpecification { stream_enabled, stream_view_type }
    }

    #[test]
    fn a_stream_is_switched_on_and_off_and_never_changed() {
        let (on, off) = (given(true, Some(StreamViewType::NewImage)), given(false, None));
        let first = switch("t", None, &on, 5).unwrap();
        assert_eq!(first, TableStream { created: 5, view: View::New, enabled: true });
        assert!(switch("t", Some(first), &on, 9).unwrap_err().to_string().contains("already has an enabled"));
        let closed = switch("t", Some(first), &off, 9).unwrap();
        assert_eq!(closed, TableStream { enabled: false, ..first });
        for known in [None, Some(closed)] {
            assert!(switch("t", known, &off, 9).unwrap_err().to_string().contains("no stream to disable"));
        }
        // A second stream within the same millisecond has a label of its own.
        assert_eq!(switch("t", Some(closed), &on, 5).unwrap().created, 6);
        assert!(switch("t", None, &given(true, None), 5).is_err());
        assert!(switch("t", Some(first), &given(false, Some(StreamViewType::NewImage)), 5).is_err());
    }
}
