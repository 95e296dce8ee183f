//! Tags: the same rules for everything that has them.
//!
//! Source: IAM User Guide, "Tags for AWS Identity and Access Management resources".

use kurodo_authz::{Action, Need};
use kurodo_gateway::ConditionItem;
use kurodo_identity::{Tag, Tags};
use kurodo_policy::{fold, same_name};

use crate::{Error, error::Exceeded, model, page::Page, quota};

/// `aws:RequestTag/*` is a key for each tag; with them comes `aws:TagKeys`.
impl ConditionItem for model::Tag {
    fn conditions<A: Action>(items: &[Self], key: &'static str, need: Need<A>) -> Need<A> {
        let prefix = key.trim_end_matches('*');
        let keys: Vec<_> = items.iter().map(|tag| tag.key.clone()).collect();
        items.iter().fold(need.with("aws:TagKeys", keys), |need, tag| {
            need.with(format!("{prefix}{}", tag.key), tag.value.as_str())
        })
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
    let keys: Vec<String> = given.iter().map(|tag| fold(&tag.key)).collect();
    if keys.iter().enumerate().any(|(at, key)| keys.iter().skip(at + 1).any(|other| other == key)) {
        let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        return Err(Error::InvalidInput(message.to_owned()));
    }
    if given.iter().any(|tag| tag.key.to_lowercase().starts_with("aws:")) {
        let message = "Tag keys that begin with 'aws:' are reserved for AWS use.";
        return Err(Error::InvalidInput(message.to_owned()));
    }
    for model::Tag { key, value } in given {
        let tag = Tag { key: key.clone(), value: value.clone() };
        match tags.iter_mut().find(|known| same_name(&known.key, key)) {
            Some(known) => *known = tag,
            None => tags.push(tag),
        }
    }
    if tags.len() > quota::TAGS { Err(Exceeded::Tags.into()) } else { Ok(()) }
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(tags: &mut Tags, keys: &[String]) {
    tags.retain(|tag| !keys.iter().any(|key| same_name(key, &tag.key)));
}

/// The tags as answers carry them.
pub(crate) fn view(tags: &Tags) -> Vec<model::Tag> {
    tags.iter().map(|Tag { key, value }| model::Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The tags as answers carry them that leave an empty list out.
pub(crate) fn some(tags: &Tags) -> Option<Vec<model::Tag>> {
    (!tags.is_empty()).then(|| view(tags))
}

/// One page of the tags.
pub(crate) fn page(paging: &crate::page::Paging, tags: &Tags) -> Result<Page<model::Tag>, Error> {
    paging.sort(view(tags).into_iter().map(|tag| (tag.key.to_lowercase(), tag)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> model::Tag {
        model::Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn keys_keep_their_case_and_are_compared_without() {
        let mut tags = new(Some(&vec![tag("Dept", "a"), tag("x", "")])).unwrap();
        add(&mut tags, &[tag("DEPT", "b")]).unwrap();
        assert_eq!(view(&tags), [tag("DEPT", "b"), tag("x", "")]);
        remove(&mut tags, &["dept".to_owned(), "nothing".to_owned()]);
        assert_eq!(view(&tags), [tag("x", "")]);
    }

    #[test]
    fn a_key_twice_and_aws_s_own_are_refused() {
        for given in [
            [tag("a", "1"), tag("A", "2")],
            [tag("ΟΔΟΣ", "1"), tag("οδοσ", "2")],
            [tag("a", "1"), tag("aws:x", "2")],
        ] {
            let refused = add(&mut Tags::new(), &given).unwrap_err();
            assert_eq!(refused.code(), Some(("InvalidInput", 400)));
        }
    }

    #[test]
    fn fifty_tags_are_the_most() {
        let mut tags = Tags::new();
        let given: Vec<_> = (0..50).map(|number| tag(&number.to_string(), "")).collect();
        add(&mut tags, &given).unwrap();
        add(&mut tags, &[tag("7", "again")]).unwrap();
        let refused = add(&mut tags, &[tag("50", "")]).unwrap_err();
        assert_eq!(refused.code(), Some(("LimitExceeded", 409)));
    }
}
