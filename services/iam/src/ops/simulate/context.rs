use kurodo_policy::{Context, Values};

use crate::{
    Error,
    model::{ContextEntry, ContextKeyTypeEnum as Type},
};

/// Adds the condition keys that a simulation names.
pub(super) fn add(context: &mut Context, entries: &[ContextEntry]) -> Result<(), Error> {
    for entry in entries {
        let named = (&entry.context_key_name, &entry.context_key_values);
        let (Some(name), Some(values)) = named else {
            let message = "Each context entry needs a ContextKeyName and ContextKeyValues.";
            return Err(Error::InvalidInput(message.to_owned()));
        };
        context.set(name.clone(), typed(name, values, entry.context_key_type)?);
    }
    Ok(())
}

/// The values as a list or as the only one, as their type says.
fn typed(name: &str, values: &[String], kind: Option<Type>) -> Result<Values, Error> {
    let list = matches!(
        kind,
        Some(
            Type::StringList
                | Type::NumericList
                | Type::BooleanList
                | Type::IpList
                | Type::BinaryList
                | Type::DateList
        )
    );
    match values {
        _ if list => Ok(Values::Many(values.to_vec())),
        [value] => Ok(Values::One(value.clone())),
        _ => Err(Error::InvalidInput(format!(
            "Context key {name} has {} values: give it one, or a type that is a list.",
            values.len()
        ))),
    }
}
