//! Tags of streams and consumers.
//!
//! Source: Kinesis Developer Guide, "Tagging your streams", tag restrictions; API Reference, AddTagsToStream.

use std::collections::BTreeMap;

use kurodo_authz::{Action, Need};
use kurodo_policy::same_name;

use crate::{Error, model::Tag};

/// The most tags of a resource.
const MOST: usize = 50;
const RULES: &str = "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.";
const ALLOWED: &str = "because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.";

/// What tags are given to, as messages call it.
pub(crate) struct Tagged<'t>(pub(crate) &'t str);

/// Adds the condition keys of the tags that a request gives.
pub(crate) fn conditions<A: Action>(given: &BTreeMap<String, String>, need: Need<A>) -> Need<A> {
    let keys: Vec<String> = given.keys().cloned().collect();
    let need = if keys.is_empty() { need } else { need.with("aws:TagKeys", keys) };
    given.iter().fold(need, |need, (key, value)| need.with(format!("aws:RequestTag/{key}"), value.as_str()))
}

/// That texts may be in tags.
fn check<'t>(
    texts: impl Iterator<Item = &'t String> + Clone,
    doing: &str,
    tagged: &Tagged<'_>,
) -> Result<(), Error> {
    if !texts.clone().flat_map(|text| text.chars()).all(is_allowed) {
        return Err(Error::invalid(RULES));
    }
    if texts.clone().any(|text| text.contains('%')) {
        return Err(Error::invalid(format!("Failed to {doing} {} {ALLOWED}", tagged.0)));
    }
    Ok(())
}

fn is_allowed(character: char) -> bool {
    matches!(character, '_' | '.' | '/' | '=' | '+' | '-' | '%' | '@' | ' ') || character.is_alphanumeric()
}

/// Adds tags, and replaces those whose keys are there.
pub(crate) fn add(
    tags: &mut Vec<(String, String)>,
    given: &BTreeMap<String, String>,
    tagged: &Tagged<'_>,
) -> Result<(), Error> {
    check(given.iter().flat_map(|(key, value)| [key, value]), "add tags to", tagged)?;
    for (key, value) in given {
        // Conditions on tags do not tell two such keys apart: one would hide the other's value from a policy.
        if let Some((known, _)) = tags.iter().find(|(known, _)| known != key && same_name(known, key)) {
            return Err(Error::invalid(format!("Tag keys must differ in more than case: {known}, {key}")));
        }
        match tags.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => value.clone_into(known),
            None => tags.push((key.clone(), value.clone())),
        }
    }
    tags.sort_unstable();
    if tags.len() > MOST {
        return Err(Error::invalid(format!(
            "Failed to add tags to {} because a given stream cannot have more than {MOST} tags associated with it.",
            tagged.0
        )));
    }
    Ok(())
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(
    tags: &mut Vec<(String, String)>,
    keys: &[String],
    tagged: &Tagged<'_>,
) -> Result<(), Error> {
    check(keys.iter(), "remove tags from", tagged)?;
    tags.retain(|(key, _)| !keys.contains(key));
    Ok(())
}

/// The tags as answers carry them.
pub(crate) fn view(tags: &[(String, String)]) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: Some(value.clone()) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn tags_are_added_replaced_and_taken_away() {
        let (mut tags, tagged) = (Vec::new(), Tagged("stream s"));
        add(&mut tags, &given(&[("b", "1"), ("ü0 _.", "/=+-@"), ("c", "")]), &tagged).unwrap();
        add(&mut tags, &given(&[("b", "2")]), &tagged).unwrap();
        assert_eq!(tags[0], ("b".into(), "2".into()));
        remove(&mut tags, &["b".into(), "nothing".into()], &tagged).unwrap();
        assert_eq!(tags.len(), 2);
    }

    #[test]
    fn what_no_tag_may_be_is_refused() {
        let refused = |pairs: &[(&str, &str)]| {
            let mut tags = vec![("Owner".to_owned(), String::new())];
            add(&mut tags, &given(pairs), &Tagged("stream s")).unwrap_err().to_string()
        };
        for pair in [("a;b", ""), ("a\tb", ""), ("a\nb", ""), ("a,b", ""), ("a", "b;c")] {
            assert_eq!(refused(&[pair]), RULES);
        }
        assert!(refused(&[("a%", "")]).starts_with("Failed to add tags to stream s because some tags"));
        assert_eq!(refused(&[("aws:a", "")]), RULES);
        assert!(refused(&[("owner", "")]).contains("more than case"));
        let many: Vec<_> = (0..50).map(|at| format!("k{at}")).collect();
        let many: Vec<_> = many.iter().map(|key| (key.as_str(), "")).collect();
        assert!(refused(&many).contains("cannot have more than 50"));
    }
}
