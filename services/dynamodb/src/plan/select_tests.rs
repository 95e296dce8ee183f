use proptest::prelude::*;

use super::*;
use crate::{
    attribute::Type,
    layout::{Shelf, indexed},
    partiql::Statement,
};

const NAMES: [&str; 5] = ["a", "b", "x", "y", "v"];
const VALUES: [&str; 3] = ["1", "2", "3"];

fn schema(several: bool) -> KeySchema {
    let key = |name: &str| KeyAttribute { name: name.into(), kind: Type::S };
    let one = KeySchema::new(key("a"), Some(key("x")));
    if !several {
        return one;
    }
    KeySchema { more_hash: vec![key("b")], more_range: vec![key("y")], ..one }
}

fn asked(condition: &str) -> partiql::Select {
    match Statement::parse(&format!("SELECT * FROM table1 WHERE {condition}"), None).unwrap() {
        Statement::Select(select) => select,
        other => panic!("{other:?}"),
    }
}

/// The parts that a statement with this condition reads; `None` where it reads everything, or is refused.
fn parts_of(condition: &Condition, schema: &KeySchema) -> Option<Vec<Part>> {
    let found = branches(condition, schema).filter(|found| found.len() <= READS)?;
    check_types(&found, schema).unwrap();
    apart(found, Shelf::Index(1), has_several(schema)).ok()
}

/// Every item that values can make.
fn items() -> Vec<Item> {
    let grown = |items: Vec<Item>, name: &&str| {
        let each = items.into_iter().flat_map(|item| {
            VALUES.map(|value| {
                let mut item = item.clone();
                item.insert((*name).to_owned(), Attribute::String(value.to_owned()));
                item
            })
        });
        each.collect()
    };
    NAMES.iter().fold(vec![Item::new()], grown)
}

fn is_in(part: &Part, key: &[u8]) -> bool {
    let range = &part.range;
    key.starts_with(&range.within)
        && range.from.as_ref().is_none_or(|from| key >= &from[..])
        && range.before.as_ref().is_none_or(|before| key < &before[..])
}

fn leaf() -> impl Strategy<Value = String> {
    let name = prop::sample::select(&NAMES[..]);
    let value = prop::sample::select(&VALUES[..]);
    let operator = prop::sample::select(&["=", "=", "=", "<", ">=", "<>"][..]);
    prop_oneof![
        (name.clone(), operator, value.clone())
            .prop_map(|(name, is, value)| format!("{name} {is} '{value}'")),
        (name.clone(), value.clone(), value.clone())
            .prop_map(|(name, one, other)| format!("{name} IN ['{one}', '{other}']")),
        (name.clone(), value.clone()).prop_map(|(name, low)| format!("{name} BETWEEN '{low}' AND '3'")),
        (name, value).prop_map(|(name, value)| format!("begins_with({name}, '{value}')")),
    ]
}

fn conditions() -> impl Strategy<Value = String> {
    const BEFORE: [&str; 3] =
        ["", "a = '1' AND b IN ['1', '3'] AND ", "b = '2' AND (a = '1' OR a = '2') AND "];
    (prop::sample::select(&BEFORE[..]), any_condition())
        .prop_map(|(before, condition)| format!("{before}({condition})"))
}

fn any_condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 12, 2, |inner| {
        let joined = prop_oneof![Just("AND"), Just("AND"), Just("OR")];
        prop_oneof![
            4 => (inner.clone(), joined, inner.clone()).prop_map(|(a, join, b)| format!("({a}) {join} ({b})")),
            1 => inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    })
}

proptest! {
    /// What is read has every item that the condition lets through, and none twice.
    #[test]
    fn parts_have_all_that_is_asked_for_once(text in conditions(), several: bool) {
        let (schema, condition) = (schema(several), asked(&text).condition.unwrap());
        let Some(parts) = parts_of(&condition, &schema) else { return Ok(()) };
        let table = KeySchema::new(KeyAttribute { name: "v".into(), kind: Type::S }, None);
        for item in items() {
            let key = indexed(1, &schema, &table, &item).unwrap();
            let found = parts.iter().filter(|part| is_in(part, &key)).count();
            prop_assert!(found <= 1, "{} reads {:?} twice", text, item);
            prop_assert!(found == 1 || !condition.holds(&item), "{} does not read {:?}", text, item);
            for part in parts.iter().filter(|part| is_in(part, &key)) {
                let named = schema.hashes().zip(&part.partition);
                prop_assert!(named.into_iter().all(|(key, value)| item[&key.name].equals(value)));
            }
        }
    }
}

fn partitions(text: &str) -> Option<usize> {
    branches(&asked(text).condition.unwrap(), &schema(true)).map(|found| found.len())
}

#[test]
fn only_conditions_on_all_attributes_of_a_partition_key_name_partitions() {
    for (text, expected) in [
        ("a = '1'", None),
        ("a = '1' AND x = '2'", None),
        ("a = '1' AND b > '1'", None),
        ("a = '1' AND (b = '1' OR v = '2')", None),
        ("a = '1' AND NOT (b = '1')", None),
        ("a = '1' AND b = '2'", Some(1)),
        ("v = '3' AND b = '2' AND y = '1' AND a = '1'", Some(1)),
        ("a = '1' AND b IN ['1', '2']", Some(2)),
        ("(a = '1' OR a = '2') AND (b = '1' OR b = '2')", Some(4)),
        ("(a = '1' AND b = '1') OR (a = '2' AND b = '2')", Some(2)),
        ("a = '1' AND a = '2' AND b = '1'", Some(1)),
    ] {
        assert_eq!(partitions(text), expected, "{text}");
    }
}

#[test]
fn what_is_too_much_stays_too_much() {
    let many: Vec<String> = (0..60).map(|at| format!("'{at}'")).collect();
    let same: Vec<String> = (0..60).map(|at| format!("(a = '1' AND v = '{at}')")).collect();
    for text in [
        format!("a IN [{}] AND b = '1'", many.join(", ")),
        format!("b = '1' AND ({})", same.join(" OR ")),
        format!("({}) AND b = '1'", same.join(" OR ")),
    ] {
        assert!(partitions(&text).unwrap() > READS, "{text}");
    }
}
