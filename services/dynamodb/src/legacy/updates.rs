use std::collections::BTreeMap;

use crate::{
    Error,
    attribute::{Attribute, Supplied},
    error::invalid_values,
    expression::{Path, Update, UpdateAction, UpdateSource},
    model::{AttributeAction, AttributeValueUpdate},
};

/// The update that `AttributeUpdates` says.
pub(crate) fn updates(all: BTreeMap<String, AttributeValueUpdate>) -> Result<Update, Error> {
    let each = all.into_iter().map(|(name, update)| one(name, update.value, update.action));
    each.collect::<Result<_, _>>().map(|actions| Update { actions, legacy: true })
}

fn one(
    name: String,
    value: Option<Supplied>,
    action: Option<AttributeAction>,
) -> Result<UpdateAction, Error> {
    let (path, value) = (Path::top(name), value.map(|value| value.0).transpose()?);
    let action = action.unwrap_or(AttributeAction::Put);
    let Some(value) = value else {
        return match action {
            AttributeAction::Delete => Ok(UpdateAction::Remove(path)),
            _ => Err(invalid_values("Only DELETE action is allowed when no attribute value is specified")),
        };
    };
    let kind = value.type_of();
    match (action, value) {
        (AttributeAction::Put, value) => Ok(UpdateAction::Set(path, UpdateSource::Value(value))),
        (AttributeAction::Delete, value) if kind.is_set() => Ok(UpdateAction::Delete(path, value)),
        (AttributeAction::Delete, _) => Err(invalid_values(format!(
            "DELETE action with value is not supported for the type {}",
            kind.name()
        ))),
        (AttributeAction::Add, value @ Attribute::List(_)) => {
            let known = UpdateSource::IfNotExists(
                path.clone(),
                Box::new(UpdateSource::Value(Attribute::List(Vec::new()))),
            );
            let both = UpdateSource::ListAppend(Box::new(known), Box::new(UpdateSource::Value(value)));
            Ok(UpdateAction::Set(path, both))
        }
        (AttributeAction::Add, value @ Attribute::Number(_)) => Ok(UpdateAction::Add(path, value)),
        (AttributeAction::Add, value) if kind.is_set() => Ok(UpdateAction::Add(path, value)),
        (AttributeAction::Add, _) => {
            Err(invalid_values(format!("ADD action is not supported for the type {}", kind.name())))
        }
    }
}
