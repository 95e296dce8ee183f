use std::collections::BTreeSet;

use jiff::Timestamp;
use kurodo_keys::KeyError;

use super::{
    DAY_MS, Expiration, Filter, Form, Lifecycle, OlderExpiration, OlderTransition, Rule, Transition, When,
};
use crate::{
    Error, limits,
    model::{
        self, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
        TransitionDefaultMinimumObjectSize, TransitionStorageClass,
    },
    records::{Class, Salt},
    tags,
};

impl Lifecycle {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// In S3's words.
    pub(crate) fn read(
        asked: &BucketLifecycleConfiguration,
        least: Option<TransitionDefaultMinimumObjectSize>,
    ) -> Result<Self, Error> {
        if !(1..=limits::LIFECYCLE_RULES).contains(&asked.rules.len()) {
            return Err(Error::MalformedXml);
        }
        let rules = asked.rules.iter().map(rule).collect::<Result<Vec<_>, _>>()?;
        let ids: BTreeSet<_> = rules.iter().map(|rule| &rule.id).collect();
        if ids.len() < rules.len() {
            return Err(argument("ID", "", "Rule ID must be unique. Found same ID for one or more rules"));
        }
        let older = rules.iter().filter(|rule| rule.filter.form == Form::Prefix).count();
        if older != 0 && older != rules.len() {
            return Err(request(
                "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.",
            ));
        }
        Ok(Self { rules, varies: least == Some(TransitionDefaultMinimumObjectSize::VariesByStorageClass) })
    }
}

fn argument(
    name: &'static str,
    value: impl std::fmt::Display,
    message: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    Error::argument(name, value, message)
}

fn request(message: &'static str) -> Error {
    Error::InvalidRequest(message.into())
}

fn rule(asked: &LifecycleRule) -> Result<Rule, Error> {
    let rule = Rule {
        id: id(asked.id.as_ref())?,
        enabled: asked.status == ExpirationStatus::Enabled,
        filter: filter(asked)?,
        expiration: asked.expiration.as_ref().map(expiration).transpose()?,
        transitions: asked.transitions.iter().flatten().map(transition).collect::<Result<_, _>>()?,
        older_expiration: asked.noncurrent_version_expiration.as_ref().map(older_expiration).transpose()?,
        older_transitions: asked
            .noncurrent_version_transitions
            .iter()
            .flatten()
            .map(older_transition)
            .collect::<Result<_, _>>()?,
        abort_days: asked.abort_incomplete_multipart_upload.as_ref().map(abort_days).transpose()?,
    };
    check_whole(&rule)?;
    check_times(&rule)?;
    Ok(rule)
}

/// A rule without an id gets one.
fn id(asked: Option<&String>) -> Result<String, Error> {
    match asked.filter(|id| !id.is_empty()) {
        Some(id) if id.len() > 255 => {
            Err(argument("ID", id, "ID length should not exceed allowed limit of 255"))
        }
        Some(id) => Ok(id.clone()),
        None => Ok(new_id()?),
    }
}

fn new_id() -> Result<String, KeyError> {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    Ok(STANDARD_NO_PAD.encode(Salt::random()?.bytes()))
}

/// Exactly one of a prefix and a filter, and in the filter at most one predicate.
fn filter(asked: &LifecycleRule) -> Result<Filter, Error> {
    let filter = match (&asked.prefix, &asked.filter) {
        (Some(prefix), None) => {
            return Ok(Filter { form: Form::Prefix, prefix: Some(prefix.clone()), ..Filter::default() });
        }
        (None, Some(filter)) => filter,
        _ => return Err(Error::MalformedXml),
    };
    let given = [
        filter.prefix.is_some(),
        filter.tag.is_some(),
        filter.object_size_greater_than.is_some(),
        filter.object_size_less_than.is_some(),
        filter.and.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(Error::MalformedXml);
    }
    match &filter.and {
        None => Ok(Filter {
            form: Form::One,
            prefix: filter.prefix.clone(),
            tags: tags_of(filter.tag.as_slice())?,
            greater: size(filter.object_size_greater_than)?,
            less: size(filter.object_size_less_than)?,
        }),
        Some(and) => Ok(Filter {
            form: Form::And,
            prefix: and.prefix.clone(),
            tags: tags_of(and.tags.as_deref().unwrap_or_default())?,
            greater: size(and.object_size_greater_than)?,
            less: size(and.object_size_less_than)?,
        }),
    }
}

