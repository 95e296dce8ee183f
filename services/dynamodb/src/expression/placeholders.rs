//! What `#names` and `:values` stand for.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Fault, Path, Step, reserved,
    tree::{RawPath, RawStep},
};
use crate::attribute::{Attribute, Invalid, Supplied};

/// What is wrong with a request's placeholders, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceholderFault {
    #[error("ExpressionAttributeNames must not be empty")]
    NoNames,
    #[error("ExpressionAttributeValues must not be empty")]
    NoValues,
    #[error("ExpressionAttributeNames contains invalid key: Syntax error; key: \"{0}\"")]
    NameKey(String),
    #[error("ExpressionAttributeValues contains invalid key: Syntax error; key: \"{0}\"")]
    ValueKey(String),
    #[error("ExpressionAttributeNames contains invalid value: Empty attribute name for key {0}")]
    EmptyName(String),
    #[error("ExpressionAttributeValues contains invalid value: {invalid} for key {key}")]
    Value { key: String, invalid: Invalid },
    #[error("Value provided in ExpressionAttributeNames unused in expressions: keys: {{{0}}}")]
    UnusedNames(String),
    #[error("Value provided in ExpressionAttributeValues unused in expressions: keys: {{{0}}}")]
    UnusedValues(String),
}

/// The placeholders of a request, and which of them its expressions use.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, Attribute>,
    used: RefCell<BTreeSet<String>>,
}

impl Placeholders {
    /// Those that a request supplies.
    pub(crate) fn new(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, Supplied>>,
    ) -> Result<Self, PlaceholderFault> {
        if let Some(names) = &names {
            check_names(names)?;
        }
        let values = values.map(check_values).transpose()?.unwrap_or_default();
        Ok(Self { names: names.unwrap_or_default(), values, used: RefCell::default() })
    }

    /// A placeholder of its own for a name that a statement has.
    pub(crate) fn bind_name(&mut self, name: String) -> String {
        let placeholder = format!("#{}", self.names.len());
        self.names.insert(placeholder.clone(), name);
        placeholder
    }

    /// A placeholder of its own for a value that a statement has.
    pub(crate) fn bind_value(&mut self, value: Attribute) -> String {
        let placeholder = format!(":{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// The attribute name.
    fn name(&self, placeholder: &str) -> Result<&str, Fault> {
        let name = self.names.get(placeholder).ok_or_else(|| Fault::UndefinedName(placeholder.to_owned()))?;
        self.used.borrow_mut().insert(placeholder.to_owned());
        Ok(name)
    }

    /// The value.
    pub(super) fn value(&self, placeholder: &str) -> Result<&Attribute, Fault> {
        let value =
            self.values.get(placeholder).ok_or_else(|| Fault::UndefinedValue(placeholder.to_owned()))?;
        self.used.borrow_mut().insert(placeholder.to_owned());
        Ok(value)
    }

    /// The path with its placeholders replaced.
    pub(super) fn path(&self, raw: &RawPath) -> Result<Path, Fault> {
        let mut steps = raw.0.iter().map(|step| {
            Ok(match step {
                RawStep::Name(name) => Step::Name(name.clone()),
                RawStep::Placeholder(placeholder) => Step::Name(self.name(placeholder)?.to_owned()),
                RawStep::Index(index) => Step::Index(*index),
            })
        });
        let head = match steps.next().transpose()? {
            Some(Step::Name(name)) => name,
            _ => String::new(),
        };
        Ok(Path { head, below: steps.collect::<Result<_, Fault>>()? })
    }

    /// That every placeholder was used.
    pub(crate) fn finish(&self) -> Result<(), PlaceholderFault> {
        let used = self.used.borrow();
        let unused = |keys: Vec<&String>| -> Option<String> {
            let unused: Vec<_> = keys.into_iter().filter(|key| !used.contains(*key)).cloned().collect();
            (!unused.is_empty()).then(|| unused.join(", "))
        };
        match (unused(self.names.keys().collect()), unused(self.values.keys().collect())) {
            (Some(names), _) => Err(PlaceholderFault::UnusedNames(names)),
            (None, Some(values)) => Err(PlaceholderFault::UnusedValues(values)),
            (None, None) => Ok(()),
        }
    }
}

fn check_names(names: &BTreeMap<String, String>) -> Result<(), PlaceholderFault> {
    if names.is_empty() {
        return Err(PlaceholderFault::NoNames);
    }
    if let Some(key) = names.keys().find(|key| !is_placeholder(key, '#')) {
        return Err(PlaceholderFault::NameKey(key.clone()));
    }
    match names.iter().find(|(_, name)| name.is_empty()) {
        Some((key, _)) => Err(PlaceholderFault::EmptyName(key.clone())),
        None => Ok(()),
    }
}

fn check_values(values: BTreeMap<String, Supplied>) -> Result<BTreeMap<String, Attribute>, PlaceholderFault> {
    if values.is_empty() {
        return Err(PlaceholderFault::NoValues);
    }
    if let Some(key) = values.keys().find(|key| !is_placeholder(key, ':')) {
        return Err(PlaceholderFault::ValueKey(key.clone()));
    }
    let checked = values.into_iter().map(|(key, value)| match value.0 {
        Ok(value) => Ok((key, value)),
        Err(invalid) => Err(PlaceholderFault::Value { key, invalid }),
    });
    checked.collect()
}

fn is_placeholder(key: &str, mark: char) -> bool {
    key.strip_prefix(mark).is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// The first reserved word among a path's bare names.
pub(super) fn reserved_in(path: &RawPath) -> Option<Fault> {
    path.0.iter().find_map(|step| match step {
        RawStep::Name(name) if reserved::is_reserved(name) => Some(Fault::Reserved(name.clone())),
        _ => None,
    })
}
