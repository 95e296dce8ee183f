//! Statements of PartiQL.

use kurodo_dynamodb::{attribute::Attribute, partiql};

/// Reads bytes as a statement, with no parameter, one, and more of several kinds. What is wrong has words.
pub fn partiql(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let set = Attribute::Strings(vec!["x".to_owned()]);
    let parameters = [set, Attribute::Null, Attribute::List(Vec::new())];
    for count in 0..=parameters.len() {
        assert_ne!(partiql::fault(text, &parameters[..count]), Some(String::new()));
    }
}
