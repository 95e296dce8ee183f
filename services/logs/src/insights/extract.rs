use std::sync::Arc;

use regex::Regex;

use super::{expression::Expression, row::Row, value::Value};

/// What `parse` takes out of a field.
#[derive(Debug)]
pub(super) struct Extraction {
    pub(super) of: Expression,
    pub(super) regex: Regex,
    /// The names of the groups, in their order.
    pub(super) names: Vec<Arc<str>>,
}

impl Extraction {
    /// Adds to a row what is found.
    pub(super) fn apply(&self, row: &mut Row) {
        let Some(text) = self.of.value(row, &[]).show() else { return };
        let Some(found) = self.regex.captures(&text) else { return };
        let groups = found.iter().skip(1);
        let pairs: Vec<_> = self.names.iter().zip(groups).collect();
        for (name, group) in pairs {
            if let Some(group) = group {
                row.set(name, Value::Text(group.as_str().to_owned()));
            }
        }
    }
}

/// The expression that a text with `*` stands for: what a `*` stands for is a group, as short as it can be.
pub(super) fn glob(text: &str) -> String {
    let pieces: Vec<_> = text.split('*').map(regex::escape).collect();
    let whole = pieces.join("(.*?)");
    // What the last one stands for goes to the end.
    if text.ends_with('*') { format!("(?s){whole}$") } else { format!("(?s){whole}") }
}
