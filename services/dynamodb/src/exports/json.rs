//! Lines of data files.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB table export output format".

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value, json};

use crate::{
    attribute::{Attribute, Item},
    definition::KeySchema,
};

/// The line of an item.
pub(crate) fn item_line(item: &Item) -> Vec<u8> {
    line(&json!({ "Item": whole(item) }))
}

/// The line of an item that was written: when, in microseconds since 1970; what it was and what it is.
pub(crate) fn change_line(
    key: &KeySchema,
    at: u64,
    old: Option<&Item>,
    new: Option<&Item>,
    view: bool,
) -> Vec<u8> {
    let mut line_of = Map::new();
    line_of.insert("Metadata".into(), json!({ "WriteTimestampMicros": { "N": at.to_string() } }));
    let keys = new.or(old).map(|item| key.of(item)).unwrap_or_default();
    line_of.insert("Keys".into(), whole(&keys));
    for (name, image) in [("OldImage", old.filter(|_| view)), ("NewImage", new)] {
        if let Some(image) = image {
            line_of.insert(name.into(), whole(image));
        }
    }
    line(&Value::Object(line_of))
}

fn line(value: &Value) -> Vec<u8> {
    let mut line = value.to_string().into_bytes();
    line.push(b'\n');
    line
}

fn whole(item: &Item) -> Value {
    Value::Object(item.iter().map(|(name, value)| (name.clone(), typed(value))).collect())
}

fn typed(value: &Attribute) -> Value {
    let inner = match value {
        Attribute::String(text) => text.as_str().into(),
        Attribute::Number(number) => number.to_string().into(),
        Attribute::Binary(bytes) => BASE64.encode(bytes).into(),
        Attribute::Bool(flag) => (*flag).into(),
        Attribute::Null => true.into(),
        Attribute::Strings(all) => all.as_slice().into(),
        Attribute::Numbers(all) => all.iter().map(ToString::to_string).collect(),
        Attribute::Binaries(all) => all.iter().map(|one| BASE64.encode(one)).collect(),
        Attribute::List(all) => all.iter().map(typed).collect(),
        Attribute::Map(pairs) => whole(pairs),
    };
    json!({ value.type_of().name(): inner })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::Type, definition::KeyAttribute};

    fn item(value: &str) -> Item {
        let text = |text: &str| Attribute::String(text.into());
        Item::from([("h".into(), text("k\n")), ("v".into(), text(value))])
    }

    #[test]
    fn a_line_holds_every_type() {
        let number = || "1.50".parse().unwrap();
        let all = vec![
            Attribute::Number(number()),
            Attribute::Binary("b".into()),
            Attribute::Bool(false),
            Attribute::Null,
            Attribute::Strings(vec!["s".into()]),
            Attribute::Numbers(vec![number()]),
            Attribute::Binaries(vec!["b".into()]),
            Attribute::Map(item("m")),
        ];
        let line = item_line(&Item::from([("l".into(), Attribute::List(all))]));
        let expected = concat!(
            r#"{"Item":{"l":{"L":[{"N":"1.5"},{"B":"Yg=="},{"BOOL":false},{"NULL":true},{"SS":["s"]},{"NS":["1.5"]},"#,
            r#"{"BS":["Yg=="]},{"M":{"h":{"S":"k\n"},"v":{"S":"m"}}}]}}}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }

    #[test]
    fn a_change_shows_what_the_view_shows() {
        let key = KeySchema::new(KeyAttribute { name: "h".into(), kind: Type::S }, None);
        let (old, new) = (item("1"), item("2"));
        let shown = |old, new, view| -> Value {
            serde_json::from_slice(&change_line(&key, 7, old, new, view)).unwrap()
        };
        let both = shown(Some(&old), Some(&new), true);
        assert_eq!(both["Metadata"]["WriteTimestampMicros"]["N"], "7");
        assert_eq!(both["Keys"], json!({ "h": { "S": "k\n" } }));
        assert_eq!((&both["OldImage"]["v"]["S"], &both["NewImage"]["v"]["S"]), (&json!("1"), &json!("2")));
        assert!(shown(Some(&old), Some(&new), false).get("OldImage").is_none());
        let deleted = shown(Some(&old), None, false);
        assert_eq!(deleted.as_object().unwrap().keys().collect::<Vec<_>>(), ["Metadata", "Keys"]);
    }
}
