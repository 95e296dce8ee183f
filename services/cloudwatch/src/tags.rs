//! Tags of alarms and dashboards.
//!
//! Source: CloudWatch User Guide, "Tagging your Amazon CloudWatch resources".

use kurodo_authz::{Action, Need};
use kurodo_gateway::ConditionItem;
use kurodo_policy::same_name;

use crate::{Error, model};

/// The most tags of a thing.
const MOST: usize = 50;

/// Tags as records have them.
pub(crate) type Tags = Vec<(String, String)>;

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

/// The tags of a new thing.
pub(crate) fn new(given: Option<&[model::Tag]>) -> Result<Tags, Error> {
    let mut tags = Tags::new();
    add(&mut tags, given.unwrap_or_default())?;
    Ok(tags)
}

/// Adds tags, and replaces those whose keys are there.
pub(crate) fn add(tags: &mut Tags, given: &[model::Tag]) -> Result<(), Error> {
    for (at, tag) in given.iter().enumerate() {
        if given.iter().take(at).any(|earlier| earlier.key == tag.key) {
            return Err(Error::Value(format!("Found duplicate tag keys in input: {}", tag.key)));
        }
        if tag.key.to_lowercase().starts_with("aws:") {
            return Err(Error::Value(format!("Tag keys beginning with aws: are reserved: {}", tag.key)));
        }
        // Conditions on tags do not tell two such keys apart: one would hide the other's value from a policy.
        if let Some((key, _)) = tags.iter().find(|(key, _)| *key != tag.key && same_name(key, &tag.key)) {
            return Err(Error::Value(format!("Tag keys must differ in more than case: {key}, {}", tag.key)));
        }
        match tags.iter_mut().find(|(key, _)| *key == tag.key) {
            Some((_, value)) => tag.value.clone_into(value),
            None => tags.push((tag.key.clone(), tag.value.clone())),
        }
    }
    match tags.len() > MOST {
        true => Err(Error::Value(format!("Too many tags: there are at most {MOST}"))),
        false => Ok(()),
    }
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(tags: &mut Tags, keys: &[String]) {
    tags.retain(|(key, _)| !keys.contains(key));
}

/// The tags as answers carry them.
pub(crate) fn view(tags: &Tags) -> Vec<model::Tag> {
    tags.iter().map(|(key, value)| model::Tag { key: key.clone(), value: value.clone() }).collect()
}