fn tags_of(asked: &[model::Tag]) -> Result<crate::records::Tags, Error> {
    let keys: BTreeSet<_> = asked.iter().map(|tag| &tag.key).collect();
    if keys.len() < asked.len() {
        return Err(request("Duplicate Tag Keys are not allowed."));
    }
    tags::from_object(asked)
}

fn size(asked: Option<i64>) -> Result<Option<u64>, Error> {
    asked.map(|bytes| u64::try_from(bytes).map_err(|_| Error::MalformedXml)).transpose()
}

fn expiration(asked: &LifecycleExpiration) -> Result<Expiration, Error> {
    match (asked.days, asked.date, asked.expired_object_delete_marker) {
        (Some(days), None, None) => {
            let message = "'Days' for Expiration action must be a positive integer";
            Ok(Expiration::Objects(When::Days(positive("Days", days, message)?)))
        }
        (None, Some(date), None) => Ok(Expiration::Objects(When::Date(midnight(date)?))),
        (None, None, Some(go)) => Ok(Expiration::Markers(go)),
        _ => Err(Error::MalformedXml),
    }
}

fn transition(asked: &model::Transition) -> Result<Transition, Error> {
    let word = asked.storage_class.ok_or(Error::MalformedXml)?;
    let when = match (asked.days, asked.date) {
        (Some(days), None) => When::Days(days_until("Transition", days, word)?),
        (None, Some(date)) => When::Date(midnight(date)?),
        _ => return Err(Error::MalformedXml),
    };
    Ok(Transition { when, class: class(word) })
}

fn older_expiration(asked: &model::NoncurrentVersionExpiration) -> Result<OlderExpiration, Error> {
    let message = "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer";
    let days = positive("NoncurrentDays", asked.noncurrent_days.ok_or(Error::MalformedXml)?, message)?;
    Ok(OlderExpiration { days, spared: spared(asked.newer_noncurrent_versions)? })
}

fn older_transition(asked: &model::NoncurrentVersionTransition) -> Result<OlderTransition, Error> {
    let word = asked.storage_class.ok_or(Error::MalformedXml)?;
    let days = asked.noncurrent_days.ok_or(Error::MalformedXml)?;
    let days = days_until("NoncurrentVersionTransition", days, word)?;
    Ok(OlderTransition { days, spared: spared(asked.newer_noncurrent_versions)?, class: class(word) })
}

fn abort_days(asked: &model::AbortIncompleteMultipartUpload) -> Result<i32, Error> {
    let message =
        "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer";
    positive("DaysAfterInitiation", asked.days_after_initiation.ok_or(Error::MalformedXml)?, message)
}

fn positive(name: &'static str, number: i32, message: &'static str) -> Result<i32, Error> {
    if number > 0 { Ok(number) } else { Err(argument(name, number, message)) }
}

fn spared(asked: Option<i32>) -> Result<Option<i32>, Error> {
    match asked {
        Some(number) if !(1..=100).contains(&number) => {
            let message = "'NewerNoncurrentVersions' must be an integer between 1 and 100";
            Err(argument("NewerNoncurrentVersions", number, message))
        }
        asked => Ok(asked),
    }
}

/// Days until a change of class; infrequent access begins after 30.
fn days_until(action: &str, days: i32, class: TransitionStorageClass) -> Result<i32, Error> {
    let least = match class {
        TransitionStorageClass::StandardIa | TransitionStorageClass::OnezoneIa => 30,
        _ => 0,
    };
    if days >= least {
        return Ok(days);
    }
    let message = match least {
        0 => format!("'Days' in {action} action must be nonnegative"),
        _ => format!(
            "'Days' in {action} action must be greater than or equal to {least} for storageClass '{class}'"
        ),
    };
    Err(argument("Days", days, message))
}

fn midnight(date: Timestamp) -> Result<i64, Error> {
    let ms = date.as_millisecond();
    match ms.rem_euclid(DAY_MS) {
        0 => Ok(ms),
        _ => Err(argument("Date", date, "'Date' must be at midnight GMT")),
    }
}

fn class(word: TransitionStorageClass) -> Class {
    match word {
        TransitionStorageClass::StandardIa => Class::StandardIa,
        TransitionStorageClass::OnezoneIa => Class::OnezoneIa,
        TransitionStorageClass::IntelligentTiering => Class::IntelligentTiering,
        TransitionStorageClass::GlacierIr => Class::GlacierIr,
        TransitionStorageClass::Glacier => Class::Glacier,
        TransitionStorageClass::DeepArchive => Class::DeepArchive,
    }
}

