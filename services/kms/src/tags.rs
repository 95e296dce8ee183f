//! Tags of keys.
//!
//! Source: KMS Developer Guide, "Tags in AWS KMS"; API Reference, TagResource.

use kurodo_authz::{Action, Need};
use kurodo_policy::same_name;

use crate::{Error, model::Tag};

/// The most tags of a key.
const MOST: usize = 50;

/// Adds the condition keys of the tags that a request gives.
pub(crate) fn conditions<A: Action>(given: &[Tag], need: Need<A>) -> Need<A> {
    let keys: Vec<String> = given.iter().map(|tag| tag.tag_key.clone()).collect();
    let need = if keys.is_empty() { need } else { need.with("aws:TagKeys", keys) };
    given.iter().fold(need, |need, Tag { tag_key, tag_value }| {
        need.with(format!("aws:RequestTag/{tag_key}"), tag_value.as_str())
    })
}

/// That no two keys of a request are the same to conditions: one would hide the other's value from a policy.
pub(crate) fn distinct(given: &[Tag]) -> Result<(), Error> {
    for (at, Tag { tag_key, .. }) in given.iter().enumerate() {
        if tag_key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::Tag(
                "aws: prefixed tag key names are not allowed for external use.".to_owned(),
            ));
        }
        if given.iter().skip(at + 1).any(|other| same_name(&other.tag_key, tag_key)) {
            return Err(Error::Tag("Duplicate tag keys".to_owned()));
        }
    }
    Ok(())
}

/// Adds tags, and replaces those whose keys are there.
pub(crate) fn add(tags: &mut Vec<(String, String)>, given: &[Tag]) -> Result<(), Error> {
    distinct(given)?;
    for Tag { tag_key, tag_value } in given {
        match tags.iter_mut().find(|(known, _)| same_name(known, tag_key)) {
            Some((known, _)) if known != tag_key => {
                return Err(Error::Tag(format!(
                    "Tag keys must differ in more than case: {known}, {tag_key}"
                )));
            }
            Some((_, value)) => tag_value.clone_into(value),
            None => tags.push((tag_key.clone(), tag_value.clone())),
        }
    }
    tags.sort_unstable();
    match tags.len() > MOST {
        true => Err(Error::LimitExceeded("Too many tags for the resource".to_owned())),
        false => Ok(()),
    }
}

/// The tags as answers carry them.
pub(crate) fn view((key, value): &(String, String)) -> Tag {
    Tag { tag_key: key.clone(), tag_value: value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { tag_key: key.to_owned(), tag_value: value.to_owned() }
    }

    #[test]
    fn tags_are_added_and_replaced_and_differ_in_more_than_case() {
        let mut tags = Vec::new();
        add(&mut tags, &[tag("b", "1"), tag("a", "2")]).unwrap();
        add(&mut tags, &[tag("b", "3")]).unwrap();
        assert_eq!(tags, [("a".into(), "2".into()), ("b".into(), "3".into())]);
        assert!(add(&mut tags, &[tag("B", "4")]).is_err());
        assert!(add(&mut tags, &[tag("c", ""), tag("C", "")]).is_err());
        assert!(add(&mut tags, &[tag("AWS:x", "")]).is_err());
        let many: Vec<_> = (0..49).map(|at| tag(&format!("k{at}"), "")).collect();
        assert!(add(&mut tags, &many).is_err());
    }
}
