//! Our reader against a general one: whatever ours takes, the other takes with the same meaning; what the
//! other takes, ours takes unless a name appears twice or it nests too deep.

use proptest::prelude::*;

use super::{Node, Value, read};

fn same(node: &Node, json: &serde_json::Value) -> bool {
    match (&node.value, json) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => {
            a.parse::<f64>().ok().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= b.abs() * 1e-9)
        }
        (Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|m| b.get(&m.name).is_some_and(|b| same(&m.node, b)))
        }
        _ => false,
    }
}

fn near_json() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\",
        "1",
        "-0.5",
        "1e3",
        "01",
        "true",
        "null",
        " ",
        "\n",
        "\"é\"",
    ]);
    prop::collection::vec(token, 0..14).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn readers_agree(text in prop_oneof![near_json(), any::<String>()]) {
        match (read(&text), serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert!(same(&ours, &theirs), "{text}"),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{text}: {error}"),
            (Err(error), Ok(_)) => {
                prop_assert!(["a name appears twice in one object", "values nest too deep"].contains(&error.detail), "{text}");
            }
        }
    }
}
