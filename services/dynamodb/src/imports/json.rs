//! Items as DynamoDB JSON.
//!
//! Source: DynamoDB Developer Guide, "Amazon S3 import formats for DynamoDB", "DynamoDB JSON".

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use kurodo_wire::{Value, Valued as _};
use serde_json::Value as Json;

use crate::attribute::{Item, Supplied, Type};

/// The items of a line such as `{"Item": {"id": {"S": "1"}}}`; none for what is none. What follows something that is no
/// JSON cannot be told from it.
pub(super) fn items(line: &[u8]) -> Vec<Option<Item>> {
    let mut items = Vec::new();
    for whole in serde_json::Deserializer::from_slice(line).into_iter::<Json>() {
        let is_json = whole.is_ok();
        items.push(whole.ok().and_then(|whole| item(&whole)));
        if !is_json {
            break;
        }
    }
    items
}

fn item(whole: &Json) -> Option<Item> {
    let members = whole.as_object().filter(|members| members.len() == 1)?;
    let attributes = members.get("Item")?.as_object()?;
    let read = |value| Supplied::from_value(typed(value)?).ok()?.0.ok();
    attributes.iter().map(|(name, value)| Some((name.clone(), read(value)?))).collect()
}

/// A value with its type, as requests have it.
fn typed(value: &Json) -> Option<Value> {
    let member = |(name, value): (&String, &Json)| {
        let kind = Type::parse(name)?;
        let at = Type::ALL.iter().position(|known| *known == kind)?;
        Some((at, inner(kind, value)?))
    };
    Some(Value::Sparse(value.as_object()?.iter().map(member).collect::<Option<_>>()?))
}

fn inner(kind: Type, value: &Json) -> Option<Value> {
    let list = |each: fn(&Json) -> Option<Value>| {
        Some(Value::List(value.as_array()?.iter().map(each).collect::<Option<_>>()?))
    };
    match kind {
        Type::S | Type::N => text(value),
        Type::B => binary(value),
        Type::BOOL | Type::NULL => value.as_bool().map(Value::Bool),
        Type::SS | Type::NS => list(text),
        Type::BS => list(binary),
        Type::L => list(typed),
        Type::M => {
            let pairs = value.as_object()?.iter().map(|(name, value)| Some((name.clone(), typed(value)?)));
            Some(Value::Map(pairs.collect::<Option<_>>()?))
        }
    }
}

fn text(value: &Json) -> Option<Value> {
    value.as_str().map(|text| Value::String(text.to_owned()))
}

fn binary(value: &Json) -> Option<Value> {
    Some(Value::Blob(BASE64.decode(value.as_str()?).ok()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::item_line;

    #[test]
    fn what_exports_write_is_read_again() {
        let line = br#"{"Item":{"a":{"L":[{"M":{"n":{"N":"1.5"}}},{"NULL":true}]},"b":{"BS":["Yg=="]},"c":{"S":""}}}"#;
        let found = items(line).remove(0).unwrap();
        assert_eq!(item_line(&found).trim_ascii(), line);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_an_item_or_none(line: Vec<u8>, inner in "[\\[\\]{}:,\"SNBML1]{0,40}") {
            items(&line);
            items(format!(r#"{{"Item":{{"a":{inner}}}}}"#).as_bytes());
        }
    }

    #[test]
    fn what_is_no_item_is_none() {
        for line in [
            "",
            "{}",
            r#"{"Item":[]}"#,
            r#"{"Item":{"a":{"S":1}}}"#,
            r#"{"Item":{"a":{"X":"1"}}}"#,
            r#"{"Item":{"a":{"S":"1","N":"1"}}}"#,
            r#"{"Item":{"a":{"N":"one"}}}"#,
            r#"{"Item":{"a":{"B":"!"}}}"#,
            r#"{"Item":{"a":{"SS":[]}}}"#,
            r#"{"Item":{},"More":{}}"#,
        ] {
            assert!(items(line.as_bytes()).iter().all(Option::is_none), "{line}");
        }
    }

    #[test]
    fn a_line_may_have_several_items() {
        let count = |line: &str| {
            let found = items(line.as_bytes());
            (found.len(), found.iter().flatten().count())
        };
        let one = r#"{"Item":{"a":{"S":"1"}}}"#;
        assert_eq!(count(&format!("{one}{one} {one}")), (3, 3));
        assert_eq!(count(&format!("{one}{{}}{one}")), (3, 2));
        assert_eq!(count(&format!("{one}what{one}")), (2, 1));
        assert_eq!(count("what"), (1, 0));
    }
}
