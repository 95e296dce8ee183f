use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{DAY_MS, Expiration, Filter, Lifecycle, Rule, When};
use crate::{
    records::{Class, Damaged, Head},
    times,
};

/// The least size of objects that change their class, where the rule does not say another.
const LEAST: u64 = 128 * 1024;

/// What rules look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) key: &'a str,
    pub(crate) head: &'a Head,
}

/// When an upload is aborted, by which rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Abort<'a> {
    pub(crate) at_ms: i64,
    pub(crate) rule: &'a str,
}

/// The midnight at which something that many days old happens: the next one after the time.
///
/// Source: S3 User Guide, "Lifecycle configuration elements", "How Amazon S3 calculates how long an object has been
/// noncurrent".
pub(crate) fn midnight_after(since_ms: i64, days: i32) -> i64 {
    (since_ms.div_euclid(DAY_MS) + 1 + i64::from(days)).saturating_mul(DAY_MS)
}

impl When {
    fn at_ms(self, since_ms: i64) -> i64 {
        match self {
            Self::Days(days) => midnight_after(since_ms, days),
            Self::Date(at_ms) => at_ms,
        }
    }
}

impl Filter {
    fn takes_key(&self, key: &str) -> bool {
        self.prefix.as_ref().is_none_or(|prefix| key.starts_with(prefix.as_str()))
    }

    fn takes(&self, facts: Facts<'_>) -> Result<bool, Damaged> {
        let Facts { key, head } = facts;
        let sized = self.greater.is_none_or(|greater| head.size > greater)
            && self.less.is_none_or(|less| head.size < less);
        if !sized || !self.takes_key(key) {
            return Ok(false);
        }
        if self.tags.is_empty() {
            return Ok(true);
        }
        let tags = head.tags()?;
        Ok(self.tags.0.iter().all(|wanted| tags.0.contains(wanted)))
    }

    /// Whether it says which sizes are meant.
    fn is_sized(&self) -> bool {
        self.greater.is_some() || self.less.is_some()
    }
}

