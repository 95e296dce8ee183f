use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::attribute::{Item, Supplied};

fn number(text: &str) -> Attribute {
    Attribute::Number(text.parse().unwrap())
}

fn strings(all: &[&str]) -> Attribute {
    Attribute::Strings(all.iter().map(|&one| one.to_owned()).collect())
}

fn placeholders() -> Placeholders {
    let values = [
        (":n", number("5")),
        (":s", Attribute::String("s".into())),
        (":l", Attribute::List(vec![number("9")])),
        (":ss", strings(&["b", "c"])),
        (":m", Attribute::Map(Item::new())),
    ]
    .map(|(key, value)| (key.to_owned(), Supplied(Ok(value))));
    Placeholders::new(None, Some(BTreeMap::from(values))).unwrap()
}

fn item() -> Item {
    Item::from([
        ("n".to_owned(), number("1")),
        ("l".to_owned(), Attribute::List(vec![number("0"), number("1"), number("2")])),
        ("m".to_owned(), Attribute::Map(Item::from([("x".to_owned(), number("3"))]))),
        ("ss".to_owned(), strings(&["a", "b"])),
    ])
}

fn applied(text: &str) -> Result<Item, UpdateFault> {
    Update::parse(text, &placeholders()).unwrap().apply(&item())
}

fn at(text: &str, path: &str) -> Attribute {
    applied(text).unwrap().remove(path).unwrap()
}

#[test]
fn values_are_those_before_the_update() {
    let after = applied("SET n = n + :n, a = n, b = if_not_exists(q, n) REMOVE ss").unwrap();
    assert_eq!(after["n"], number("6"));
    assert_eq!((&after["a"], &after["b"]), (&number("1"), &number("1")));
    assert!(!after.contains_key("ss"));
    assert_eq!(at("SET n = :n - n", "n"), number("4"));
    assert_eq!(at("SET n = (n - :n)", "n"), number("-4"));
    assert_eq!(at("SET n = (n) - (:n)", "n"), number("-4"));
}

#[test]
fn lists_grow_and_shrink() {
    let list = |all: &[&str]| Attribute::List(all.iter().map(|one| number(one)).collect());
    assert_eq!(at("SET l = list_append(l, :l)", "l"), list(&["0", "1", "2", "9"]));
    assert_eq!(at("SET q = list_append(if_not_exists(q, :l), :l)", "q"), list(&["9", "9"]));
    assert_eq!(at("SET l[1] = :n, l[7] = n", "l"), list(&["0", "5", "2", "1"]));
    assert_eq!(at("SET l[9] = :n, l[5] = n ADD l[7] :n", "l"), list(&["0", "1", "2", "1", "5", "5"]));
    assert_eq!(at("REMOVE l[0], l[2], l[9]", "l"), list(&["1"]));
}

/// As many members as fit into an item: comparing each with each would take minutes.
#[test]
fn large_sets_are_merged_without_comparing_each_with_each() {
    let all = |numbers: std::ops::Range<u32>| {
        Attribute::Strings(numbers.map(|number| format!("{number:05}")).collect())
    };
    let values = BTreeMap::from([(":ss".to_owned(), Supplied(Ok(all(50_000..100_000))))]);
    let placeholders = Placeholders::new(None, Some(values)).unwrap();
    let item = Item::from([("ss".to_owned(), all(0..75_000))]);
    let after =
        |text| Update::parse(text, &placeholders).unwrap().apply(&item).unwrap().remove("ss").unwrap();
    assert_eq!(after("ADD ss :ss"), all(0..100_000));
    assert_eq!(after("DELETE ss :ss"), all(0..50_000));
}

#[test]
fn sets_and_numbers_are_added_to_and_taken_from() {
    assert_eq!(at("ADD n :n, ss :ss, q :n", "n"), number("6"));
    assert_eq!(at("ADD ss :ss", "ss"), strings(&["a", "b", "c"]));
    assert_eq!(
        at("ADD m.y :n", "m"),
        Attribute::Map(Item::from([("x".into(), number("3")), ("y".into(), number("5"))]))
    );
    assert_eq!(at("DELETE ss :ss", "ss"), strings(&["a"]));
    assert_eq!(applied("DELETE q :ss").unwrap(), item());
}

#[test]
fn what_does_not_fit_the_item_is_refused() {
    for (text, fault) in [
        ("SET a = q", UpdateFault::NoAttribute),
        ("SET n = n + ss", UpdateFault::OperandType),
        ("SET l = list_append(l, n)", UpdateFault::OperandType),
        ("ADD l :n", UpdateFault::OperandType),
        ("DELETE n :ss", UpdateFault::OperandType),
        ("SET q.x = :n", UpdateFault::Path),
        ("SET l.x = :n", UpdateFault::Path),
        ("SET m[0] = :n", UpdateFault::Path),
        ("REMOVE q.x", UpdateFault::Path),
        ("DELETE q.x :ss", UpdateFault::Path),
        ("DELETE n[0] :ss", UpdateFault::Path),
    ] {
        assert_eq!(applied(text), Err(fault), "{text}");
    }
}

#[test]
fn faults_are_named_in_awss_words_and_order() {
    for (text, message) in [
        ("", "The expression can not be empty;"),
        ("SET", "Syntax error; token: \"<EOF>\", near: \"SET\""),
        ("SET a = :n,", "Syntax error; token: \"<EOF>\", near: \",\""),
        ("SET a :n", "Syntax error; token: \":n\", near: \"a :n\""),
        ("SET abort = bogus(a, :q)", "Attribute name is a reserved keyword; reserved keyword: abort"),
        ("SET a = bogus(#q) SET b = :n", "Invalid function name; function: bogus"),
        ("SET a = #q SET b = :n", "The \"SET\" section can only be used once in an update expression;"),
        (
            "SET a = :q, b = #q",
            "An expression attribute name used in the document path is not defined; attribute name: #q",
        ),
        (
            "SET a = :q, a = :n",
            "An expression attribute value used in expression is not defined; attribute value: :q",
        ),
        (
            "SET a = :n ADD a.b :s",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
        ),
        (
            "ADD a :s SET b = list_append(:n)",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        ),
        (
            "DELETE a :n",
            "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
        ),
        (
            "SET a = if_not_exists(b)",
            "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
        ),
        (
            "SET a = if_not_exists(:n, b)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "SET a = b + :s",
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        (
            "SET a = list_append(b, :m)",
            "Incorrect operand type for operator or function; operator or function: list_append, operand type: M",
        ),
    ] {
        let fault = Update::parse(text, &placeholders()).unwrap_err();
        assert_eq!(fault.to_string(), message, "{text}");
    }
}

proptest! {
    #[test]
    fn words_in_any_order_parse_or_fail(words in proptest::collection::vec(
        prop_oneof!["n", "l", "m", ":n", ":l", "=", "SET", "ADD", "REMOVE", "DELETE", "\\+", "-", "\\(", "\\)", ",", "list_append", "\\.", "\\[1\\]"], 0..14)) {
        if let Ok(update) = Update::parse(&words.join(" "), &placeholders()) {
            _ = update.apply(&item());
        }
    }
}
