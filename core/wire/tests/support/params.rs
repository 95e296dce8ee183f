//! Values as the vectors write them in JSON, and both sides in a normal form.

use kurodo_wire::{Kind, Member, Schema, Timestamp, Value};
use serde_json::{Map, Value as Json, json};

/// The value that a vector's JSON stands for.
pub(crate) fn value(member: &Member, json: &Json) -> Value {
    if json.is_null() {
        return Value::Null;
    }
    match &member.target().kind {
        Kind::Structure(_) => structure(member.target(), json),
        Kind::List { item } => Value::List(json.as_array().unwrap().iter().map(|j| value(item, j)).collect()),
        Kind::Map { value: item, .. } => {
            Value::Map(json.as_object().unwrap().iter().map(|(k, j)| (k.clone(), value(item, j))).collect())
        }
        Kind::Boolean => Value::Bool(json.as_bool().unwrap()),
        Kind::Integer | Kind::Long => Value::Int(json.as_i64().unwrap()),
        Kind::Float | Kind::Double => Value::Float(float(json)),
        Kind::String if member.json_value => {
            Value::String(json.as_str().map_or_else(|| json.to_string(), str::to_owned))
        }
        Kind::String => Value::String(json.as_str().unwrap().to_owned()),
        Kind::Blob => Value::Blob(json.as_str().unwrap().to_owned().into()),
        Kind::Timestamp => Value::Timestamp(timestamp(json)),
        Kind::Document => Value::Document(Box::new(json.clone())),
    }
}

/// The structure that a vector's JSON stands for.
pub(crate) fn structure(schema: &Schema, json: &Json) -> Value {
    let object = json.as_object().unwrap();
    for name in object.keys() {
        assert!(schema.member(name).is_some(), "{} has no member {name}", schema.name);
    }
    let members = schema.members().iter();
    Value::Struct(
        members.map(|member| object.get(member.name).map_or(Value::Null, |j| value(member, j))).collect(),
    )
}

fn float(json: &Json) -> f64 {
    match json.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        _ => json.as_f64().unwrap(),
    }
}

fn timestamp(json: &Json) -> Timestamp {
    match json.as_f64() {
        Some(seconds) => Timestamp::from_millisecond((seconds * 1000.0).round() as i64).unwrap(),
        None => json.as_str().unwrap().parse().unwrap(),
    }
}

/// A value in a form that two equal values share: no absent members, keys in order, milliseconds, single precision.
pub(crate) fn normal(member: &Member, value: &Value) -> Json {
    match (&member.target().kind, value) {
        (_, Value::Null) => Json::Null,
        (Kind::Structure(_), Value::Struct(_)) => normal_structure(member.target(), value),
        (Kind::List { item }, Value::List(items)) => items.iter().map(|value| normal(item, value)).collect(),
        (Kind::Map { value: item, .. }, Value::Map(pairs)) => {
            Json::Object(pairs.iter().map(|(key, value)| (key.clone(), normal(item, value))).collect())
        }
        (Kind::Float, Value::Float(number)) => json!(format!("{:?}", *number as f32)),
        (Kind::Double, Value::Float(number)) => json!(format!("{number:?}")),
        (_, Value::Timestamp(at)) => json!(at.as_millisecond()),
        (Kind::Blob, blob) => json!(format!("{:?}", blob.as_bytes().unwrap())),
        (Kind::Document, Value::Document(document)) => (**document).clone(),
        (Kind::String, text) if member.json_value => serde_json::from_str(text.as_str().unwrap()).unwrap(),
        (Kind::String, text) => json!(text.as_str().unwrap()),
        (_, Value::Bool(flag)) => json!(flag),
        (_, Value::Int(number)) => json!(number),
        (kind, value) => panic!("{}: {value:?} is not {kind:?}", member.name),
    }
}

/// A structure in that form. Streaming members are left out: they travel beside.
pub(crate) fn normal_structure(schema: &Schema, value: &Value) -> Json {
    let members = schema.members().iter().zip(value.as_members().unwrap());
    let members = members.filter(|(member, value)| !value.is_null() && !member.streams());
    Json::Object(
        members.map(|(member, value)| (member.name.to_owned(), normal(member, value))).collect::<Map<_, _>>(),
    )
}
