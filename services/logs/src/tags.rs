//! Tags of log groups.
//!
//! Source: CloudWatch Logs User Guide, "Tag log groups in Amazon CloudWatch Logs".

use std::collections::BTreeMap;

use kurodo_policy::same_name;

use crate::Error;

/// The most tags of a group.
const MOST: usize = 50;

/// Adds tags, and replaces those whose keys are there. The ARN is that of the group.
pub(crate) fn add(
    tags: &mut Vec<(String, String)>,
    given: &BTreeMap<String, String>,
    arn: &str,
) -> Result<(), Error> {
    for (key, value) in given {
        if key.to_lowercase().starts_with("aws:") {
            return Err(Error::invalid(format!("Tag keys beginning with aws: are reserved: {key}")));
        }
        // Conditions on tags do not tell two such keys apart: one would hide the other's value from a policy.
        if let Some((other, _)) = tags.iter().find(|(other, _)| other != key && same_name(other, key)) {
            return Err(Error::invalid(format!("Tag keys must differ in more than case: {other}, {key}")));
        }
        match tags.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => value.clone_into(known),
            None => tags.push((key.clone(), value.clone())),
        }
    }
    if tags.len() > MOST { Err(Error::TooManyTags(arn.to_owned())) } else { Ok(()) }
}

/// Takes tags away; keys that are not there are no error.
pub(crate) fn remove(tags: &mut Vec<(String, String)>, keys: &[String]) {
    tags.retain(|(key, _)| !keys.contains(key));
}

/// The tags as answers carry them.
pub(crate) fn view(tags: &[(String, String)]) -> BTreeMap<String, String> {
    tags.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn keys_are_replaced_removed_and_refused() {
        let mut tags = Vec::new();
        add(&mut tags, &given(&[("a", "1"), ("b", "2")]), "arn").unwrap();
        add(&mut tags, &given(&[("a", "3")]), "arn").unwrap();
        remove(&mut tags, &["b".to_owned(), "c".to_owned()]);
        assert_eq!(tags, [("a".to_owned(), "3".to_owned())]);
        for bad in [given(&[("aws:x", "1")]), given(&[("A", "1")])] {
            assert!(matches!(add(&mut tags, &bad, "arn"), Err(Error::InvalidParameter(_))));
        }
        let many = (0..MOST).map(|at| (format!("k{at}"), String::new())).collect();
        assert!(matches!(add(&mut tags, &many, "arn"), Err(Error::TooManyTags(_))));
    }
}
