//! That a request fits the table's definition.

use kurodo_store::Key;

use super::Refusal;
use crate::{
    attribute::{Attribute, Item, Type},
    definition::{Definition, KeyAttribute, KeySchema},
    expression::{Path, Update, UpdateAction, UpdateSource},
    layout,
};

/// The most bytes of a partition key.
///
/// Source: DynamoDB Developer Guide, "Quotas", partition key length and sort key length.
const PARTITION_KEY: usize = 2048;
/// The most bytes of a sort key.
const SORT_KEY: usize = 1024;

/// The key of an item of a table.
#[derive(Debug, Clone)]
pub(crate) struct ItemKey {
    /// Its attributes.
    pub(crate) values: Item,
    /// Where the item lies.
    pub(crate) stored: Key,
}

impl ItemKey {
    /// The value of the table's partition key, as policies see it.
    pub(crate) fn leading(&self, schema: &KeySchema) -> Option<String> {
        self.values.get(&schema.hash.name).map(leading)
    }
}

/// A partition key's value, as policies see it.
pub(crate) fn leading(value: &Attribute) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    match value {
        Attribute::String(text) => text.clone(),
        Attribute::Number(number) => number.to_string(),
        Attribute::Binary(bytes) => BASE64.encode(bytes),
        other => other.to_string(),
    }
}

pub(super) fn mismatch() -> Refusal {
    Refusal::Validation("The provided key element does not match the schema".to_owned())
}

/// The key that these attributes are, all of them.
pub(crate) fn key(schema: &KeySchema, values: Item) -> Result<ItemKey, Refusal> {
    if values.len() != schema.attributes().count() {
        return Err(mismatch());
    }
    for (at, key) in schema.attributes().enumerate() {
        key_value(key, values.get(&key.name), at == 0)?;
    }
    let stored = layout::item(schema, &values).ok_or_else(mismatch)?;
    Ok(ItemKey { values, stored })
}

/// That a value can be this attribute of a key.
pub(super) fn key_value(
    key: &KeyAttribute,
    value: Option<&Attribute>,
    partition: bool,
) -> Result<(), Refusal> {
    let value = value.filter(|value| value.type_of() == key.kind).ok_or_else(mismatch)?;
    if is_empty(value) {
        return Err(empty(key));
    }
    size(value.size(), partition)
}

fn is_empty(value: &Attribute) -> bool {
    match value {
        Attribute::String(text) => text.is_empty(),
        Attribute::Binary(bytes) => bytes.is_empty(),
        _ => false,
    }
}

fn empty(key: &KeyAttribute) -> Refusal {
    let kind = if key.kind == Type::S { "string" } else { "binary" };
    let name = &key.name;
    Refusal::Validation(format!(
        "One or more parameter values are not valid. {EMPTY} {kind} value. Key: {name}"
    ))
}

/// What is said of empty values of keys.
pub(crate) const EMPTY: &str = "The AttributeValue for a key attribute cannot contain an empty";

/// That a partition key, or a sort key, has not too many bytes.
fn size(bytes: usize, partition: bool) -> Result<(), Refusal> {
    match bytes {
        size if partition && size > PARTITION_KEY => {
            Err(Refusal::invalid_values("Size of hashkey has exceeded the maximum size limit of2048 bytes"))
        }
        size if !partition && size > SORT_KEY => Err(Refusal::invalid_values(
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        )),
        _ => Ok(()),
    }
}

/// The key of an item that is to be put.
pub(crate) fn key_of_item(schema: &KeySchema, item: &Item) -> Result<ItemKey, Refusal> {
    for (at, key) in schema.attributes().enumerate() {
        let name = &key.name;
        let Some(value) = item.get(name) else {
            return Err(Refusal::invalid_values(format!("Missing the key {name} in the item")));
        };
        if value.type_of() != key.kind {
            let (expected, actual) = (key.kind.name(), value.type_of().name());
            return Err(Refusal::invalid_values(format!(
                "Type mismatch for key {name} expected: {expected} actual: {actual}"
            )));
        }
        if is_empty(value) {
            return Err(empty(key));
        }
        size(value.size(), at == 0)?;
    }
    let stored = layout::item(schema, item).ok_or_else(mismatch)?;
    Ok(ItemKey { values: schema.of(item), stored })
}

