use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{evaluate::contains, *};
use crate::attribute::{Item, Supplied};

fn text(text: &str) -> Attribute {
    Attribute::String(text.into())
}

fn number(text: &str) -> Attribute {
    Attribute::Number(text.parse().unwrap())
}

fn placeholders() -> Placeholders {
    let names = [("#n", "name"), ("#a", "a")].map(|(key, name)| (key.to_owned(), name.to_owned()));
    let values = [
        (":s", text("abc")),
        (":n", number("5")),
        (":m", number("7")),
        (":b", Attribute::Bool(true)),
        (":t", text("N")),
        (":x", text("X")),
    ]
    .map(|(key, value)| (key.to_owned(), Supplied(Ok(value))));
    Placeholders::new(Some(BTreeMap::from(names)), Some(BTreeMap::from(values))).unwrap()
}

fn fault(text: &str) -> String {
    Condition::parse(text, &placeholders()).unwrap_err().to_string()
}

fn holds(text: &str) -> bool {
    let list = Attribute::List(vec![number("5"), text_set()]);
    let map = Attribute::Map(Item::from([("k".to_owned(), list)]));
    let item = Item::from([
        ("a".to_owned(), number("5")),
        ("s".to_owned(), self::text("abcdef")),
        ("name".to_owned(), self::text("abc")),
        ("m".to_owned(), map),
    ]);
    Condition::parse(text, &placeholders()).unwrap().holds(&item)
}

fn text_set() -> Attribute {
    Attribute::Strings(vec!["abc".into(), "d".into()])
}

#[test]
fn a_condition_has_three_hundred_operators_at_most() {
    for word in ["OR", "AND"] {
        let long = |count: usize| vec!["a = :n"; count].join(&format!(" {word} "));
        assert!(holds(&long(300)));
        let refused = Condition::parse(&long(301), &placeholders()).unwrap_err().to_string();
        assert_eq!(refused, "The expression contains too many operators; operator count: 301");
    }
}

#[test]
fn conditions_hold_as_in_aws() {
    for condition in [
        "a = :n",
        "(a) = (:n)",
        "a <> :m and #n = :s",
        "a BETWEEN :n AND :m",
        "a IN (:m, :n)",
        "NOT a > :n OR gone = :n",
        "gone <> :n",
        "attribute_exists(m.k[1])",
        "attribute_not_exists(m.k[2])",
        "attribute_type(a, :t)",
        "begins_with(s, :s) AND contains(s, :s)",
        "contains(m.k[1], :s) and contains(m.k, :n)",
        "size(s) > :n and size(m.k) < :n",
        "(a = :m OR a = :n) AND (#n = :s)",
        "NOT NOT a = :n",
    ] {
        assert!(holds(condition), "{condition}");
    }
    for condition in ["a < :s", "gone < :n", "attribute_type(gone, :t)", "a = :m OR a = :m AND a = :n"] {
        assert!(!holds(condition), "{condition}");
    }
}

#[test]
fn faults_are_named_in_awss_words_and_order() {
    for (condition, message) in [
        ("", "The expression can not be empty;"),
        ("a =", "Syntax error; token: \"<EOF>\", near: \"=\""),
        ("a = = :n", "Syntax error; token: \"=\", near: \"= = :n\""),
        ("a.:n = :n", "Syntax error; token: \":n\", near: \".:n =\""),
        ("between = :n", "Syntax error; token: \"between\", near: \"between =\""),
        ("((a = :n)) and abort = :n", "The expression has redundant parentheses;"),
        ("((a)) = :n", "The expression has redundant parentheses;"),
        ("bogus(a) and abort = :q", "Invalid function name; function: bogus"),
        (
            "a = contains(a, :s)",
            "The function is not allowed to be used this way in an expression; function: contains",
        ),
        ("size(a)", "The function is not allowed to be used this way in an expression; function: size"),
        ("abort = :q", "Attribute name is a reserved keyword; reserved keyword: abort"),
        (
            "#q = :q",
            "An expression attribute name used in the document path is not defined; attribute name: #q",
        ),
        ("a = :q", "An expression attribute value used in expression is not defined; attribute value: :q"),
        (
            "attribute_exists(a, b)",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
        ),
        (
            "a = #a",
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
        (
            "attribute_exists(:n)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "begins_with(a, :n)",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "attribute_type(a, :x)",
            "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "a between :m and :n",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:7}, upper bound operand: AttributeValue: {N:5}",
        ),
        (
            "a between :s and :n",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:abc}, upper bound operand: AttributeValue: {N:5}",
        ),
    ] {
        assert_eq!(fault(condition), message, "{condition}");
    }
}

/// Values as large as an item can be, for which comparing each part with each would take minutes.
#[test]
fn large_values_are_compared_in_little_more_than_a_look() {
    let set = |numbers: &mut dyn Iterator<Item = u32>| {
        Attribute::Strings(numbers.map(|number| format!("{number:05}")).collect())
    };
    let (up, down) = (set(&mut (0..75_000)), set(&mut (0..75_000).rev()));
    assert!(up.equals(&down) && !up.equals(&set(&mut (1..75_001))));
    let whole = Attribute::Binary(vec![0; 400_000].into());
    let part = |last| Attribute::Binary([vec![0; 200_000], vec![last]].concat().into());
    assert!(contains(&whole, &part(0)) && !contains(&whole, &part(1)));
    assert!(contains(&whole, &Attribute::Binary(Default::default())));
}

#[test]
fn what_nests_without_end_is_refused() {
    let deep = format!("{}a = :n{}", "(NOT ".repeat(600), ")".repeat(600));
    assert!(fault(&deep).starts_with("Syntax error"));
}

proptest! {
    #[test]
    fn any_text_parses_or_fails(text in "[a-b:#n=<>()\\[\\], 0-9.]{0,24}") {
        _ = Condition::parse(&text, &placeholders());
    }

    #[test]
    fn words_in_any_order_parse_or_fail(words in proptest::collection::vec(
        prop_oneof!["a", ":n", "#n", "=", "AND", "OR", "NOT", "IN", "BETWEEN", "size", "\\(", "\\)", ",", "contains"], 0..14)) {
        if let Ok(condition) = Condition::parse(&words.join(" "), &placeholders()) {
            _ = condition.holds(&Item::new());
        }
    }
}
