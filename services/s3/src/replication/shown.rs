use super::{Filter, Form, Replication, Rule};
use crate::model::{
    AccessControlTranslation, DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination,
    OwnerOverride, ReplicationConfiguration, ReplicationRule, ReplicationRuleAndOperator,
    ReplicationRuleFilter, ReplicationRuleStatus, Tag,
};

impl Replication {
    /// As replies show it.
    pub(crate) fn shown(&self) -> ReplicationConfiguration {
        ReplicationConfiguration {
            role: self.role.clone(),
            rules: self.rules.iter().map(Rule::shown).collect(),
        }
    }
}

impl Rule {
    fn shown(&self) -> ReplicationRule {
        let Filter { form, prefix, .. } = &self.filter;
        let markers = self.markers.map(|on| DeleteMarkerReplication {
            status: Some(match on {
                true => DeleteMarkerReplicationStatus::Enabled,
                false => DeleteMarkerReplicationStatus::Disabled,
            }),
        });
        let translation =
            self.gives_away.then_some(AccessControlTranslation { owner: OwnerOverride::Destination });
        ReplicationRule {
            id: Some(self.id.clone()),
            priority: self.priority,
            prefix: prefix.clone().filter(|_| *form == Form::Old),
            filter: self.filter.shown(),
            status: if self.enabled {
                ReplicationRuleStatus::Enabled
            } else {
                ReplicationRuleStatus::Disabled
            },
            destination: Destination {
                bucket: format!("arn:aws:s3:::{}", self.target),
                account: self.account.clone(),
                storage_class: self.class.map(|class| class.word()),
                access_control_translation: translation,
                encryption_configuration: None,
                replication_time: None,
                metrics: None,
            },
            delete_marker_replication: markers,
            source_selection_criteria: None,
            existing_object_replication: None,
        }
    }
}

impl Filter {
    fn shown(&self) -> Option<ReplicationRuleFilter> {
        let mut tags = self.tags.0.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() });
        match self.form {
            Form::Old => None,
            Form::One => {
                Some(ReplicationRuleFilter { prefix: self.prefix.clone(), tag: tags.next(), and: None })
            }
            Form::And => Some(ReplicationRuleFilter {
                prefix: None,
                tag: None,
                and: Some(ReplicationRuleAndOperator {
                    prefix: self.prefix.clone(),
                    tags: Some(tags.collect()),
                }),
            }),
        }
    }
}