/// That an item's attributes fit the keys of the indexes.
pub(crate) fn check_item(definition: &Definition, item: &Item) -> Result<(), Refusal> {
    for index in definition.indexes_of(true).chain(definition.indexes_of(false)) {
        for key in index.key.attributes() {
            let Some(value) = item.get(&key.name) else { continue };
            if value.type_of() != key.kind {
                return Err(index_type(key, value.type_of(), &index.name));
            }
            if is_empty(value) {
                let kind = if key.kind == Type::S { "string" } else { "binary" };
                return Err(Refusal::Validation(format!(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty {kind} value. IndexName: {}, IndexKey: {}",
                    index.name, key.name
                )));
            }
        }
        check_index_size(&index.key, item)?;
    }
    Ok(())
}

/// That the attributes of a partition key, and those of a sort key, have together not too many bytes.
fn check_index_size(schema: &KeySchema, item: &Item) -> Result<(), Refusal> {
    let bytes = |key: &KeyAttribute| item.get(&key.name).map_or(0, Attribute::size);
    size(schema.hashes().map(bytes).sum(), true)?;
    size(schema.ranges().map(bytes).sum(), false)
}

fn index_type(key: &KeyAttribute, actual: Type, index: &str) -> Refusal {
    let (name, expected, actual) = (&key.name, key.kind.name(), actual.name());
    Refusal::invalid_values(format!(
        "Type mismatch for Index Key {name} Expected: {expected} Actual: {actual} IndexName: {index}"
    ))
}

/// That an update leaves the key alone, and gives indexes' keys values of their types.
pub(crate) fn check_update(definition: &Definition, update: &Update) -> Result<(), Refusal> {
    let written = |name: &str| update.actions.iter().find(|action| action.path().head == name);
    for key in definition.key.attributes() {
        if written(&key.name).is_some() {
            return Err(Refusal::invalid_values(format!(
                "Cannot update attribute {}. This attribute is part of the key",
                key.name
            )));
        }
    }
    for index in definition.indexes_of(true).chain(definition.indexes_of(false)) {
        for key in index.key.attributes() {
            let kind = written(&key.name).filter(|action| !action.path().is_nested()).and_then(given_type);
            if let Some(kind) = kind.filter(|kind| *kind != key.kind) {
                return Err(index_type(key, kind, &index.name));
            }
        }
    }
    let mut paths = Vec::new();
    update.paths(&mut |path| paths.push(path));
    check_key_paths(definition, paths)
}

/// The type that an action gives its attribute, whatever the item.
fn given_type(action: &UpdateAction) -> Option<Type> {
    match action {
        UpdateAction::Add(_, value) | UpdateAction::Delete(_, value) => Some(value.type_of()),
        UpdateAction::Set(_, UpdateSource::Value(value)) => Some(value.type_of()),
        UpdateAction::Set(_, UpdateSource::ListAppend(..)) => Some(Type::L),
        UpdateAction::Set(_, UpdateSource::Plus(..) | UpdateSource::Minus(..)) => Some(Type::N),
        UpdateAction::Set(..) | UpdateAction::Remove(_) => None,
    }
}

/// That no path goes into an attribute of a key.
pub(crate) fn check_key_paths<'p>(
    definition: &Definition,
    paths: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Refusal> {
    let nested: Vec<&Path> = paths.into_iter().filter(|path| path.is_nested()).collect();
    let goes_into = |key: &KeyAttribute| nested.iter().any(|path| path.head == key.name);
    let refuse = |what: &str, key: &KeyAttribute| {
        Err(Refusal::Validation(format!(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {what}: {}",
            key.name
        )))
    };
    if let Some(key) = definition.key.attributes().find(|key| goes_into(key)) {
        return refuse("Key", key);
    }
    let indexes = definition.indexes_of(true).chain(definition.indexes_of(false));
    match indexes.flat_map(|index| index.key.attributes()).find(|key| goes_into(key)) {
        Some(key) => refuse("IndexKey", key),
        None => Ok(()),
    }
}