impl Lifecycle {
    fn for_object<'r>(&'r self, facts: Facts<'_>) -> Result<Vec<&'r Rule>, Damaged> {
        let mut found = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.enabled) {
            if rule.filter.takes(facts)? {
                found.push(rule);
            }
        }
        Ok(found)
    }

    /// When the current version expires, and by which rule; the earliest counts.
    pub(crate) fn expiry(&self, facts: Facts<'_>) -> Result<Option<(i64, &str)>, Damaged> {
        let rules = self.for_object(facts)?;
        let expiries = rules.iter().filter_map(|rule| match rule.expiration {
            Some(Expiration::Objects(when)) => Some((when.at_ms(facts.head.modified_ms), rule.id.as_str())),
            _ => None,
        });
        Ok(expiries.min_by_key(|(at_ms, _)| *at_ms))
    }

    /// Whether the current version has expired.
    pub(crate) fn has_expired(&self, facts: Facts<'_>, now_ms: i64) -> Result<bool, Damaged> {
        Ok(self.expiry(facts)?.is_some_and(|(at_ms, _)| at_ms <= now_ms))
    }

    /// The header `x-amz-expiration`.
    ///
    /// Source: S3 API Reference, `GetObject`, "x-amz-expiration".
    pub(crate) fn shown_expiry(&self, facts: Facts<'_>) -> Result<Option<String>, Damaged> {
        Ok(self.expiry(facts)?.map(|(at_ms, rule)| {
            let (date, rule) =
                (times::in_header(times::exact(at_ms)), utf8_percent_encode(rule, NON_ALPHANUMERIC));
            format!("expiry-date=\"{date}\", rule-id=\"{rule}\"")
        }))
    }

    /// The class that the current version should have by now.
    pub(crate) fn class(&self, facts: Facts<'_>, now_ms: i64) -> Result<Option<Class>, Damaged> {
        let rules = self.for_object(facts)?;
        let all =
            rules.iter().flat_map(|rule| rule.transitions.iter().map(move |transition| (rule, transition)));
        let due = all.filter(|(_, transition)| transition.when.at_ms(facts.head.modified_ms) <= now_ms);
        Ok(self.next_class(facts.head, due.map(|(rule, transition)| (&rule.filter, transition.class))))
    }

    /// Whether an older version is to go; `since_ms` is when a later one came, and `newer` older versions came after it.
    pub(crate) fn has_aged(
        &self,
        facts: Facts<'_>,
        (since_ms, newer): (i64, usize),
        now_ms: i64,
    ) -> Result<bool, Damaged> {
        let rules = self.for_object(facts)?;
        let mut expirations = rules.iter().filter_map(|rule| rule.older_expiration);
        Ok(expirations.any(|due| is_due(due.days, due.spared, (since_ms, newer), now_ms)))
    }

    /// The same for a delete marker among the older versions, which has neither tags nor a size.
    pub(crate) fn marker_has_aged(&self, key: &str, (since_ms, newer): (i64, usize), now_ms: i64) -> bool {
        let mut expirations = self.for_marker(key).filter_map(|rule| rule.older_expiration);
        expirations.any(|due| is_due(due.days, due.spared, (since_ms, newer), now_ms))
    }

    /// The class that an older version should have by now.
    pub(crate) fn older_class(
        &self,
        facts: Facts<'_>,
        (since_ms, newer): (i64, usize),
        now_ms: i64,
    ) -> Result<Option<Class>, Damaged> {
        let rules = self.for_object(facts)?;
        let all = rules.iter().flat_map(|rule| rule.older_transitions.iter().map(move |due| (rule, due)));
        let due = all.filter(|(_, due)| is_due(due.days, due.spared, (since_ms, newer), now_ms));
        Ok(self.next_class(facts.head, due.map(|(rule, due)| (&rule.filter, due.class))))
    }

    /// The last of the classes that an object of this size can get, where it is not there yet.
    fn next_class<'f>(&self, head: &Head, due: impl Iterator<Item = (&'f Filter, Class)>) -> Option<Class> {
        let any_size = |class: Class| self.varies && class.is_archived();
        let large = |filter: &Filter, class| filter.is_sized() || head.size >= LEAST || any_size(class);
        let classes = due.filter(|(filter, class)| large(filter, *class)).map(|(_, class)| class);
        classes.max().filter(|class| *class > head.class)
    }

    /// Whether a delete marker that no version lies under any more is to go.
    pub(crate) fn marker_goes(&self, key: &str, put_ms: i64, now_ms: i64) -> bool {
        self.for_marker(key).any(|rule| match rule.expiration {
            Some(Expiration::Markers(go)) => go,
            Some(Expiration::Objects(when)) => when.at_ms(put_ms) <= now_ms,
            None => false,
        })
    }

    fn for_marker<'r>(&'r self, key: &'r str) -> impl Iterator<Item = &'r Rule> {
        let enabled = self.rules.iter().filter(|rule| rule.enabled);
        enabled.filter(move |rule| {
            rule.filter.tags.is_empty() && !rule.filter.is_sized() && rule.filter.takes_key(key)
        })
    }

    /// When an upload to this key is aborted if nobody completes it.
    pub(crate) fn abort(&self, key: &str, initiated_ms: i64) -> Option<Abort<'_>> {
        let enabled = self.rules.iter().filter(|rule| rule.enabled && rule.filter.takes_key(key));
        let aborts = enabled.filter_map(|rule| {
            let at_ms = midnight_after(initiated_ms, rule.abort_days?);
            Some(Abort { at_ms, rule: &rule.id })
        });
        aborts.min_by_key(|abort| abort.at_ms)
    }
}

