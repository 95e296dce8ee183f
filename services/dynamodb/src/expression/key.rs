//! Conditions on keys: what a query looks for.

use super::{Comparator, Condition, Operand};
use crate::attribute::Attribute;

/// What is asked of one attribute of a key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KeyTest {
    Equal(Attribute),
    Less(Attribute),
    LessOrEqual(Attribute),
    Greater(Attribute),
    GreaterOrEqual(Attribute),
    Between(Attribute, Attribute),
    BeginsWith(Attribute),
    /// What no key can be asked.
    Other,
}

impl KeyTest {
    /// The value that it asks for, if it asks for one.
    pub(crate) fn equal(&self) -> Option<&Attribute> {
        if let Self::Equal(value) = self { Some(value) } else { None }
    }

    /// The values that are compared with.
    pub(crate) fn values(&self) -> Vec<&Attribute> {
        match self {
            Self::Other => Vec::new(),
            Self::Between(low, high) => vec![low, high],
            Self::Equal(value)
            | Self::Less(value)
            | Self::LessOrEqual(value)
            | Self::Greater(value)
            | Self::GreaterOrEqual(value)
            | Self::BeginsWith(value) => vec![value],
        }
    }
}

/// What is asked of each attribute, in the order of the request.
pub(crate) type KeyTests = Vec<(String, KeyTest)>;

/// Why a condition is none on keys, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyConditionFault {
    #[error("Invalid operator used in KeyConditionExpression: {0}")]
    Operator(&'static str),
    #[error("KeyConditionExpressions cannot contain nested operations")]
    NestedOperation,
    #[error(
        "Invalid condition in KeyConditionExpression: {0} operator must have the key attribute as its first operand"
    )]
    FirstOperand(&'static str),
    #[error("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")]
    SeveralNames,
    #[error("KeyConditionExpressions cannot have conditions on nested attributes")]
    NestedAttribute,
    #[error("Invalid condition in KeyConditionExpression: No key attribute specified")]
    NoName,
    #[error("KeyConditionExpressions must only contain one condition per key")]
    Twice,
    /// More attributes than a key has that is not a global index's.
    #[error("Conditions can be of length 1 or 2 only")]
    Count,
}

impl Condition {
    /// What the condition asks of one attribute, if it is one that a key can be asked.
    pub(crate) fn key_test(&self) -> Option<(String, KeyTest)> {
        if matches!(self, Self::And(..)) {
            return None;
        }
        let mut tests = KeyTests::new();
        collect(self.clone(), &mut tests).ok()?;
        tests.pop()
    }

    /// What the condition asks of keys; of how many attributes, the key itself must tell.
    pub(crate) fn into_key_tests(self) -> Result<KeyTests, KeyConditionFault> {
        let mut tests = KeyTests::new();
        collect(self, &mut tests)?;
        Ok(tests)
    }
}

fn collect(condition: Condition, tests: &mut KeyTests) -> Result<(), KeyConditionFault> {
    use KeyConditionFault as Fault;
    let (name, test) = match condition {
        Condition::And(a, b) => {
            collect(*a, tests)?;
            return collect(*b, tests);
        }
        Condition::Or(..) => return Err(Fault::Operator("OR")),
        Condition::Not(_) => return Err(Fault::Operator("NOT")),
        Condition::In(..) => return Err(Fault::Operator("IN")),
        Condition::Exists(_) => return Err(Fault::Operator("attribute_exists")),
        Condition::NotExists(_) => return Err(Fault::Operator("attribute_not_exists")),
        Condition::HasType(..) => return Err(Fault::Operator("attribute_type")),
        Condition::Contains(..) => return Err(Fault::Operator("contains")),
        Condition::Size(_) => return Err(Fault::NestedOperation),
        Condition::Compare(comparator, a, b) => compare(comparator, a, b)?,
        Condition::Between(a, low, high) => {
            let name = first("BETWEEN", &a, &[&low, &high])?;
            (name, KeyTest::Between(value(low)?, value(high)?))
        }
        Condition::BeginsWith(a, b) => {
            let name = first("begins_with", &a, &[&b])?;
            (name, KeyTest::BeginsWith(value(b)?))
        }
    };
    if tests.iter().any(|(known, _)| *known == name) {
        return Err(Fault::Twice);
    }
    tests.push((name, test));
    Ok(())
}

