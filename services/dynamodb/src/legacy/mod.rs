//! The parameters that expressions replaced, read into what expressions are read into.
//!
//! Source: DynamoDB Developer Guide, "Legacy conditional parameters".

mod conditions;
mod updates;

use std::collections::BTreeSet;

pub(crate) use conditions::{expected, filter, key_conditions};
pub(crate) use updates::updates;

use crate::{
    Error,
    error::invalid_values,
    expression::{Path, Projection},
};

/// A parameter of a request, and whether it has it.
pub(crate) type Given = (&'static str, bool);

/// That a request does not mix expressions with what they replaced, and has placeholders only for expressions.
pub(crate) fn apart(
    expressions: &[Given],
    others: &[Given],
    (names, values): (bool, bool),
) -> Result<(), Error> {
    let given = |all: &[Given]| -> Vec<&str> {
        all.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
    };
    let (used, legacy) = (given(expressions), given(others));
    if !used.is_empty() && !legacy.is_empty() {
        return Err(Error::Validation(format!(
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
            legacy.join(", "),
            used.join(", ")
        )));
    }
    if names && used.is_empty() {
        return Err(Error::validation(
            "ExpressionAttributeNames can only be specified when using expressions",
        ));
    }
    let with_values: Vec<Given> =
        expressions.iter().filter(|(name, _)| *name != "ProjectionExpression").copied().collect();
    if values && given(&with_values).is_empty() {
        let names: Vec<_> = with_values.iter().map(|(name, _)| *name).collect();
        let verb = if names.len() > 1 { "are" } else { "is" };
        return Err(Error::Validation(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {} {verb} null",
            names.join(" and ")
        )));
    }
    Ok(())
}

/// The projection that a list of names is.
pub(crate) fn attributes_to_get(names: Option<Vec<String>>) -> Result<Option<Projection>, Error> {
    let Some(names) = names else { return Ok(None) };
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
        return Err(invalid_values(format!("Duplicate value in attribute name: {twice}")));
    }
    Ok(Some(Projection::of(names.into_iter().map(Path::top).collect())))
}
