use std::{cmp::Ordering, collections::BTreeMap};

use crate::{
    Error,
    attribute::{Attribute, Supplied, Type},
    error::invalid_values,
    expression::{Comparator, Condition, KeyConditionFault, KeyTest, KeyTests, Operand, Path},
    model::{self, ComparisonOperator as Op, ConditionalOperator, ExpectedAttributeValue},
};

/// The condition that `Expected` says.
pub(crate) fn expected(
    all: Option<BTreeMap<String, ExpectedAttributeValue>>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, Error> {
    let several = check_operator("Expected", all.as_ref().map(BTreeMap::len), operator)?;
    let Some(all) = all else { return Ok(None) };
    let each = all.into_iter().map(|(name, expected)| one_expected(name, expected));
    Ok(joined(each.collect::<Result<_, _>>()?, several))
}

/// The condition that `QueryFilter` or `ScanFilter` says.
pub(crate) fn filter(
    parameter: &'static str,
    all: Option<BTreeMap<String, model::Condition>>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, Error> {
    let several = check_operator(parameter, all.as_ref().map(BTreeMap::len), operator)?;
    let Some(all) = all else { return Ok(None) };
    let each = all.into_iter().map(|(name, condition)| {
        let values = values(condition.attribute_value_list)?;
        check(condition.comparison_operator, &values)?;
        Ok(meaning(Path::top(name), condition.comparison_operator, values))
    });
    Ok(joined(each.collect::<Result<_, Error>>()?, several))
}

fn check_operator(
    parameter: &str,
    count: Option<usize>,
    operator: Option<ConditionalOperator>,
) -> Result<ConditionalOperator, Error> {
    match (operator, count) {
        (Some(_), None) => Err(Error::Validation(format!(
            "ConditionalOperator cannot be used without Filter or Expected: {parameter} is null"
        ))),
        (operator, _) => Ok(operator.unwrap_or(ConditionalOperator::And)),
    }
}

fn joined(all: Vec<Condition>, operator: ConditionalOperator) -> Option<Condition> {
    all.into_iter().reduce(|a, b| match operator {
        ConditionalOperator::And => Condition::And(Box::new(a), Box::new(b)),
        ConditionalOperator::Or => Condition::Or(Box::new(a), Box::new(b)),
    })
}

fn values(list: Option<Vec<Supplied>>) -> Result<Vec<Attribute>, Error> {
    list.unwrap_or_default().into_iter().map(|value| Ok(value.0?)).collect()
}

fn one_expected(name: String, expected: ExpectedAttributeValue) -> Result<Condition, Error> {
    let ExpectedAttributeValue { value, exists, comparison_operator, attribute_value_list: list } = expected;
    if list.is_some() && value.is_some() {
        return Err(invalid_values(format!(
            "Value and AttributeValueList cannot be used together for Attribute: {name}"
        )));
    }
    let Some(operator) = comparison_operator else { return existence(name, value, exists, list.is_some()) };
    if exists.is_some() {
        return Err(invalid_values(format!(
            "Exists and ComparisonOperator cannot be used together for Attribute: {name}"
        )));
    }
    if !matches!(operator, Op::Null | Op::NotNull) && list.is_none() && value.is_none() {
        return Err(invalid_values(format!(
            "Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: {name}"
        )));
    }
    let values = values(list.or_else(|| value.map(|value| vec![value])))?;
    check_expected(operator, &values)?;
    Ok(meaning(Path::top(name), operator, values))
}

fn existence(
    name: String,
    value: Option<Supplied>,
    exists: Option<bool>,
    has_list: bool,
) -> Result<Condition, Error> {
    if has_list {
        return Err(invalid_values(format!(
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}"
        )));
    }
    match (value, exists) {
        (None, Some(false)) => Ok(Condition::NotExists(Path::top(name))),
        (Some(_), Some(false)) => {
            Err(invalid_values(format!("Value cannot be used when Exists is false for Attribute: {name}")))
        }
        (Some(value), _) => Ok(meaning(Path::top(name), Op::Eq, vec![value.0?])),
        (None, exists) => {
            let exists = exists.map_or("null".to_owned(), |exists| exists.to_string());
            Err(invalid_values(format!(
                "Value must be provided when Exists is {exists} for Attribute: {name}"
            )))
        }
    }
}

/// How many values an operator takes.
fn takes(operator: Op, count: usize) -> bool {
    match operator {
        Op::Null | Op::NotNull => count == 0,
        Op::Between => count == 2,
        Op::In => count > 0,
        _ => count == 1,
    }
}

fn check_expected(operator: Op, values: &[Attribute]) -> Result<(), Error> {
    check_count(operator, values)?;
    check_same_type(values)?;
    check_bounds(operator, values)
}

fn check(operator: Op, values: &[Attribute]) -> Result<(), Error> {
    check_count(operator, values)?;
    check_same_type(values)?;
    let fits = |kind: Type| match operator {
        Op::Null | Op::NotNull => true,
        Op::Eq | Op::Ne => true,
        Op::BeginsWith => matches!(kind, Type::S | Type::B),
        Op::Contains | Op::NotContains => {
            matches!(kind, Type::S | Type::N | Type::B | Type::BOOL | Type::NULL)
        }
        _ => matches!(kind, Type::S | Type::N | Type::B),
    };
    if let Some(kind) = values.iter().map(Attribute::type_of).find(|kind| !fits(*kind)) {
        let kind = kind.name();
        return Err(invalid_values(format!(
            "ComparisonOperator {operator} is not valid for {kind} AttributeValue type"
        )));
    }
    check_bounds(operator, values)
}

fn check_count(operator: Op, values: &[Attribute]) -> Result<(), Error> {
    if takes(operator, values.len()) {
        return Ok(());
    }
    Err(invalid_values(format!("Invalid number of argument(s) for the {operator} ComparisonOperator")))
}

fn check_same_type(values: &[Attribute]) -> Result<(), Error> {
    let first = values.first().map(Attribute::type_of);
    if values.iter().any(|value| Some(value.type_of()) != first) {
        return Err(invalid_values("AttributeValues inside AttributeValueList must be of same type"));
    }
    Ok(())
}

fn check_bounds(operator: Op, values: &[Attribute]) -> Result<(), Error> {
    match values {
        [low, high] if operator == Op::Between && low.order(high) == Some(Ordering::Greater) => {
            Err(Error::validation(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
            ))
        }
        _ => Ok(()),
    }
}

/// What an operator on an attribute means; the number of values was checked.
fn meaning(path: Path, operator: Op, values: Vec<Attribute>) -> Condition {
    let attribute = Operand::Path(path.clone());
    let mut values = values.into_iter().map(Operand::Value);
    let mut next = || values.next().unwrap_or(Operand::Value(Attribute::Null));
    let compare = |comparator, value| Condition::Compare(comparator, attribute.clone(), value);
    match operator {
        Op::Eq => compare(Comparator::Equal, next()),
        Op::Ne => compare(Comparator::NotEqual, next()),
        Op::Le => compare(Comparator::LessOrEqual, next()),
        Op::Lt => compare(Comparator::Less, next()),
        Op::Ge => compare(Comparator::GreaterOrEqual, next()),
        Op::Gt => compare(Comparator::Greater, next()),
        Op::NotNull => Condition::Exists(path),
        Op::Null => Condition::NotExists(path),
        Op::Contains => Condition::Contains(attribute, next()),
        Op::NotContains => Condition::Not(Box::new(Condition::Contains(attribute, next()))),
        Op::BeginsWith => Condition::BeginsWith(attribute, next()),
        Op::Between => {
            let (low, high) = (next(), next());
            Condition::Between(attribute, low, high)
        }
        Op::In => Condition::In(attribute, values.collect()),
    }
}

/// What `KeyConditions` asks of keys.
pub(crate) fn key_conditions(all: BTreeMap<String, model::Condition>) -> Result<KeyTests, Error> {
    let mut tests = KeyTests::new();
    for (name, condition) in all {
        let (operator, values) = (condition.comparison_operator, values(condition.attribute_value_list)?);
        check(operator, &values)?;
        tests.push((name, key_test(operator, values)));
    }
    if tests.is_empty() {
        return Err(Error::Validation(KeyConditionFault::Count.to_string()));
    }
    Ok(tests)
}

fn key_test(operator: Op, values: Vec<Attribute>) -> KeyTest {
    let mut values = values.into_iter();
    match (operator, values.next(), values.next()) {
        (Op::Eq, Some(value), _) => KeyTest::Equal(value),
        (Op::Lt, Some(value), _) => KeyTest::Less(value),
        (Op::Le, Some(value), _) => KeyTest::LessOrEqual(value),
        (Op::Gt, Some(value), _) => KeyTest::Greater(value),
        (Op::Ge, Some(value), _) => KeyTest::GreaterOrEqual(value),
        (Op::BeginsWith, Some(value), _) => KeyTest::BeginsWith(value),
        (Op::Between, Some(low), Some(high)) => KeyTest::Between(low, high),
        _ => KeyTest::Other,
    }
}
