//! Values from XML.

use super::pull::{Element, Pull, malformed};
use crate::{
    Kind, Member, Structure, TimestampFormat, Value, WireError,
    codec::{budget::Budget, text},
};

/// Reads a whole document that stands for this structure, whose root has this name.
pub(crate) fn structure(
    body: &[u8],
    root: &str,
    schema: &Structure,
    budget: Budget,
) -> Result<Value, WireError> {
    whole(body, &[root], budget, |pull, element| members(pull, schema, element))
}

/// Reads a whole document whose root is one of these names.
pub(crate) fn document(
    body: &[u8],
    roots: &[&str],
    root: &Member,
    budget: Budget,
) -> Result<Value, WireError> {
    whole(body, roots, budget, |pull, element| value(pull, root, element))
}

fn whole<'b>(
    body: &'b [u8],
    roots: &[&str],
    budget: Budget,
    read: impl FnOnce(&mut Pull<'b>, &Element<'_>) -> Result<Value, WireError>,
) -> Result<Value, WireError> {
    let mut pull = Pull::new(body, budget)?;
    let element = pull.child()?.ok_or_else(|| malformed("the document is empty"))?;
    if !roots.contains(&element.name()) {
        return Err(malformed("the root element is another one"));
    }
    let value = read(&mut pull, &element)?;
    match pull.child()? {
        None => Ok(value),
        Some(_) => Err(malformed("the document has several roots")),
    }
}

fn value(pull: &mut Pull<'_>, member: &Member, element: &Element<'_>) -> Result<Value, WireError> {
    pull.budget.take(1)?;
    match &member.target().kind {
        Kind::Structure(inner) => members(pull, inner, element),
        Kind::List { item } => list(pull, item),
        Kind::Map { key, value } => map(pull, key, value),
        _ => scalar(pull, member),
    }
}

fn scalar(pull: &mut Pull<'_>, member: &Member) -> Result<Value, WireError> {
    let content = pull.text()?;
    text::parse(member, content, TimestampFormat::Iso8601)
        .ok_or_else(|| malformed("an element has another type"))
}

fn members(pull: &mut Pull<'_>, schema: &Structure, element: &Element<'_>) -> Result<Value, WireError> {
    pull.budget.take(schema.members.len())?;
    let mut values = vec![Value::Null; schema.members.len()];
    attributes(schema, element, &mut values)?;
    while let Some(child) = pull.child()? {
        let (slot, member) = schema
            .members
            .iter()
            .zip(&mut values)
            .find(|(member, _)| is_element_of(member, child.name()))
            .map(|(member, slot)| (slot, member))
            .ok_or_else(|| malformed("an element is not known"))?;
        fill(pull, slot, member, &child)?;
    }
    Ok(Value::Struct(values.into()))
}

fn attributes(schema: &Structure, element: &Element<'_>, values: &mut [Value]) -> Result<(), WireError> {
    for (member, slot) in schema.members.iter().zip(values).filter(|(member, _)| member.xml_attribute) {
        if let Some(content) = element.attribute(member.wire_name)? {
            *slot = text::parse(member, content.into(), TimestampFormat::Iso8601)
                .ok_or_else(|| malformed("an attribute has another type"))?;
        }
    }
    Ok(())
}

/// Whether an element of this name belongs to the member. Items of flattened lists may go by their own name.
fn is_element_of(member: &Member, name: &str) -> bool {
    if member.xml_attribute || !member.is_in_document() {
        return false;
    }
    let local = |wire: &'static str| wire.rsplit(':').next().unwrap_or(wire);
    if local(member.wire_name) == name {
        return true;
    }
    match member.target().kind {
        Kind::List { item } => member.flattened && item.renamed && local(item.wire_name) == name,
        _ => false,
    }
}

fn fill(
    pull: &mut Pull<'_>,
    slot: &mut Value,
    member: &Member,
    child: &Element<'_>,
) -> Result<(), WireError> {
    match &member.target().kind {
        Kind::List { item } if member.flattened => {
            let next = value(pull, item, child)?;
            match slot {
                Value::List(items) => items.push(next),
                _ => *slot = Value::List(vec![next]),
            }
        }
        Kind::Map { key, value } if member.flattened => {
            let next = entry(pull, key, value)?;
            match slot {
                Value::Map(pairs) => pairs.push(next),
                _ => *slot = Value::Map(vec![next]),
            }
        }
        _ if !slot.is_null() => return Err(malformed("an element stands twice")),
        _ => *slot = value(pull, member, child)?,
    }
    Ok(())
}

fn list(pull: &mut Pull<'_>, item: &Member) -> Result<Value, WireError> {
    let mut items = Vec::new();
    while let Some(child) = pull.child()? {
        if child.name() != item.wire_name {
            return Err(malformed("an element is not an item of its list"));
        }
        items.push(value(pull, item, &child)?);
    }
    Ok(Value::List(items))
}

fn map(pull: &mut Pull<'_>, key: &Member, value: &Member) -> Result<Value, WireError> {
    let mut pairs = Vec::new();
    while let Some(child) = pull.child()? {
        if child.name() != "entry" {
            return Err(malformed("an element is not an entry of its map"));
        }
        pairs.push(entry(pull, key, value)?);
    }
    Ok(Value::Map(pairs))
}

fn entry(pull: &mut Pull<'_>, key: &Member, item: &Member) -> Result<(String, Value), WireError> {
    let (mut name, mut content) = (None, None);
    while let Some(child) = pull.child()? {
        if child.name() == key.wire_name && name.is_none() {
            name = Some(pull.text()?.into_owned());
        } else if child.name() == item.wire_name && content.is_none() {
            content = Some(value(pull, item, &child)?);
        } else {
            return Err(malformed("an entry has another element than its key and value"));
        }
    }
    name.zip(content).ok_or_else(|| malformed("an entry lacks its key or value"))
}
