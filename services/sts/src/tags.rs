use kurodo_authz::{Action, Need};
use kurodo_identity::Tag;
use kurodo_policy::fold;

use crate::{Error, model};

/// A session's tags, and which of them go on when a role is assumed from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionTags {
    pub(crate) tags: Vec<Tag>,
    pub(crate) transitive: Vec<String>,
}

/// Tags that a session has at most, those that it inherits included.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS", things to know.
const MOST: usize = 50;

impl SessionTags {
    /// The tags that a request asks for, after those that the calling session hands on.
    ///
    /// Source: IAM User Guide, "Pass session tags in AWS STS".
    pub(crate) fn new(
        inherited: &[Tag],
        asked: Option<&[model::Tag]>,
        transitive: Option<&[String]>,
    ) -> Result<Self, Error> {
        let asked = asked.unwrap_or_default();
        let transitive = transitive.unwrap_or_default();
        check(inherited, asked, transitive)?;
        let asked = asked.iter().map(|tag| Tag { key: tag.key.clone(), value: tag.value.clone() });
        let tags: Vec<Tag> = inherited.iter().cloned().chain(asked).collect();
        let transitive = inherited.iter().map(|tag| &tag.key).chain(transitive).cloned().collect();
        Ok(Self { tags, transitive })
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Adds the condition keys that tell of them.
    pub(crate) fn describe<A: Action>(&self, mut need: Need<A>) -> Need<A> {
        if self.is_empty() {
            return need;
        }
        for tag in &self.tags {
            need = need.with(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
        }
        need = need.with("aws:TagKeys", self.tags.iter().map(|tag| tag.key.clone()).collect::<Vec<_>>());
        if self.transitive.is_empty() {
            return need;
        }
        need.with("sts:TransitiveTagKeys", self.transitive.clone())
    }
}

fn check(inherited: &[Tag], asked: &[model::Tag], transitive: &[String]) -> Result<(), Error> {
    if inherited.len() + asked.len() > MOST {
        return Err(Error::validation(format!("A session may have at most {MOST} tags.")));
    }
    let mut keys: Vec<String> = asked.iter().map(|tag| fold(&tag.key)).collect();
    if keys.iter().any(|key| key.starts_with("aws:")) {
        return Err(Error::validation("Tag keys prefixed with \"aws:\" are reserved for system use."));
    }
    if inherited.iter().any(|tag| keys.contains(&fold(&tag.key))) {
        return Err(Error::validation(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        ));
    }
    if !transitive.iter().all(|key| keys.contains(&fold(key))) {
        return Err(Error::validation(
            "The specified transitive tag key must be included in the requested tags.",
        ));
    }
    keys.sort_unstable();
    if keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(Error::validation(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str) -> Tag {
        Tag { key: key.to_owned(), value: "v".to_owned() }
    }

    fn asked(keys: &[&str]) -> Vec<model::Tag> {
        keys.iter().map(|key| model::Tag { key: (*key).to_owned(), value: "w".to_owned() }).collect()
    }

    #[test]
    fn inherited_tags_come_first_and_go_on() {
        let tags = SessionTags::new(&[tag("a")], Some(&asked(&["b", "c"])), Some(&["b".to_owned()])).unwrap();
        let keys: Vec<_> = tags.tags.iter().map(|tag| tag.key.as_str()).collect();
        assert_eq!(keys, ["a", "b", "c"]);
        assert_eq!(tags.transitive, ["a", "b"]);
        assert!(SessionTags::new(&[], None, None).unwrap().is_empty());
    }

    #[test]
    fn inherited_tags_count() {
        let inherited: Vec<_> = (0..50).map(|number| tag(&number.to_string())).collect();
        assert!(SessionTags::new(&inherited, None, None).is_ok());
        let result = SessionTags::new(&inherited, Some(&asked(&["one more"])), None);
        assert!(matches!(result, Err(Error::Validation(_))));
    }

    #[test]
    fn keys_are_compared_without_regard_to_case() {
        for (inherited, keys, transitive) in [
            (vec![], vec!["a", "A"], vec![]),
            (vec![tag("a")], vec!["A"], vec![]),
            (vec![], vec!["a"], vec!["b".to_owned()]),
            (vec![tag("a")], vec![], vec!["a".to_owned()]),
            (vec![], vec!["AWS:x"], vec![]),
            (vec![tag("ΟΔΟΣ")], vec!["οδοσ"], vec![]),
            (vec![tag("task")], vec!["tas\u{212a}"], vec![]),
        ] {
            let result = SessionTags::new(&inherited, Some(&asked(&keys)), Some(&transitive));
            assert!(matches!(result, Err(Error::Validation(_))), "{keys:?}");
        }
        assert!(SessionTags::new(&[], Some(&asked(&["a"])), Some(&["A".to_owned()])).is_ok());
    }
}
