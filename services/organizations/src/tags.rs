//! Tags: the same rules for everything that has them.
//!
//! Source: Organizations User Guide, "Tagging AWS Organizations resources".

use kurodo_authz::{Action, Need};
use kurodo_gateway::ConditionItem;
use kurodo_identity::{Tag, Tags};
use kurodo_policy::same_name;

use crate::{Error, limits, model, model::InvalidInputExceptionReason as Reason};

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
pub(crate) fn new(given: Option<&Vec<model::Tag>>) -> Result<Tags, Error> {
    let mut tags = Tags::new();
    add(&mut tags, given.map(Vec::as_slice).unwrap_or_default())?;
    Ok(tags)
}

/// Adds tags, and replaces those whose keys are there.
pub(crate) fn add(tags: &mut Tags, given: &[model::Tag]) -> Result<(), Error> {
    for (at, model::Tag { key, value }) in given.iter().enumerate() {
        if given.iter().skip(at + 1).any(|other| other.key == *key) {
            return Err(Error::Invalid(Reason::DuplicateTagKey, "You specified the same tag key twice."));
        }
        // Conditions on tags do not tell two such keys apart: one would hide the other's value from a policy.
        let hides = |other: &str| other != key && same_name(other, key);
        if given.iter().any(|other| hides(&other.key)) || tags.iter().any(|known| hides(&known.key)) {
            return Err(Error::Invalid(Reason::DuplicateTagKey, "Tag keys must differ in more than case."));
        }
        if key.to_lowercase().starts_with("aws:") {
            let message = "Tag keys that begin with aws: are reserved for AWS use.";
            return Err(Error::Invalid(Reason::InvalidSystemTagsParameter, message));
        }
        let tag = Tag { key: key.clone(), value: value.clone() };
        match tags.iter_mut().find(|known| known.key == *key) {
            Some(known) => *known = tag,
            None => tags.push(tag),
        }
    }
    limits::TAGS.admits(tags.len())
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(tags: &mut Tags, keys: &[String]) {
    tags.retain(|tag| !keys.contains(&tag.key));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> model::Tag {
        model::Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_key_is_replaced_and_removed() {
        let mut tags = new(Some(&vec![tag("a", "1"), tag("b", "2")])).unwrap();
        add(&mut tags, &[tag("a", "3")]).unwrap();
        remove(&mut tags, &["b".to_owned(), "nothing".to_owned()]);
        assert_eq!(tags, [Tag { key: "a".to_owned(), value: "3".to_owned() }]);
    }

    #[test]
    fn keys_differ_in_more_than_case() {
        assert!(new(Some(&vec![tag("team", "1"), tag("Team", "2")])).is_err());
        let mut tags = new(Some(&vec![tag("team", "1")])).unwrap();
        let refused = add(&mut tags, &[tag("TEAM", "2")]).unwrap_err();
        assert_eq!(refused.code(), Some("InvalidInputException"));
        add(&mut tags, &[tag("team", "2")]).unwrap();
    }

    #[test]
    fn a_key_twice_and_aws_s_own_are_refused() {
        for given in [[tag("a", "1"), tag("a", "2")], [tag("a", "1"), tag("AWS:x", "2")]] {
            let refused = add(&mut Tags::new(), &given).unwrap_err();
            assert_eq!(refused.code(), Some("InvalidInputException"));
        }
    }
}
