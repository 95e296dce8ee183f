use std::collections::HashSet;

use super::{Filter, Form, Replication, Rule};
use crate::{
    Error,
    facts::BucketFacts,
    model::{
        DeleteMarkerReplicationStatus, ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter,
        ReplicationRuleStatus,
    },
    records::{Class, Salt, Tags},
    tags,
};

/// So many rules a bucket may have.
const MOST: usize = 1000;
const ID: usize = 255;

/// How ARNs of buckets begin.
const ARN: &str = "arn:aws:s3:::";

impl Replication {
    /// Reads what a request asks for.
    ///
    /// # Errors
    /// Rules that AWS does not take.
    pub(crate) fn read(asked: &ReplicationConfiguration) -> Result<Self, Error> {
        if asked.rules.is_empty() || asked.rules.len() > MOST {
            return Err(Error::MalformedXml);
        }
        let rules = asked.rules.iter().map(Rule::read).collect::<Result<Vec<_>, _>>()?;
        check_together(&rules)?;
        Ok(Self { role: asked.role.clone(), rules })
    }

    /// That copies can go where they are to go: to buckets that are there and keep versions.
    pub(crate) fn check<'f>(
        &self,
        source: &BucketFacts,
        target: impl Fn(&str) -> Option<&'f BucketFacts>,
    ) -> Result<(), Error> {
        if !source.versioning.is_on() {
            return Err(Error::InvalidRequest(
                "Versioning must be 'Enabled' on the bucket to apply a replication configuration".into(),
            ));
        }
        for rule in &self.rules {
            let invalid = |message: &'static str| Error::InvalidRequest(message.into());
            if rule.target == source.name {
                return Err(invalid("Destination bucket cannot be the same as the source bucket."));
            }
            let target = target(&rule.target).ok_or_else(|| invalid("Destination bucket must exist."))?;
            if !target.versioning.is_on() {
                return Err(invalid("Destination bucket must have versioning enabled."));
            }
            if source.object_lock.is_some() && target.object_lock.is_none() {
                return Err(invalid("Destination bucket must have Object Lock enabled."));
            }
            let owner = target.account.to_string();
            if rule.account.as_ref().is_some_and(|account| *account != owner) {
                return Err(invalid("Account must be the owner of the destination bucket."));
            }
        }
        Ok(())
    }
}

/// Ids and priorities are unique, and all rules are of one form.
fn check_together(rules: &[Rule]) -> Result<(), Error> {
    let (mut ids, mut priorities) = (HashSet::new(), HashSet::new());
    if !rules.iter().all(|rule| ids.insert(&rule.id)) {
        return Err(Error::argument("ID", "", "Rule Id must be unique."));
    }
    let mut ranked = rules.iter().filter_map(|rule| rule.priority);
    if let Some(twice) = ranked.find(|priority| !priorities.insert(*priority)) {
        return Err(Error::InvalidRequest(format!("Found duplicate priority {twice}").into()));
    }
    let old = rules.iter().filter(|rule| rule.filter.form == Form::Old).count();
    if old != 0 && old != rules.len() {
        return Err(Error::InvalidRequest("Rules cannot mix the versions of the replication schema.".into()));
    }
    Ok(())
}

impl Rule {
    fn read(asked: &ReplicationRule) -> Result<Self, Error> {
        let filter = filter(asked)?;
        let markers = asked.delete_marker_replication.as_ref().and_then(|markers| markers.status);
        let markers = markers.map(|status| status == DeleteMarkerReplicationStatus::Enabled);
        let invalid = |message: &'static str| Error::InvalidRequest(message.into());
        match filter.form {
            Form::Old if asked.priority.is_some() || markers.is_some() => {
                return Err(invalid("Priority and DeleteMarkerReplication need a Filter."));
            }
            Form::Old => {}
            _ if asked.priority.is_none() => {
                return Err(invalid("Priority must be specified for this version"));
            }
            _ if markers.is_none() => {
                return Err(invalid("DeleteMarkerReplication must be specified for this version"));
            }
            _ if !filter.tags.is_empty() && markers == Some(true) => {
                return Err(invalid(
                    "Delete marker replication is not supported if any Tag filter is specified.",
                ));
            }
            _ => {}
        }
        if asked.priority.is_some_and(|priority| priority < 0) {
            return Err(Error::argument("Priority", "", "Priority must be a positive integer."));
        }
        let destination = &asked.destination;
        let target = destination.bucket.strip_prefix(ARN);
        let target =
            target.ok_or_else(|| Error::argument("Bucket", &destination.bucket, "Invalid bucket ARN"))?;
        let gives_away = destination.access_control_translation.is_some();
        if gives_away && destination.account.is_none() {
            return Err(invalid("Account must be specified when AccessControlTranslation is."));
        }
        let class = destination.storage_class.map(|word| Class::asked(Some(word))).transpose()?;
        Ok(Self {
            id: id(asked.id.as_deref())?,
            enabled: asked.status == ReplicationRuleStatus::Enabled,
            priority: asked.priority,
            filter,
            target: target.to_owned(),
            account: destination.account.clone(),
            class,
            gives_away,
            markers,
        })
    }
}

/// The rule's id, or one that is made up.
fn id(asked: Option<&str>) -> Result<String, Error> {
    match asked.filter(|id| !id.is_empty()) {
        Some(id) if id.len() > ID => {
            Err(Error::argument("ID", id, "ID length should not exceed allowed limit of 255"))
        }
        Some(id) => Ok(id.to_owned()),
        None => Ok(Salt::random()?.bytes().iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

fn filter(asked: &ReplicationRule) -> Result<Filter, Error> {
    let Some(filter) = &asked.filter else {
        return Ok(Filter { form: Form::Old, prefix: asked.prefix.clone(), tags: Tags::default() });
    };
    if asked.prefix.is_some() {
        return Err(Error::MalformedXml);
    }
    let ReplicationRuleFilter { prefix, tag, and } = filter;
    match (prefix, tag, and) {
        (None, None, Some(and)) => {
            let tags = tags::from_object(and.tags.as_deref().unwrap_or_default())?;
            let predicates = usize::from(and.prefix.is_some()) + tags.0.len();
            if predicates < 2 {
                return Err(Error::MalformedXml);
            }
            Ok(Filter { form: Form::And, prefix: and.prefix.clone(), tags })
        }
        (prefix, None, None) => Ok(Filter { form: Form::One, prefix: prefix.clone(), tags: Tags::default() }),
        (None, Some(tag), None) => {
            Ok(Filter { form: Form::One, prefix: None, tags: tags::from_object(std::slice::from_ref(tag))? })
        }
        _ => Err(Error::MalformedXml),
    }
}
