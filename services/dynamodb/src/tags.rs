//! Tags of tables.
//!
//! Source: DynamoDB Developer Guide, "Tagging restrictions in DynamoDB".

use kurodo_authz::{Action, Need};
use kurodo_gateway::ConditionItem;
use kurodo_policy::same_name;

use crate::{Error, error::invalid_values, model};

/// The most tags of a table.
const MOST: usize = 50;

/// `aws:RequestTag/*` is a key for each tag; any other key has the tags' keys as its values.
impl ConditionItem for model::Tag {
    fn conditions<A: Action>(items: &[Self], key: &'static str, need: Need<A>) -> Need<A> {
        match key.strip_suffix('*') {
            Some(prefix) => items
                .iter()
                .fold(need, |need, tag| need.with(format!("{prefix}{}", tag.key), tag.value.as_str())),
            None => need.with(key, items.iter().map(|tag| tag.key.clone()).collect::<Vec<_>>()),
        }
    }
}

/// That there are tags.
pub(crate) fn check(given: &[model::Tag]) -> Result<(), Error> {
    if given.is_empty() {
        return Err(Error::validation("Atleast one Tag needs to be provided as Input."));
    }
    Ok(())
}

/// That there are keys of tags.
pub(crate) fn check_keys(keys: &[String]) -> Result<(), Error> {
    if keys.is_empty() {
        return Err(Error::validation("Atleast one Tag Key needs to be provided as Input."));
    }
    Ok(())
}

/// Adds tags, and replaces those whose keys are there.
pub(crate) fn add(tags: &mut Vec<(String, String)>, given: &[model::Tag]) -> Result<(), Error> {
    for (at, tag) in given.iter().enumerate() {
        if given.iter().take(at).any(|earlier| earlier.key == tag.key) {
            let twice = format!("Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", tag.key);
            return Err(Error::Validation(twice));
        }
        if tag.key.to_lowercase().starts_with("aws:") {
            return Err(Error::Validation(format!("Tag Key cannot be prefixed with aws:, Key: {}", tag.key)));
        }
        // Conditions on tags do not tell two such keys apart: one would hide the other's value from a policy.
        if let Some((key, _)) = tags.iter().find(|(key, _)| *key != tag.key && same_name(key, &tag.key)) {
            let message = format!("Tag keys must differ in more than case: {key}, {}", tag.key);
            return Err(invalid_values(message));
        }
        match tags.iter_mut().find(|(key, _)| *key == tag.key) {
            Some((_, value)) => tag.value.clone_into(value),
            None => tags.push((tag.key.clone(), tag.value.clone())),
        }
    }
    if tags.len() > MOST {
        return Err(Error::validation(
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ));
    }
    Ok(())
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(tags: &mut Vec<(String, String)>, keys: &[String]) {
    tags.retain(|(key, _)| !keys.contains(key));
}

/// The tags as answers carry them.
pub(crate) fn view(tags: &[(String, String)]) -> Vec<model::Tag> {
    tags.iter().map(|(key, value)| model::Tag { key: key.clone(), value: value.clone() }).collect()
}
