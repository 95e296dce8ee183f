use super::*;
use crate::{Pattern, Secret, common};

static WORD: Pattern = Pattern::new(r"[\w+=,.@-]+");
static NAME: Schema = Schema::new("Name", Kind::String).bounds(Some(1.0), Some(4.0)).pattern(&WORD);
static MODE: Schema = Schema::new("Mode", Kind::String).words(&["ON", "OFF"]);
static COUNT: Schema = Schema::new("Count", Kind::Integer).bounds(Some(1.0), Some(1000.0));
static TAG: Schema =
    Schema::structure("Tag", &[Member::new("Key", &NAME).required(), Member::new("Value", &common::STRING)]);
static TAGS: Schema = Schema::list("Tags", Member::new("member", &TAG)).bounds(None, Some(2.0));
static NAMES: Schema = Schema::list("Names", Member::new("member", &NAME));
static ROLES: Schema = Schema::map("Roles", Member::new("key", &NAME), Member::new("value", &MODE));
static HIDDEN: Schema = Schema::new("Hidden", Kind::String).bounds(Some(8.0), None).sensitive();
static INPUT: Schema = Schema::structure(
    "Input",
    &[
        Member::new("UserName", &NAME).required(),
        Member::new("Tags", &TAGS),
        Member::new("TagKeys", &NAMES),
        Member::new("MaxItems", &COUNT),
        Member::new("Mode", &MODE),
        Member::new("Roles", &ROLES),
        Member::new("Password", &HIDDEN),
    ],
);

fn input(changes: Vec<(usize, Value)>) -> Value {
    let mut values = vec![Value::Null; 7];
    values[0] = text("ann");
    for (at, value) in changes {
        values[at] = value;
    }
    Value::Struct(values.into())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn tag(key: Value) -> Value {
    Value::structure([key, Value::Null])
}

fn message(changes: Vec<(usize, Value)>) -> String {
    violation_message(&validate(&INPUT, &input(changes)))
}

#[test]
fn sound_input_passes() {
    let changes = vec![(1, Value::List(vec![tag(text("a"))])), (3, Value::Int(1)), (4, text("ON"))];
    assert_eq!(validate(&INPUT, &input(changes)), []);
}

#[test]
fn what_aws_words_itself_stands_alone() {
    let rule = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
    let expected = format!("The specified value for userName is invalid. {rule}");
    assert_eq!(message(vec![(0, text("a b"))]), expected);
}

#[test]
fn messages_are_those_of_aws() {
    for (changes, expected) in [
        (
            vec![(0, Value::Null)],
            "Value null at 'userName' failed to satisfy constraint: Member must not be null",
        ),
        (
            vec![(0, text("anna b"))],
            "Value 'anna b' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 4; \
             The specified value for userName is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-",
        ),
        (
            vec![(1, Value::List(vec![tag(text("a")), tag(text(""))]))],
            "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal \
             to 1; The specified value for tags.2.member.key is invalid. It must contain only alphanumeric characters and/or \
             the following: +=,.@_-",
        ),
        (
            vec![(1, Value::List(vec![tag(Value::Null)]))],
            "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
        ),
        (
            vec![(1, Value::List(vec![tag(text("a")); 3]))],
            "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2",
        ),
        (
            vec![(2, Value::List(vec![text("a"), text("")]))],
            "Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have \
             length less than or equal to 4, Member must have length greater than or equal to 1, Member must satisfy \
             regular expression pattern: [\\w+=,.@-]+, Member must not be null]",
        ),
        (
            vec![(3, Value::Int(0))],
            "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            vec![(4, text("on"))],
            "Value 'on' at 'mode' failed to satisfy constraint: Member must satisfy enum value set: [ON, OFF]",
        ),
        (
            vec![(5, Value::Map(vec![("a b".to_owned(), text("ON"))]))],
            "Value '{a b=ON}' at 'roles' failed to satisfy constraint: Map keys must satisfy constraint: [Member must \
             have length less than or equal to 4, Member must have length greater than or equal to 1, Member must \
             satisfy regular expression pattern: [\\w+=,.@-]+]",
        ),
    ] {
        let found = message(changes);
        let (count, sentences) = found.split_once(" detected: ").unwrap();
        assert_eq!(sentences, expected);
        let expected_count =
            expected.matches("failed to satisfy").count() + expected.matches("The specified value").count();
        let plural = if expected_count == 1 { "" } else { "s" };
        assert_eq!(count, format!("{expected_count} validation error{plural}"));
    }
}

#[test]
fn sensitive_values_are_not_shown() {
    let found = message(vec![(6, Value::Secret(Secret::from("hunter2")))]);
    assert!(found.contains("Value at 'password' failed"), "{found}");
    assert!(!found.contains("hunter2"));
}

#[test]
fn violations_name_the_top_member() {
    let found = validate(&INPUT, &input(vec![(1, Value::List(vec![tag(Value::Null)]))]));
    assert_eq!((found[0].member, found[0].missing), ("Tags", true));
}

#[test]
fn lengths_count_characters() {
    let limits = Limits { max: Some(4.0), ..Limits::NONE };
    assert_eq!(text_failures(&limits, "äöüß").count(), 0);
    assert_eq!(text_failures(&limits, "äöüß+").count(), 1);
}

#[test]
fn members_not_honoured_are_found_by_path() {
    let value = input(vec![(1, Value::List(vec![tag(text("a"))])), (4, text("ON"))]);
    assert_eq!(present_members(&INPUT, &value, &["MaxItems", "Tags.Value"]), None);
    assert_eq!(present_members(&INPUT, &value, &["MaxItems", "Mode"]), Some("Mode"));
    assert_eq!(present_members(&INPUT, &value, &["Tags.Key"]), Some("Tags.Key"));
}