/// The attribute that an operator is about, which must be its first operand.
fn first(
    operator: &'static str,
    operand: &Operand,
    others: &[&Operand],
) -> Result<String, KeyConditionFault> {
    if operand.as_path().is_none() {
        return Err(KeyConditionFault::FirstOperand(operator));
    }
    let operands: Vec<&Operand> = std::iter::once(operand).chain(others.iter().copied()).collect();
    only_path(&operands)
}

/// The one attribute among operands.
fn only_path(operands: &[&Operand]) -> Result<String, KeyConditionFault> {
    let mut found = None;
    for operand in operands {
        match operand {
            Operand::Path(_) if found.is_some() => return Err(KeyConditionFault::SeveralNames),
            Operand::Path(path) if path.is_nested() => return Err(KeyConditionFault::NestedAttribute),
            Operand::Path(path) => found = Some(path.head.clone()),
            Operand::Size(_) => return Err(KeyConditionFault::NestedOperation),
            Operand::Value(_) => {}
        }
    }
    found.ok_or(KeyConditionFault::NoName)
}

fn value(operand: Operand) -> Result<Attribute, KeyConditionFault> {
    match operand {
        Operand::Value(value) => Ok(value),
        Operand::Path(_) => Err(KeyConditionFault::SeveralNames),
        Operand::Size(_) => Err(KeyConditionFault::NestedOperation),
    }
}

fn compare(comparator: Comparator, a: Operand, b: Operand) -> Result<(String, KeyTest), KeyConditionFault> {
    if comparator == Comparator::NotEqual {
        return Err(KeyConditionFault::Operator("<>"));
    }
    let name = only_path(&[&a, &b])?;
    let turned = a.as_path().is_none();
    let other = value(if turned { a } else { b })?;
    let test = match (comparator, turned) {
        (Comparator::Less, false) | (Comparator::Greater, true) => KeyTest::Less(other),
        (Comparator::LessOrEqual, false) | (Comparator::GreaterOrEqual, true) => KeyTest::LessOrEqual(other),
        (Comparator::Greater, false) | (Comparator::Less, true) => KeyTest::Greater(other),
        (Comparator::GreaterOrEqual, false) | (Comparator::LessOrEqual, true) => {
            KeyTest::GreaterOrEqual(other)
        }
        (Comparator::Equal | Comparator::NotEqual, _) => KeyTest::Equal(other),
    };
    Ok((name, test))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{attribute::Supplied, expression::Placeholders};

    fn tests(text: &str) -> Result<KeyTests, KeyConditionFault> {
        let values = [":a", ":b"].map(|key| {
            let text = if key == ":a" { "a" } else { "b" };
            (key.to_owned(), Supplied(Ok(Attribute::String(text.into()))))
        });
        let placeholders = Placeholders::new(None, Some(BTreeMap::from(values))).unwrap();
        Condition::parse(text, &placeholders).unwrap().into_key_tests()
    }

    #[test]
    fn keys_are_asked_for() {
        let text = |text: &str| Attribute::String(text.into());
        let got = tests("h = :a AND :b > r").unwrap();
        assert_eq!(got, [("h".into(), KeyTest::Equal(text("a"))), ("r".into(), KeyTest::Less(text("b")))]);
        let got = tests("(h = :a) and (r between :a and :b)").unwrap();
        assert_eq!(got[1].1, KeyTest::Between(text("a"), text("b")));
    }

    #[test]
    fn what_is_no_condition_on_keys_is_refused() {
        use KeyConditionFault as Fault;
        for (text, fault) in [
            ("h = :a OR r = :b", Fault::Operator("OR")),
            ("h <> :a", Fault::Operator("<>")),
            ("h = :a AND contains(r, :a)", Fault::Operator("contains")),
            ("size(h) = :a", Fault::NestedOperation),
            (":a BETWEEN h AND :b", Fault::FirstOperand("BETWEEN")),
            ("h = r", Fault::SeveralNames),
            ("h.x = :a", Fault::NestedAttribute),
            (":a = :b", Fault::NoName),
            ("h = :a AND h > :b", Fault::Twice),
        ] {
            assert_eq!(tests(text), Err(fault), "{text}");
        }
    }
}
