//! The form of a document: which elements stand where, and of what JSON type they are.

use super::Source;
use crate::{
    Kind, PolicyError,
    condition::Operator,
    document::{Member, Node, Value},
};

pub(super) struct RawDocument<'n> {
    pub(super) version: Option<String>,
    pub(super) statements: Vec<RawStatement<'n>>,
}

/// A statement's elements, not yet checked for their values.
pub(super) struct RawStatement<'n> {
    pub(super) node: &'n Node,
    pub(super) sid: Option<&'n str>,
    pub(super) effect: Option<(&'n str, &'n Node)>,
    pub(super) principal: Option<&'n Node>,
    pub(super) not_principal: Option<&'n Node>,
    pub(super) action: Option<Vec<&'n str>>,
    pub(super) not_action: Option<Vec<&'n str>>,
    pub(super) resource: Option<Vec<&'n str>>,
    pub(super) not_resource: Option<Vec<&'n str>>,
    pub(super) conditions: Vec<RawCondition<'n>>,
}

pub(super) struct RawCondition<'n> {
    pub(super) node: &'n Node,
    pub(super) name: &'n str,
    pub(super) operator: Operator,
    pub(super) key: &'n str,
    pub(super) values: Vec<&'n str>,
}

pub(super) fn document<'n>(root: &'n Node, source: &Source<'_>) -> Result<RawDocument<'n>, PolicyError> {
    let mut version = None;
    let mut statements = None;
    for Member { name, node } in object(root, source)? {
        match name.as_str() {
            "Version" => version = Some(self::version(node, source)?),
            "Id" => drop(string(node, source)?),
            "Statement" => statements = Some(statement_list(node, source)?),
            _ => return Err(source.unknown(name, node)),
        }
    }
    match statements {
        Some(statements) => Ok(RawDocument { version, statements }),
        None if source.is_resource() => Err(PolicyError::Missing("Statement")),
        None => Err(source.syntax(root, "a policy needs a Statement")),
    }
}

fn version(node: &Node, source: &Source<'_>) -> Result<String, PolicyError> {
    match string(node, source)? {
        known @ ("2008-10-17" | "2012-10-17") => Ok(known.to_owned()),
        _ if source.is_resource() => Err(PolicyError::UnknownVersion),
        _ => Err(source.syntax(node, "the version is 2012-10-17 or 2008-10-17")),
    }
}

fn statement_list<'n>(node: &'n Node, source: &Source<'_>) -> Result<Vec<RawStatement<'n>>, PolicyError> {
    match &node.value {
        Value::Array(items) if items.is_empty() && source.is_resource() => Err(PolicyError::NoStatement),
        Value::Array(items) if items.is_empty() => Err(source.syntax(node, "there is no statement")),
        Value::Array(items) => items.iter().map(|item| statement(item, source)).collect(),
        _ => Ok(vec![statement(node, source)?]),
    }
}

fn statement<'n>(node: &'n Node, source: &Source<'_>) -> Result<RawStatement<'n>, PolicyError> {
    let mut raw = RawStatement {
        node,
        sid: None,
        effect: None,
        principal: None,
        not_principal: None,
        action: None,
        not_action: None,
        resource: None,
        not_resource: None,
        conditions: Vec::new(),
    };
    for Member { name, node } in object(node, source)? {
        match name.as_str() {
            "Sid" => raw.sid = Some(string(node, source)?),
            "Effect" => raw.effect = Some((effect(node, source)?, node)),
            "Principal" => raw.principal = Some(node),
            "NotPrincipal" => raw.not_principal = Some(node),
            "Action" => raw.action = Some(strings(node, source)?),
            "NotAction" => raw.not_action = Some(strings(node, source)?),
            "Resource" => raw.resource = Some(strings(node, source)?),
            "NotResource" => raw.not_resource = Some(strings(node, source)?),
            "Condition" => raw.conditions = conditions(node, source)?,
            _ => return Err(source.unknown(name, node)),
        }
    }
    exclusive(&raw, source)?;
    Ok(raw)
}

/// An element and its negation exclude each other, and every statement has an effect.
fn exclusive(raw: &RawStatement<'_>, source: &Source<'_>) -> Result<(), PolicyError> {
    let both = (raw.principal.is_some() && raw.not_principal.is_some())
        || (raw.action.is_some() && raw.not_action.is_some())
        || (raw.resource.is_some() && raw.not_resource.is_some());
    if both {
        return Err(source.syntax(raw.node, "an element and its negation exclude each other"));
    }
    match raw.effect {
        Some(_) => Ok(()),
        None if matches!(source.kind, Kind::Resource) => Err(PolicyError::Missing("Effect")),
        None => Err(source.syntax(raw.node, "a statement needs an Effect")),
    }
}

fn effect<'n>(node: &'n Node, source: &Source<'_>) -> Result<&'n str, PolicyError> {
    let text = string(node, source)?;
    let known =
        |effect: &&str| text == *effect || (!source.is_resource() && text.eq_ignore_ascii_case(effect));
    match ["Allow", "Deny"].iter().any(known) {
        true => Ok(text),
        false if source.is_resource() => Err(PolicyError::Effect(text.to_owned())),
        false => Err(source.syntax(node, "an effect is Allow or Deny")),
    }
}

fn conditions<'n>(node: &'n Node, source: &Source<'_>) -> Result<Vec<RawCondition<'n>>, PolicyError> {
    let mut conditions = Vec::new();
    for Member { name, node } in object(node, source)? {
        let unknown = || match source.is_resource() {
            true => PolicyError::ConditionType(name.clone()),
            false => source.syntax(node, format!("{name} is not a condition operator")),
        };
        let operator = Operator::parse(name).ok_or_else(unknown)?;
        for Member { name: key, node } in object(node, source)? {
            let values = scalars(node, source)?;
            conditions.push(RawCondition { node, name, operator, key, values });
        }
    }
    Ok(conditions)
}

pub(super) fn object<'n>(node: &'n Node, source: &Source<'_>) -> Result<&'n [Member], PolicyError> {
    match &node.value {
        Value::Object(members) => Ok(members),
        _ => Err(source.syntax(node, "an object is expected")),
    }
}

fn string<'n>(node: &'n Node, source: &Source<'_>) -> Result<&'n str, PolicyError> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err(source.syntax(node, "a string is expected")),
    }
}

/// A string or a list of strings.
pub(super) fn strings<'n>(node: &'n Node, source: &Source<'_>) -> Result<Vec<&'n str>, PolicyError> {
    match &node.value {
        Value::Array(items) => items.iter().map(|item| string(item, source)).collect(),
        _ => Ok(vec![string(node, source)?]),
    }
}

/// Condition values: strings, numbers and booleans, alone or in a list.
fn scalars<'n>(node: &'n Node, source: &Source<'_>) -> Result<Vec<&'n str>, PolicyError> {
    let scalar = |node: &'n Node| match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text.as_str()),
        Value::Bool(true) => Ok("true"),
        Value::Bool(false) => Ok("false"),
        _ => Err(source.syntax(node, "a string, number or boolean is expected")),
    };
    match &node.value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        _ => Ok(vec![scalar(node)?]),
    }
}
