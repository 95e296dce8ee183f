use crate::{Schema, Value};

/// A constraint that a value does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as AWS prints it: `tags.1.member.key`.
    pub path: String,
    /// The whole sentence, as AWS prints it, sensitive values left out.
    pub message: String,
}

/// Checks a decoded input against the facts' constraints.
pub fn validate(schema: &Schema, value: &Value) -> Vec<Violation> {
    let _ = (schema, value);
    Vec::new()
}

/// AWS's message for these violations: `1 validation error detected: Value null at 'userName' failed to ..`.
pub fn violation_message(violations: &[Violation]) -> String {
    let _ = violations;
    String::new()
}

/// The first of these members (dotted paths for nested ones) that the input has: what an operation does not honour
/// is refused by name, never ignored.
pub fn present_members<'a>(schema: &Schema, value: &Value, refused: &[&'a str]) -> Option<&'a str> {
    let _ = (schema, value, refused);
    None
}
