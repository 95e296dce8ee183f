use super::*;
use crate::{Context, Values};

/// Whether `{operator: {"k:key": values}}` holds when the key has these values; `None`: the key is missing.
fn holds(operator: &str, values: &[&str], found: Option<Values>) -> bool {
    let mut context = Context::new();
    context.set("aws:username", "bob");
    context.set("aws:Flag", "true");
    if let Some(found) = found {
        context.set("K:KEY", found);
    }
    condition(operator, values).expect("valid").holds(&context)
}

fn condition(operator: &str, values: &[&str]) -> Option<Condition> {
    let values: Box<[Box<str>]> = values.iter().map(|&value| value.into()).collect();
    let parsed = Operator::parse(operator)?;
    let test = Test::new(parsed, &values, true)?;
    Some(Condition { name: operator.into(), operator: parsed, key: "k:key".into(), values, test })
}

fn one(text: &str) -> Option<Values> {
    Some(text.into())
}

fn many(texts: &[&str]) -> Option<Values> {
    Some(texts.into())
}

/// For each row: the operator matches the first value against the policy's, and not the second. The negated
/// operator, where there is one, is the reverse.
#[test]
fn every_operator_matches_and_mismatches() {
    for (operator, negated, expected, matching, other) in [
        ("StringEquals", Some("StringNotEquals"), "a*", "a*", "ab"),
        ("StringEquals", Some("StringNotEquals"), "Bob", "Bob", "bob"),
        ("StringEqualsIgnoreCase", Some("StringNotEqualsIgnoreCase"), "Größe", "GRÖßE", "grosse"),
        ("StringLike", Some("StringNotLike"), "home/${aws:username}/?*", "home/bob/x", "home/bob/"),
        ("StringLike", Some("StringNotLike"), "A*", "Ab", "ab"),
        ("NumericEquals", Some("NumericNotEquals"), "10", "10.0", "11"),
        ("NumericLessThan", None, "10", "9.99", "10"),
        ("NumericLessThanEquals", None, "10", "10", "10.01"),
        ("NumericGreaterThan", None, "-1", "0", "-1"),
        ("NumericGreaterThanEquals", None, "10", "10", "9"),
        ("DateEquals", Some("DateNotEquals"), "2020-01-01T00:00:00Z", "1577836800", "1577836801"),
        ("DateLessThan", None, "2020-01-01", "2019-12-31T23:59:59Z", "2020-01-01T00:00:00Z"),
        ("DateLessThanEquals", None, "2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"),
        ("DateGreaterThan", None, "1577836800", "2020-01-01T00:00:01Z", "2020-01-01T01:00:00+01:00"),
        ("DateGreaterThanEquals", None, "2020-01-01", "2020-01-01T00:00:00Z", "2019-12-31T23:59:59.9Z"),
        ("Bool", None, "True", "true", "false"),
        ("Bool", None, "${aws:Flag}", "true", "false"),
        ("BinaryEquals", None, "QmluYXJ5", "QmluYXJ5", "QmluYXJ6"),
        ("IpAddress", Some("NotIpAddress"), "203.0.113.0/24", "203.0.113.7", "203.0.114.7"),
        ("IpAddress", Some("NotIpAddress"), "2001:DB8::/32", "2001:db8::1", "2001:db9::1"),
        ("ArnLike", Some("ArnNotLike"), "arn:aws:sns:*:1:t*", "arn:aws:sns:r:1:tx", "arn:aws:sns:r:2:tx"),
        ("ArnEquals", Some("ArnNotEquals"), "arn:aws:sns:*:1:t", "arn:aws:sns:r:1:t", "arn:aws:sns:r:x:1:t"),
    ] {
        assert!(holds(operator, &[expected], one(matching)), "{operator} {expected} {matching}");
        assert!(!holds(operator, &[expected], one(other)), "{operator} {expected} {other}");
        let Some(negated) = negated else { continue };
        assert!(!holds(negated, &[expected], one(matching)), "{negated} {expected} {matching}");
        assert!(holds(negated, &[expected], one(other)), "{negated} {expected} {other}");
    }
}

#[test]
fn several_values_are_either_or_and_negated_neither_nor() {
    assert!(holds("StringEquals", &["a", "b"], one("b")));
    assert!(!holds("StringEquals", &["a", "b"], one("c")));
    assert!(!holds("StringNotEquals", &["a", "b"], one("b")));
    assert!(holds("StringNotEquals", &["a", "b"], one("c")));
    assert!(!holds("StringEquals", &[], one("a")));
    assert!(holds("StringNotEquals", &[], one("a")));
}

#[test]
fn a_missing_key_fails_positive_operators_and_meets_negated_ones() {
    for missing in [None, many(&[])] {
        for operator in
            ["StringEquals", "StringLike", "Bool", "IpAddress", "NumericLessThan", "ArnLike", "DateEquals"]
        {
            let value = if operator == "IpAddress" { "10.0.0.0/8" } else { "1" };
            let value = if operator == "Bool" { "false" } else { value };
            assert!(!holds(operator, &[value], missing.clone()), "{operator}");
            assert!(holds(&format!("{operator}IfExists"), &[value], missing.clone()), "{operator}IfExists");
        }
        for operator in
            ["StringNotEquals", "StringNotLike", "NumericNotEquals", "ArnNotLike", "DateNotEquals"]
        {
            assert!(holds(operator, &["1"], missing.clone()), "{operator}");
            assert!(holds(&format!("{operator}IfExists"), &["1"], missing.clone()), "{operator}IfExists");
        }
        assert!(holds("NotIpAddress", &["10.0.0.0/8"], missing.clone()));
    }
}

