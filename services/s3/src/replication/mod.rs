//! Copies of new versions in other buckets, made with a role of the owner's.
//!
//! [`Replication`] is a bucket's configuration as it is kept; `read` takes it from a request, `shown` gives it back. A
//! version that a rule is for is put as [`Status::Pending`], so that what is to be done survives a crash in the record of
//! the version itself; [`Queue`] knows which those are without looking.
//!
//! Source: S3 User Guide, "Replicating objects within and across Regions"; S3 API Reference, `PutBucketReplication`.

mod queue;
mod read;
mod shown;

use serde::{Deserialize, Serialize};

pub(crate) use queue::{Queue, Task};

use crate::records::{Class, Tags};

/// The rules of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replication {
    /// The ARN of the role that copies.
    pub(crate) role: String,
    pub(crate) rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) enabled: bool,
    /// Of two rules for the same bucket the one with the higher number counts; `None` in the older form.
    pub(crate) priority: Option<i32>,
    pub(crate) filter: Filter,
    /// The bucket that gets the copies.
    pub(crate) target: String,
    /// The account that owns it, where the request said so.
    pub(crate) account: Option<String>,
    /// The copies' class; `None` for that of the originals.
    pub(crate) class: Option<Class>,
    /// Whether the copies belong to the owner of their bucket.
    pub(crate) gives_away: bool,
    /// Whether delete markers are copied; `None` where the request did not say.
    pub(crate) markers: Option<bool>,
}

/// Which objects a rule is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filter {
    pub(crate) form: Form,
    pub(crate) prefix: Option<String>,
    pub(crate) tags: Tags,
}

/// How the request wrote the filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// As a prefix in the rule itself, or not at all: the older form.
    #[default]
    Old,
    /// As one predicate, or none.
    One,
    /// As several predicates.
    And,
}

/// How far a version is on its way to other buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is to be copied.
    Pending,
    /// It was.
    Completed,
    /// It could not be, and is not tried again.
    Failed,
    /// It is itself a copy.
    Replica,
}

impl Status {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Pending, "PENDING"),
        (Self::Completed, "COMPLETED"),
        (Self::Failed, "FAILED"),
        (Self::Replica, "REPLICA"),
    ];

    /// The word for it in records and replies.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }

    /// What the word stands for.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(status, _)| status)
    }
}

/// What is copied.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    /// An object with these tags.
    Object(&'a Tags),
    /// A delete marker.
    Marker,
}

impl Replication {
    /// The rules by which this is copied: one for each bucket that gets a copy.
    pub(crate) fn rules_for(&self, key: &str, what: What<'_>) -> Vec<&Rule> {
        let mut found: Vec<&Rule> = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.enabled && rule.takes(key, what)) {
            match found.iter_mut().find(|known| known.target == rule.target) {
                Some(known) if known.priority < rule.priority => *known = rule,
                Some(_) => {}
                None => found.push(rule),
            }
        }
        found
    }
}

impl Rule {
    fn takes(&self, key: &str, what: What<'_>) -> bool {
        let Filter { prefix, tags, .. } = &self.filter;
        let has = |own: &Tags| tags.0.iter().all(|tag| own.0.contains(tag));
        key.starts_with(prefix.as_deref().unwrap_or_default())
            && match what {
                What::Object(own) => has(own),
                What::Marker => self.takes_markers(),
            }
    }

    /// The older form copies delete markers, the newer one only where it says so, and never by tags.
    ///
    /// Source: S3 User Guide, "Replicating delete markers between buckets".
    fn takes_markers(&self) -> bool {
        self.filter.tags.is_empty() && self.markers.unwrap_or(self.filter.form == Form::Old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, target: &str) -> Rule {
        Rule {
            id: id.to_owned(),
            enabled: true,
            priority: None,
            filter: Filter::default(),
            target: target.to_owned(),
            account: None,
            class: None,
            gives_away: false,
            markers: None,
        }
    }

    fn ids(rules: Vec<Rule>, key: &str, what: What<'_>) -> Vec<String> {
        let replication = Replication { role: String::new(), rules };
        replication.rules_for(key, what).into_iter().map(|rule| rule.id.clone()).collect()
    }

    #[test]
    fn each_bucket_gets_one_copy_by_the_rule_of_the_highest_priority() {
        let ranked = |id, priority| Rule { priority: Some(priority), ..rule(id, "x") };
        let rules = vec![ranked("a", 1), ranked("b", 3), ranked("c", 2), rule("d", "y")];
        assert_eq!(ids(rules, "k", What::Object(&Tags::default())), ["b", "d"]);
    }

    #[test]
    fn a_rule_takes_what_its_filter_says() {
        let tags = Tags([("team".to_owned(), "a".to_owned())].into());
        let filter = |prefix: Option<&str>, tags: &Tags| Filter {
            form: Form::One,
            prefix: prefix.map(str::to_owned),
            tags: tags.clone(),
        };
        let with = |filter| vec![Rule { filter, ..rule("a", "x") }];
        assert_eq!(ids(with(filter(Some("p/"), &Tags::default())), "p/k", What::Object(&tags)), ["a"]);
        assert!(ids(with(filter(Some("p/"), &Tags::default())), "k", What::Object(&tags)).is_empty());
        assert_eq!(ids(with(filter(None, &tags)), "k", What::Object(&tags)), ["a"]);
        assert!(ids(with(filter(None, &tags)), "k", What::Object(&Tags::default())).is_empty());
        assert!(ids(vec![Rule { enabled: false, ..rule("a", "x") }], "k", What::Marker).is_empty());
    }

    #[test]
    fn markers_go_along_in_the_older_form_and_where_the_newer_says_so() {
        let new = |markers| Rule {
            filter: Filter { form: Form::One, ..Filter::default() },
            markers,
            ..rule("a", "x")
        };
        assert_eq!(ids(vec![rule("a", "x")], "k", What::Marker), ["a"]);
        assert_eq!(ids(vec![new(Some(true))], "k", What::Marker), ["a"]);
        assert!(ids(vec![new(Some(false))], "k", What::Marker).is_empty());
        assert!(ids(vec![new(None)], "k", What::Marker).is_empty());
    }

    #[test]
    fn every_status_has_its_word() {
        for (status, word) in Status::ALL {
            assert_eq!((status.word(), Status::of_word(word)), (word, Some(status)));
        }
    }
}