/// What goes together in one rule.
fn check_whole(rule: &Rule) -> Result<(), Error> {
    let filter = &rule.filter;
    let (tagged, sized) = (!filter.tags.is_empty(), filter.greater.is_some() || filter.less.is_some());
    let acts = rule.expiration.is_some()
        || !rule.transitions.is_empty()
        || rule.older_expiration.is_some()
        || !rule.older_transitions.is_empty()
        || rule.abort_days.is_some();
    let markers = matches!(rule.expiration, Some(Expiration::Markers(_)));
    let spares = rule.older_expiration.is_some_and(|older| older.spared.is_some())
        || rule.older_transitions.iter().any(|older| older.spared.is_some());
    let crossed = filter.greater.zip(filter.less).is_some_and(|(greater, less)| less <= greater);
    let wrong = match () {
        () if !acts => "At least one action needs to be specified in a rule",
        () if tagged && markers => "ExpiredObjectDeleteMarker cannot be specified with Tags.",
        () if sized && markers => "ExpiredObjectDeleteMarker cannot be specified with ObjectSize.",
        () if tagged && rule.abort_days.is_some() => {
            "AbortIncompleteMultipartUpload cannot be specified with Tags."
        }
        () if sized && rule.abort_days.is_some() => {
            "AbortIncompleteMultipartUpload cannot be specified with ObjectSize."
        }
        () if spares && filter.form == Form::Prefix => {
            "NewerNoncurrentVersions element can only be used in Lifecycle V2."
        }
        () if crossed => "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
        () => return Ok(()),
    };
    Err(request(wrong))
}

/// What comes after what in one rule.
fn check_times(rule: &Rule) -> Result<(), Error> {
    let whens = rule.transitions.iter().map(|transition| transition.when);
    let end = match rule.expiration {
        Some(Expiration::Objects(when)) => Some(when),
        _ => None,
    };
    let all: Vec<_> = whens.chain(end).collect();
    let dates = all.iter().filter(|when| matches!(when, When::Date(_))).count();
    if dates != 0 && dates != all.len() {
        return Err(request(
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule",
        ));
    }
    let classes: BTreeSet<_> = rule.transitions.iter().map(|transition| transition.class).collect();
    let older: BTreeSet<_> = rule.older_transitions.iter().map(|transition| transition.class).collect();
    if classes.len() < rule.transitions.len() || older.len() < rule.older_transitions.len() {
        return Err(request("'StorageClass' must be different for 'Transition' actions in same 'Rule'"));
    }
    check_stays(rule)?;
    let before = |transition: &Transition| match (transition.when, end) {
        (When::Days(days), Some(When::Days(end))) => days < end,
        (When::Date(date), Some(When::Date(end))) => date < end,
        _ => true,
    };
    let older_before =
        |older: &OlderTransition| rule.older_expiration.is_none_or(|expiration| older.days < expiration.days);
    if rule.transitions.iter().all(before) && rule.older_transitions.iter().all(older_before) {
        return Ok(());
    }
    let message = "'Days' in the Expiration action must be greater than 'Days' in the Transition action";
    Err(argument("Days", "", message))
}

/// That objects stay in a class for as long as they must before they go on to a colder one.
///
/// Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle", "Constraints".
fn check_stays(rule: &Rule) -> Result<(), Error> {
    const STAYS: [(Class, Class, i32); 6] = [
        (Class::StandardIa, Class::GlacierIr, 30),
        (Class::StandardIa, Class::Glacier, 30),
        (Class::StandardIa, Class::DeepArchive, 30),
        (Class::OnezoneIa, Class::Glacier, 30),
        (Class::OnezoneIa, Class::DeepArchive, 30),
        (Class::Glacier, Class::DeepArchive, 90),
    ];
    let days = |class: Class| {
        rule.transitions.iter().find(|to| to.class == class).and_then(|to| match to.when {
            When::Days(days) => Some(days),
            When::Date(_) => None,
        })
    };
    for (warm, cold, least) in STAYS {
        let (Some(first), Some(then)) = (days(warm), days(cold)) else { continue };
        if then.saturating_sub(first) < least {
            let prefix = rule.filter.prefix.as_ref();
            let filter = prefix.map_or("()".to_owned(), |prefix| format!("(prefix={prefix})"));
            let message = format!(
                "'Days' in the 'Transition' action for StorageClass '{}' for filter '{filter}' must be {least} days more than \
                 'filter '{filter}'' in the 'Transition' action for StorageClass '{}'",
                cold.word().as_str(),
                warm.word().as_str(),
            );
            return Err(argument("Days", then, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
