//! Members that an operation does not honour.

use crate::{Kind, Schema, Value};

/// The first of these members (dotted paths for nested ones; items and values of lists and maps are all looked at)
/// that the input has: what an operation does not honour is refused by name, never ignored.
pub fn present_members<'a>(schema: &Schema, value: &Value, refused: &[&'a str]) -> Option<&'a str> {
    refused.iter().copied().find(|path| is_present(schema, value, path))
}

fn is_present(schema: &Schema, value: &Value, path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some((at, member)) = schema.member(name) else { return false };
    let value = value.as_members().and_then(|values| values.get(at)).unwrap_or(&Value::Null);
    match rest {
        None => !value.is_null(),
        Some(rest) => below(member.target(), value, rest),
    }
}

fn below(schema: &Schema, value: &Value, path: &str) -> bool {
    match (&schema.kind, value) {
        (Kind::Structure(_), value) => is_present(schema, value, path),
        (Kind::List { item }, Value::List(items)) => {
            items.iter().any(|value| below(item.target(), value, path))
        }
        (Kind::Map { value: item, .. }, Value::Map(pairs)) => {
            pairs.iter().any(|(_, value)| below(item.target(), value, path))
        }
        _ => false,
    }
}
