//! The query protocol and EC2's dialect of it: forms in, XML out.

use std::borrow::Cow;

use super::{
    budget::Budget,
    form::{Form, Node, parse_query},
    reply::Reply,
    text::{self, Style},
    xml::Writer,
};
use crate::{
    Encoded, Kind, Member, OperationSchema, Protocol, ReplyContext, RequestParts, Schema, ServiceSchema,
    Structure, TimestampFormat, Value, WireError,
};

/// Reads the input from the body's form and the query.
pub(super) fn decode(
    protocol: Protocol,
    operation: &OperationSchema,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    let body = std::str::from_utf8(&parts.body)
        .map_err(|_| WireError::MalformedQueryString("the body is not UTF-8".into()))?;
    let query = parts.query.iter().map(|(name, value)| (Cow::Borrowed(&**name), Cow::Borrowed(&**value)));
    let form = Form::new(query.chain(parse_query(body)?))?;
    let mut reader = Reader { ec2: protocol == Protocol::Ec2, budget: Budget::new(operation) };
    match operation.input.as_structure() {
        Some(schema) => reader.structure(form.root(), schema),
        None => Err(WireError::reply("an operation's input must be a structure")),
    }
}

struct Reader {
    ec2: bool,
    budget: Budget,
}

impl Reader {
    fn structure(&mut self, form: Node<'_, '_>, schema: &Structure) -> Result<Value, WireError> {
        self.budget.take(schema.members.len())?;
        let values: Result<Vec<_>, _> =
            schema.members.iter().map(|member| self.member(form, member)).collect();
        Ok(Value::Struct(values?.into()))
    }

    fn member(&mut self, form: Node<'_, '_>, member: &Member) -> Result<Value, WireError> {
        let node = self.child(form, member).or_else(|| self.by_item(form, member));
        node.map_or(Ok(Value::Null), |node| self.value(node, member))
    }

    /// Items of a flattened list may go by their own name.
    fn by_item<'f, 'a>(&self, form: Node<'f, 'a>, member: &Member) -> Option<Node<'f, 'a>> {
        match &member.target().kind {
            Kind::List { item } if member.flattened && item.renamed && !self.ec2 => {
                form.child(item.wire_name)
            }
            _ => None,
        }
    }

    fn child<'f, 'a>(&self, form: Node<'f, 'a>, member: &Member) -> Option<Node<'f, 'a>> {
        if !self.ec2 {
            return form.child(member.wire_name);
        }
        match member.query_name {
            Some(name) => form.child(name),
            None if member.renamed => form.child(&capitalised(member.wire_name)),
            None => form.child(member.name).or_else(|| form.child(&capitalised(member.name))),
        }
    }

    fn value(&mut self, node: Node<'_, '_>, member: &Member) -> Result<Value, WireError> {
        match &member.target().kind {
            Kind::Structure(schema) => self.structure(node, schema),
            Kind::List { item } => self.list(node, member, item),
            Kind::Map { key, value } => self.map(node, member, key, value),
            _ => scalar(node, member),
        }
    }

    fn list(&mut self, node: Node<'_, '_>, member: &Member, item: &Member) -> Result<Value, WireError> {
        if is_empty(node) {
            return Ok(Value::List(Vec::new()));
        }
        let items = if self.ec2 || member.flattened { Some(node) } else { node.child(item.wire_name) };
        let items = items.ok_or_else(|| unreadable(member))?.numbered()?;
        items.into_iter().map(|node| self.value(node, item)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(
        &mut self,
        node: Node<'_, '_>,
        member: &Member,
        key: &Member,
        item: &Member,
    ) -> Result<Value, WireError> {
        if is_empty(node) {
            return Ok(Value::Map(Vec::new()));
        }
        let entries = if member.flattened { Some(node) } else { node.child("entry") };
        let entries = entries.ok_or_else(|| unreadable(member))?.numbered()?;
        let mut pairs = Vec::with_capacity(entries.len());
        for entry in entries {
            let name = entry.child(key.wire_name).and_then(|node| node.value);
            let name = name.ok_or_else(|| unreadable(member))?;
            let value = match entry.child(item.wire_name) {
                Some(node) => self.value(node, item)?,
                None => Value::Null,
            };
            pairs.push((name.to_owned(), value));
        }
        Ok(Value::Map(pairs))
    }
}

/// `Tags=`: how clients say that a list is empty.
fn is_empty(node: Node<'_, '_>) -> bool {
    node.is_leaf() && node.value == Some("")
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn unreadable(member: &Member) -> WireError {
    WireError::serialization(format!("`{}` is not of its type", member.name))
}

fn scalar(node: Node<'_, '_>, member: &Member) -> Result<Value, WireError> {
    let content = node.value.filter(|_| node.is_leaf()).ok_or_else(|| unreadable(member))?;
    text::parse(member, Cow::Borrowed(content), TimestampFormat::Iso8601).ok_or_else(|| unreadable(member))
}

const STYLE: Style = Style { format: TimestampFormat::Iso8601, millis: false };
const EC2_STYLE: Style = Style { format: TimestampFormat::Iso8601, millis: true };

/// Writes a reply of the query protocol.
pub(super) fn encode(
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let mut xml = Writer::new(STYLE, false);
    let root = format!("{}Response", operation.name);
    xml.open(&root, service.xml_namespace);
    if let Some(wrapper) = operation.result_wrapper {
        xml.open(wrapper, None);
        members(&mut xml, operation.output, output)?;
        xml.close(wrapper);
    }
    xml.open("ResponseMetadata", None);
    xml.element("RequestId", context.request_id);
    xml.close("ResponseMetadata");
    xml.close(&root);
    Ok(Reply::new(service, 200, context).body("text/xml", xml.finish()))
}

/// Writes a reply of EC2.
pub(super) fn encode_ec2(
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let mut xml = Writer::new(EC2_STYLE, true);
    let root = format!("{}Response", operation.name);
    xml.open(&root, service.xml_namespace);
    xml.element("requestId", context.request_id);
    members(&mut xml, operation.output, output)?;
    xml.close(&root);
    Ok(Reply::new(service, 200, context).body("text/xml;charset=UTF-8", xml.finish()))
}

fn members(xml: &mut Writer, schema: &Schema, value: &Value) -> Result<(), WireError> {
    match schema.as_structure() {
        Some(schema) => xml.members(schema, value),
        None => Err(WireError::reply("an operation's output must be a structure")),
    }
}