fn is_due(days: i32, spared: Option<i32>, (since_ms, newer): (i64, usize), now_ms: i64) -> bool {
    let spared = spared.and_then(|spared| usize::try_from(spared).ok()).unwrap_or_default();
    newer >= spared && midnight_after(since_ms, days) <= now_ms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lifecycle::{OlderExpiration, Transition},
        records::{Content, ETag, HeadParts, Lock, Meta, Tags, VersionId},
    };

    fn head(size: u64, modified_ms: i64, tags: &[(&str, &str)]) -> Head {
        let tags = Tags(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        let parts = HeadParts {
            id: VersionId::null(modified_ms),
            size,
            modified_ms,
            etag: ETag::whole([0; 16]),
            checksum: None,
            content: &Content::Empty,
            customer_key: None,
            kms: None,
            lock: Lock::default(),
            class: Class::Standard,
            restored: None,
            meta: &Meta::default(),
            tags: &tags,
            rights: None,
        };
        Head::read(&parts.to_record().unwrap()).unwrap()
    }

    fn rule(id: &str) -> Rule {
        Rule { id: id.to_owned(), enabled: true, ..Rule::default() }
    }

    fn of(rules: Vec<Rule>) -> Lifecycle {
        Lifecycle { rules, varies: false }
    }

    /// The example of the S3 User Guide: put on 15 January at 10:30, three days: 19 January at midnight.
    #[test]
    fn times_are_rounded_up_to_the_next_midnight() {
        let put = "2014-01-15T10:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let due = "2014-01-19T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(midnight_after(put, 3), due);
    }

    #[test]
    fn the_earliest_expiry_counts_and_is_shown() {
        let days = |days| Some(Expiration::Objects(When::Days(days)));
        let later = Rule { expiration: days(9), ..rule("later") };
        let sooner = Rule { expiration: days(1), ..rule("so oner") };
        let off = Rule { expiration: days(0), enabled: false, ..rule("off") };
        let lifecycle = of(vec![later, sooner, off]);
        let head = head(1, 5, &[]);
        let facts = Facts { key: "a", head: &head };
        let shown = lifecycle.shown_expiry(facts).unwrap().unwrap();
        assert_eq!(shown, "expiry-date=\"Sat, 03 Jan 1970 00:00:00 GMT\", rule-id=\"so%20oner\"");
        assert!(!lifecycle.has_expired(facts, 2 * DAY_MS - 1).unwrap());
        assert!(lifecycle.has_expired(facts, 2 * DAY_MS).unwrap());
    }

    #[test]
    fn a_filter_takes_what_has_all_that_it_names() {
        let filter = Filter {
            prefix: Some("logs/".to_owned()),
            tags: Tags(vec![("a".to_owned(), "1".to_owned())]),
            greater: Some(10),
            less: Some(20),
            ..Filter::default()
        };
        let takes = |key, size, tags: &[_]| filter.takes(Facts { key, head: &head(size, 0, tags) }).unwrap();
        assert!(takes("logs/x", 11, &[("b", "2"), ("a", "1")]));
        assert!(!takes("logs/x", 10, &[("a", "1")]) && !takes("logs/x", 20, &[("a", "1")]));
        assert!(!takes("log", 11, &[("a", "1")]) && !takes("logs/x", 11, &[("a", "2")]));
    }

    #[test]
    fn small_objects_keep_their_class_unless_the_rule_speaks_of_sizes() {
        let transitions = vec![Transition { when: When::Days(30), class: Class::StandardIa }];
        let plain = of(vec![Rule { transitions: transitions.clone(), ..rule("r") }]);
        let filter = Filter { greater: Some(1), ..Filter::default() };
        let sized = of(vec![Rule { transitions, filter, ..rule("r") }]);
        let (small, large) = (head(100, 0, &[]), head(LEAST, 0, &[]));
        let class = |lifecycle: &Lifecycle, head: &Head| {
            lifecycle.class(Facts { key: "k", head }, 31 * DAY_MS).unwrap()
        };
        assert_eq!(class(&plain, &small), None);
        assert_eq!(class(&plain, &large), Some(Class::StandardIa));
        assert_eq!(class(&sized, &small), Some(Class::StandardIa));
    }

    #[test]
    fn archives_take_small_objects_where_the_configuration_says_so() {
        let transitions =
            [Class::StandardIa, Class::Glacier].map(|class| Transition { when: When::Days(0), class });
        let lifecycle = of(vec![Rule { transitions: transitions.to_vec(), ..rule("r") }]);
        let head = head(100, 0, &[]);
        let class = |lifecycle: &Lifecycle| lifecycle.class(Facts { key: "k", head: &head }, DAY_MS).unwrap();
        assert_eq!(class(&lifecycle), None);
        assert_eq!(class(&Lifecycle { varies: true, ..lifecycle }), Some(Class::Glacier));
    }

    #[test]
    fn older_versions_go_by_age_unless_they_are_among_the_newest() {
        let older_expiration = Some(OlderExpiration { days: 2, spared: Some(1) });
        let lifecycle = of(vec![Rule { older_expiration, ..rule("r") }]);
        let head = head(1, 0, &[]);
        let goes =
            |newer, now_ms| lifecycle.has_aged(Facts { key: "k", head: &head }, (0, newer), now_ms).unwrap();
        assert!(!goes(0, 9 * DAY_MS) && goes(1, 9 * DAY_MS));
        assert!(goes(1, 3 * DAY_MS) && !goes(1, 3 * DAY_MS - 1));
    }

    #[test]
    fn markers_go_by_rules_without_tags_and_sizes() {
        let expiration = Some(Expiration::Markers(true));
        let tagged = Filter { tags: Tags(vec![("a".to_owned(), String::new())]), ..Filter::default() };
        assert!(of(vec![Rule { expiration, ..rule("r") }]).marker_goes("k", 0, 0));
        assert!(!of(vec![Rule { expiration, filter: tagged, ..rule("r") }]).marker_goes("k", 0, 0));
        let aged = of(vec![Rule { expiration: Some(Expiration::Objects(When::Days(1))), ..rule("r") }]);
        assert!(!aged.marker_goes("k", 0, DAY_MS) && aged.marker_goes("k", 0, 2 * DAY_MS));
    }
}
