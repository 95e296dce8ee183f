use std::{
    cell::{Cell, OnceCell},
    sync::Arc,
};

use serde_json::Value as Json;

use super::{pointer::Pointer, value::Value};
use crate::event::EventId;

/// An event, as a query sees it, and where it is from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) id: EventId,
    pub(crate) ingested: i64,
    pub(crate) message: Arc<str>,
    /// `account:group`.
    pub(crate) log: Arc<str>,
    pub(crate) stream: Arc<str>,
    /// What [`crate::model`]'s GetLogRecord finds the event by, without the id.
    pub(crate) pointer: Arc<str>,
    /// Where the sender said that the event comes from, as JSON.
    pub(crate) origin: Arc<str>,
}

/// A row of what a query works on: an event with what was computed of it, or a group of events.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) source: Option<Source>,
    /// What was computed, by name. Later ones count.
    pub(super) computed: Vec<(Arc<str>, Value)>,
    json: OnceCell<Option<Arc<Json>>>,
    /// Bytes that functions made.
    made: Cell<usize>,
}

/// The most bytes that functions make of one row.
const MADE: usize = 16 << 20;

impl Row {
    pub(super) fn of(source: Source) -> Self {
        Self { source: Some(source), ..Self::default() }
    }

    pub(super) fn set(&mut self, name: &Arc<str>, value: Value) {
        self.computed.push((Arc::clone(name), value));
    }

    /// Notes that a function made so many bytes.
    pub(super) fn made(&self, bytes: usize) {
        self.made.set(self.made.get().saturating_add(bytes));
    }

    /// Whether functions made more of it than they may.
    pub(super) fn is_swollen(&self) -> bool {
        self.made.get() > MADE
    }

    /// Makes it ready to be kept: what was parsed is parsed again when it is asked for.
    pub(super) fn rest(&mut self) {
        self.json = OnceCell::new();
    }

    /// What it takes to keep it, in bytes.
    pub(super) fn weight(&self) -> usize {
        let source = self.source.as_ref().map_or(0, |source| source.message.len() + 128);
        let computed = self.computed.iter().map(|(_, value)| 48 + value.weight());
        128 + source + computed.sum::<usize>()
    }

    /// A field of this name: computed, of the event, or found in its message.
    pub(super) fn field(&self, name: &str) -> Value {
        if let Some((_, value)) = self.computed.iter().rev().find(|(known, _)| **known == *name) {
            return value.clone();
        }
        if let Some(value) = self.within(name) {
            return value;
        }
        let Some(source) = &self.source else { return Value::Nothing };
        match name {
            "@timestamp" => Value::Time(source.id.time()),
            "@ingestionTime" => Value::Time(source.ingested),
            "@message" => Value::Text(source.message.to_string()),
            "@logStream" => Value::Text(source.stream.to_string()),
            "@log" => Value::Text(source.log.to_string()),
            "@ptr" => Value::Text(Pointer::show(source)),
            _ => match name.strip_prefix("@entity.") {
                Some(rest) => {
                    serde_json::from_str(&source.origin).map_or(Value::Nothing, |json| found(&json, rest))
                }
                None => self.json().map_or(Value::Nothing, |json| found(json, name)),
            },
        }
    }

    /// A part of a map or list that was computed: the name goes on after a dot.
    fn within(&self, name: &str) -> Option<Value> {
        name.contains('.').then_some(())?;
        self.computed.iter().rev().find_map(|(known, value)| match value {
            Value::Structure(json) => {
                let part = member(json, name.strip_prefix(&**known)?.strip_prefix('.')?);
                Some(part.map_or(Value::Nothing, |part| match part {
                    Json::Array(_) | Json::Object(_) => Value::Structure(Arc::new(part.clone())),
                    part => self::value(part),
                }))
            }
            _ => None,
        })
    }

    fn json(&self) -> Option<&Json> {
        let parse = || {
            let message = self.source.as_ref()?.message.trim_start();
            message.starts_with('{').then(|| serde_json::from_str(message).ok().map(Arc::new))?
        };
        self.json.get_or_init(parse).as_deref()
    }
}

/// The part of a document at a path of names and numbers with dots between them. Names may have dots themselves.
fn found(json: &Json, path: &str) -> Value {
    member(json, path).map_or(Value::Nothing, value)
}

fn member<'j>(json: &'j Json, path: &str) -> Option<&'j Json> {
    if path.is_empty() {
        return Some(json);
    }
    let mut end = path.len();
    loop {
        let name = path.get(..end)?;
        let next = match json {
            Json::Object(members) => members.get(name),
            Json::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
        let rest = path.get(end..)?;
        let found = next.and_then(|next| member(next, rest.strip_prefix('.').unwrap_or(rest)));
        if found.is_some() {
            return found;
        }
        end = name.rfind('.')?;
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => number.as_f64().map_or(Value::Nothing, Value::Number),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(_) | Json::Object(_) => Value::Text(json.to_string()),
    }
}

/// The fields that are discovered in a message, at most so many.
///
/// Source: CloudWatch Logs User Guide, "Supported logs and discovered fields".
pub(crate) fn flatten(message: &str, most: usize) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    if message.trim_start().starts_with('{')
        && let Ok(json) = serde_json::from_str(message)
    {
        collect(&mut fields, String::new(), &json, most);
    }
    fields
}

fn collect(fields: &mut Vec<(String, String)>, path: String, json: &Json, most: usize) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match json {
        _ if fields.len() >= most => {}
        Json::Object(members) => {
            members.iter().for_each(|(name, item)| collect(fields, below(name), item, most));
        }
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| collect(fields, below(&at.to_string()), item, most));
        }
        _ => fields.extend(value(json).show().map(|text| (path, text))),
    }
}
