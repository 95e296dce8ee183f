use super::{Expiration, Filter, Form, Lifecycle, OlderExpiration, OlderTransition, Rule, Transition, When};
use crate::{
    model::{
        AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule,
        LifecycleRuleAndOperator, LifecycleRuleFilter, NoncurrentVersionExpiration,
        NoncurrentVersionTransition, TransitionDefaultMinimumObjectSize, TransitionStorageClass,
    },
    records::Class,
    tags, times,
};

impl Lifecycle {
    /// The rules as they were put.
    pub(crate) fn shown(&self) -> Vec<LifecycleRule> {
        self.rules.iter().map(rule).collect()
    }

    /// The least size of objects that change their class.
    pub(crate) fn shown_least(&self) -> TransitionDefaultMinimumObjectSize {
        match self.varies {
            true => TransitionDefaultMinimumObjectSize::VariesByStorageClass,
            false => TransitionDefaultMinimumObjectSize::AllStorageClasses128k,
        }
    }
}

fn rule(rule: &Rule) -> LifecycleRule {
    let status = if rule.enabled { ExpirationStatus::Enabled } else { ExpirationStatus::Disabled };
    let (transitions, older) = (&rule.transitions, &rule.older_transitions);
    LifecycleRule {
        id: Some(rule.id.clone()),
        status,
        prefix: rule.filter.prefix.clone().filter(|_| rule.filter.form == Form::Prefix),
        filter: filter(&rule.filter),
        expiration: rule.expiration.map(expiration),
        transitions: (!transitions.is_empty()).then(|| transitions.iter().map(transition).collect()),
        noncurrent_version_transitions: (!older.is_empty())
            .then(|| older.iter().map(older_transition).collect()),
        noncurrent_version_expiration: rule.older_expiration.map(older_expiration),
        abort_incomplete_multipart_upload: rule
            .abort_days
            .map(|days| AbortIncompleteMultipartUpload { days_after_initiation: Some(days) }),
    }
}

fn filter(filter: &Filter) -> Option<LifecycleRuleFilter> {
    let size = |bytes: Option<u64>| bytes.and_then(|bytes| i64::try_from(bytes).ok());
    let mut tags = tags::shown(&filter.tags);
    match filter.form {
        Form::Prefix => None,
        Form::One => Some(LifecycleRuleFilter {
            prefix: filter.prefix.clone(),
            tag: tags.pop(),
            object_size_greater_than: size(filter.greater),
            object_size_less_than: size(filter.less),
            and: None,
        }),
        Form::And => Some(LifecycleRuleFilter {
            and: Some(LifecycleRuleAndOperator {
                prefix: filter.prefix.clone(),
                tags: (!tags.is_empty()).then_some(tags),
                object_size_greater_than: size(filter.greater),
                object_size_less_than: size(filter.less),
            }),
            ..LifecycleRuleFilter::default()
        }),
    }
}

fn expiration(expiration: Expiration) -> LifecycleExpiration {
    let mut shown = LifecycleExpiration::default();
    match expiration {
        Expiration::Objects(When::Days(days)) => shown.days = Some(days),
        Expiration::Objects(When::Date(ms)) => shown.date = Some(times::exact(ms)),
        Expiration::Markers(go) => shown.expired_object_delete_marker = Some(go),
    }
    shown
}

fn transition(transition: &Transition) -> crate::model::Transition {
    let (days, date) = match transition.when {
        When::Days(days) => (Some(days), None),
        When::Date(ms) => (None, Some(times::exact(ms))),
    };
    crate::model::Transition { days, date, storage_class: word(transition.class) }
}

fn older_transition(older: &OlderTransition) -> NoncurrentVersionTransition {
    NoncurrentVersionTransition {
        noncurrent_days: Some(older.days),
        storage_class: word(older.class),
        newer_noncurrent_versions: older.spared,
    }
}

fn older_expiration(older: OlderExpiration) -> NoncurrentVersionExpiration {
    NoncurrentVersionExpiration { noncurrent_days: Some(older.days), newer_noncurrent_versions: older.spared }
}

fn word(class: Class) -> Option<TransitionStorageClass> {
    match class {
        Class::StandardIa => Some(TransitionStorageClass::StandardIa),
        Class::OnezoneIa => Some(TransitionStorageClass::OnezoneIa),
        Class::IntelligentTiering => Some(TransitionStorageClass::IntelligentTiering),
        Class::GlacierIr => Some(TransitionStorageClass::GlacierIr),
        Class::Glacier => Some(TransitionStorageClass::Glacier),
        Class::DeepArchive => Some(TransitionStorageClass::DeepArchive),
        // No rule moves to these.
        Class::Standard | Class::ReducedRedundancy => None,
    }
}
