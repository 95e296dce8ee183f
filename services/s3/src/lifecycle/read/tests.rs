use super::*;
use crate::model::{
    AbortIncompleteMultipartUpload, LifecycleRuleAndOperator, LifecycleRuleFilter,
    NoncurrentVersionExpiration, Tag,
};

fn plain() -> LifecycleRule {
    LifecycleRule {
        id: Some("r".to_owned()),
        prefix: None,
        filter: Some(LifecycleRuleFilter::default()),
        status: ExpirationStatus::Enabled,
        expiration: Some(LifecycleExpiration { days: Some(1), ..LifecycleExpiration::default() }),
        transitions: None,
        noncurrent_version_transitions: None,
        noncurrent_version_expiration: None,
        abort_incomplete_multipart_upload: None,
    }
}

fn read(rules: Vec<LifecycleRule>) -> Result<Lifecycle, Error> {
    Lifecycle::read(&BucketLifecycleConfiguration { rules }, None)
}

fn code(rule: LifecycleRule) -> &'static str {
    read(vec![rule]).map_or_else(|error| error.code().0, |_| "fine")
}

fn days(days: i32) -> Option<LifecycleExpiration> {
    Some(LifecycleExpiration { days: Some(days), ..LifecycleExpiration::default() })
}

fn moved(days: i32, storage_class: TransitionStorageClass) -> model::Transition {
    model::Transition { days: Some(days), date: None, storage_class: Some(storage_class) }
}

#[test]
fn what_is_put_is_shown_again() {
    let mut first = plain();
    first.transitions = Some(vec![moved(30, TransitionStorageClass::StandardIa)]);
    first.expiration = days(31);
    let mut second = plain();
    second.id = Some("s".to_owned());
    second.filter = Some(LifecycleRuleFilter {
        and: Some(LifecycleRuleAndOperator {
            prefix: Some("p".to_owned()),
            tags: Some(vec![Tag { key: "a".to_owned(), value: "b".to_owned() }]),
            object_size_greater_than: Some(1),
            object_size_less_than: Some(3),
        }),
        ..LifecycleRuleFilter::default()
    });
    let lifecycle = read(vec![first, second]).unwrap();
    let again = read(lifecycle.shown()).unwrap();
    assert_eq!(lifecycle, again);
}

#[test]
fn a_rule_without_an_id_gets_one_and_no_id_is_there_twice() {
    let nameless = || LifecycleRule { id: None, ..plain() };
    let ids = read(vec![nameless(), nameless()]).unwrap().rules;
    assert!(ids.iter().all(|rule| !rule.id.is_empty()));
    assert!(matches!(read(vec![plain(), plain()]), Err(Error::InvalidArgument { .. })));
    assert!(matches!(read(Vec::new()), Err(Error::MalformedXml)));
    assert_eq!(code(LifecycleRule { id: Some("x".repeat(256)), ..plain() }), "InvalidArgument");
}

#[test]
fn filters_have_one_predicate_or_several_in_one() {
    let prefix = || Some("p".to_owned());
    assert_eq!(code(LifecycleRule { prefix: prefix(), filter: None, ..plain() }), "fine");
    assert_eq!(code(LifecycleRule { prefix: prefix(), ..plain() }), "MalformedXML");
    assert_eq!(code(LifecycleRule { filter: None, ..plain() }), "MalformedXML");
    let older = LifecycleRule { id: Some("o".to_owned()), prefix: prefix(), filter: None, ..plain() };
    assert!(matches!(read(vec![older, plain()]), Err(Error::InvalidRequest(_))));
    let two = LifecycleRuleFilter {
        prefix: prefix(),
        object_size_less_than: Some(1),
        ..LifecycleRuleFilter::default()
    };
    assert_eq!(code(LifecycleRule { filter: Some(two), ..plain() }), "MalformedXML");
}

#[test]
fn times_make_sense() {
    let date = |text: &str| {
        let date = Some(text.parse().unwrap());
        Some(LifecycleExpiration { date, ..LifecycleExpiration::default() })
    };
    for (expiration, expected) in [
        (days(0), "InvalidArgument"),
        (days(-1), "InvalidArgument"),
        (date("2026-01-01T00:00:00Z"), "fine"),
        (date("2026-01-01T00:00:01Z"), "InvalidArgument"),
        (Some(LifecycleExpiration::default()), "MalformedXML"),
        (None, "InvalidRequest"),
    ] {
        assert_eq!(code(LifecycleRule { expiration, ..plain() }), expected);
    }
    use TransitionStorageClass as To;
    for (transitions, expected) in [
        (vec![moved(30, To::StandardIa)], "fine"),
        (vec![moved(29, To::StandardIa)], "InvalidArgument"),
        (vec![moved(0, To::GlacierIr)], "fine"),
        (vec![moved(-1, To::GlacierIr)], "InvalidArgument"),
        (vec![moved(30, To::StandardIa), moved(60, To::StandardIa)], "InvalidRequest"),
        (vec![moved(365, To::StandardIa)], "InvalidArgument"),
        (vec![moved(30, To::Glacier)], "fine"),
        (vec![moved(0, To::DeepArchive)], "fine"),
        (vec![moved(30, To::StandardIa), moved(59, To::Glacier)], "InvalidArgument"),
        (vec![moved(30, To::StandardIa), moved(60, To::Glacier)], "fine"),
        (vec![moved(60, To::Glacier), moved(149, To::DeepArchive)], "InvalidArgument"),
        (vec![moved(60, To::Glacier), moved(150, To::DeepArchive)], "fine"),
    ] {
        let rule = LifecycleRule { expiration: days(365), transitions: Some(transitions.clone()), ..plain() };
        assert_eq!(code(rule), expected, "{transitions:?}");
    }
    let mixed = LifecycleRule {
        expiration: date("2026-01-01T00:00:00Z"),
        transitions: Some(vec![moved(30, To::StandardIa)]),
        ..plain()
    };
    assert_eq!(code(mixed), "InvalidRequest");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let tagged = LifecycleRuleFilter {
        tag: Some(Tag { key: "a".to_owned(), value: String::new() }),
        ..LifecycleRuleFilter::default()
    };
    let abort = Some(AbortIncompleteMultipartUpload { days_after_initiation: Some(1) });
    let rule = LifecycleRule { abort_incomplete_multipart_upload: abort, ..plain() };
    assert_eq!(code(rule.clone()), "fine");
    assert_eq!(code(LifecycleRule { filter: Some(tagged.clone()), ..rule }), "InvalidRequest");
    let markers =
        LifecycleExpiration { expired_object_delete_marker: Some(true), ..LifecycleExpiration::default() };
    let rule = LifecycleRule { expiration: Some(markers), ..plain() };
    assert_eq!(code(rule.clone()), "fine");
    assert_eq!(code(LifecycleRule { filter: Some(tagged), ..rule }), "InvalidRequest");
    for (days, newer, expected) in [
        (Some(1), Some(100), "fine"),
        (Some(0), None, "InvalidArgument"),
        (Some(1), Some(0), "InvalidArgument"),
        (Some(1), Some(101), "InvalidArgument"),
        (None, Some(1), "MalformedXML"),
    ] {
        let older = NoncurrentVersionExpiration { noncurrent_days: days, newer_noncurrent_versions: newer };
        let rule = LifecycleRule { noncurrent_version_expiration: Some(older), ..plain() };
        assert_eq!(code(rule), expected, "{days:?} {newer:?}");
    }
}
