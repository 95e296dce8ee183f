//! The query protocol and EC2's dialect of it: forms in, XML out.

use std::borrow::Cow;

use super::{
    form::{Node, parse_query},
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
    let form = Node::new(query.chain(parse_query(body)?))?;
    let reader = Reader { ec2: protocol == Protocol::Ec2 };
    match operation.input.as_structure() {
        Some(schema) => reader.structure(&form, schema),
        None => Err(WireError::reply("an operation's input must be a structure")),
    }
}

struct Reader {
    ec2: bool,
}

impl Reader {
    fn structure(&self, form: &Node<'_>, schema: &Structure) -> Result<Value, WireError> {
        let values: Result<Vec<_>, _> =
            schema.members.iter().map(|member| self.member(form, member)).collect();
        Ok(Value::Struct(values?.into()))
    }

    fn member(&self, form: &Node<'_>, member: &Member) -> Result<Value, WireError> {
        let node = self.child(form, member).or_else(|| self.by_item(form, member));
        node.map_or(Ok(Value::Null), |node| self.value(node, member))
    }

    /// Items of a flattened list may go by their own name.
    fn by_item<'n, 'a>(&self, form: &'n Node<'a>, member: &Member) -> Option<&'n Node<'a>> {
        match &member.target().kind {
            Kind::List { item } if member.flattened && item.renamed && !self.ec2 => {
                form.child(item.wire_name)
            }
            _ => None,
        }
    }

    fn child<'n, 'a>(&self, form: &'n Node<'a>, member: &Member) -> Option<&'n Node<'a>> {
        if !self.ec2 {
            return form.child(member.wire_name);
        }
        match member.query_name {
            Some(name) => form.child(name),
            None if member.renamed => form.child(&capitalised(member.wire_name)),
            None => form.child(member.name).or_else(|| form.child(&capitalised(member.name))),
        }
    }

    fn value(&self, node: &Node<'_>, member: &Member) -> Result<Value, WireError> {
        match &member.target().kind {
            Kind::Structure(schema) => self.structure(node, schema),
            Kind::List { item } => self.list(node, member, item),
            Kind::Map { key, value } => self.map(node, member, key, value),
            _ => scalar(node, member),
        }
    }

    fn list(&self, node: &Node<'_>, member: &Member, item: &Member) -> Result<Value, WireError> {
        if is_empty(node) {
            return Ok(Value::List(Vec::new()));
        }
        let items = if self.ec2 || member.flattened { Some(node) } else { node.child(item.wire_name) };
        let items = items.ok_or_else(|| unreadable(member))?.numbered()?;
        items.into_iter().map(|node| self.value(node, item)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&self, node: &Node<'_>, member: &Member, key: &Member, item: &Member) -> Result<Value, WireError> {
        if is_empty(node) {
            return Ok(Value::Map(Vec::new()));
        }
        let entries = if member.flattened { Some(node) } else { node.child("entry") };
        let entries = entries.ok_or_else(|| unreadable(member))?.numbered()?;
        let pairs: Result<Vec<_>, WireError> = entries
            .into_iter()
            .map(|entry| {
                let name = entry.child(key.wire_name).and_then(|node| node.value.as_deref());
                let name = name.ok_or_else(|| unreadable(member))?;
                let value =
                    entry.child(item.wire_name).map_or(Ok(Value::Null), |node| self.value(node, item));
                Ok((name.to_owned(), value?))
            })
            .collect();
        pairs.map(Value::Map)
    }
}

/// `Tags=`: how clients say that a list is empty.
fn is_empty(node: &Node<'_>) -> bool {
    node.is_leaf() && node.value.as_deref() == Some("")
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn unreadable(member: &Member) -> WireError {
    WireError::serialization(format!("`{}` is not of its type", member.name))
}

fn scalar(node: &Node<'_>, member: &Member) -> Result<Value, WireError> {
    let content = node.value.as_deref().filter(|_| node.is_leaf()).ok_or_else(|| unreadable(member))?;
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