#[test]
fn if_exists_still_tests_a_key_that_exists() {
    assert!(!holds("StringEqualsIfExists", &["a"], one("b")));
    assert!(!holds("StringNotEqualsIfExists", &["a"], one("a")));
    assert!(!holds("BoolIfExists", &["true"], one("false")));
}

#[test]
fn set_operators_look_at_each_value() {
    let set = |operator: &str, found: &[&str]| holds(operator, &["a", "b"], many(found));
    for (operator, all, some, none) in [
        ("ForAllValues:StringEquals", true, false, false),
        ("ForAnyValue:StringEquals", true, true, false),
        ("ForAllValues:StringNotEquals", false, false, true),
        ("ForAnyValue:StringNotEquals", false, true, true),
    ] {
        assert_eq!(set(operator, &["a", "b"]), all, "{operator}: all");
        assert_eq!(set(operator, &["a", "c"]), some, "{operator}: some");
        assert_eq!(set(operator, &["c", "d"]), none, "{operator}: none");
    }
}

#[test]
fn set_operators_on_nothing_ignore_negation_and_if_exists() {
    for nothing in [None, many(&[]), many(&[""]), one("")] {
        for suffix in ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists"] {
            assert!(holds(&format!("ForAllValues:{suffix}"), &["a"], nothing.clone()), "{suffix}");
            assert!(!holds(&format!("ForAnyValue:{suffix}"), &["a"], nothing.clone()), "{suffix}");
        }
    }
}

#[test]
fn operators_without_a_set_match_any_value_of_a_multivalued_key() {
    assert!(holds("StringEquals", &["a"], many(&["x", "a"])));
    assert!(!holds("StringNotEquals", &["a"], many(&["x", "a"])));
    assert!(holds("StringNotEquals", &["a"], many(&["x", "y"])));
}

#[test]
fn null_asks_for_absence() {
    assert!(holds("Null", &["true"], None));
    assert!(holds("Null", &["true"], many(&[])));
    assert!(!holds("Null", &["true"], one("x")));
    assert!(holds("Null", &["false"], one("")));
    assert!(!holds("Null", &["false"], None));
    assert!(holds("Null", &["true", "false"], None));
}

#[test]
fn variables_without_a_value_match_nothing() {
    assert!(!holds("StringEquals", &["${aws:missing}"], one("")));
    assert!(holds("StringNotEquals", &["${aws:missing}"], one("x")));
    assert!(!holds("StringLike", &["*${aws:missing}*"], one("x")));
    assert!(holds("StringEquals", &["${aws:missing, 'x'}"], one("x")));
    assert!(!holds("StringEqualsIgnoreCase", &["${aws:missing}"], one("")));
    assert!(!holds("Bool", &["${aws:missing}"], one("false")));
    assert!(!holds("ArnNotLike", &["${k:key}"], one("arn:aws:iam::1:user/x")));
}

#[test]
fn values_of_the_wrong_type_never_match() {
    for (operator, value) in [
        ("NumericEquals", "1"),
        ("NumericGreaterThan", "0"),
        ("DateGreaterThan", "1970-01-01"),
        ("Bool", "true"),
        ("IpAddress", "0.0.0.0/0"),
        ("BinaryEquals", "QQ=="),
        ("ArnLike", "*"),
    ] {
        assert!(!holds(operator, &[value], one("~")), "{operator}");
    }
    assert!(holds("NumericNotEquals", &["1"], one("~")));
    assert!(holds("NotIpAddress", &["0.0.0.0/0"], one("~")));
}

#[test]
fn policies_with_values_of_the_wrong_type_do_not_compile() {
    for (operator, value) in [
        ("NumericLessThan", "ten"),
        ("DateLessThan", "soon"),
        ("DateLessThan", "2020-01-*"),
        ("Bool", "yes"),
        ("Null", "maybe"),
        ("IpAddress", "300.0.0.0/8"),
        ("IpAddress", "${aws:SourceIp}"),
        ("BinaryEquals", "%"),
    ] {
        assert!(condition(operator, &[value]).is_none(), "{operator} {value}");
    }
}

#[test]
fn only_known_operators_are_operators() {
    for name in ["stringequals", "ForAllValues:Bool", "foranyvalue:StringLikeIfExists", "ForAnyValue:Null"] {
        assert!(Operator::parse(name).is_some(), "{name}");
    }
    for name in [
        "",
        "StringMatches",
        "NullIfExists",
        "IfExists",
        "ForAllValues:",
        "ForSomeValues:StringEquals",
        "ForAllValues:ForAnyValue:StringEquals",
        "StringEqualsIfExistsIfExists",
        "BoolNotEquals",
        "BinaryNotEquals",
        " StringEquals",
    ] {
        assert!(Operator::parse(name).is_none(), "{name}");
    }
}
