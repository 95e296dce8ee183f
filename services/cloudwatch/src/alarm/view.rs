//! Alarms as answers have them.

use serde_json::{Value as Json, json};

use super::{Condition, Stored, Watched, evaluate::dimensions};
use crate::{
    model::{ComparisonOperator, CompositeAlarm, MetricAlarm, StandardUnit, Statistic},
    time,
};

/// A metric alarm; `None` where it is another.
pub(crate) fn metric_view(stored: &Stored, arn: String) -> Option<MetricAlarm> {
    let Condition::Metric {
        watched,
        evaluation_periods,
        datapoints_to_alarm,
        threshold,
        comparison,
        missing,
        low_samples,
    } = &stored.condition
    else {
        return None;
    };
    let mut alarm = MetricAlarm {
        alarm_name: Some(stored.name.clone()),
        alarm_arn: Some(arn),
        alarm_description: stored.description.clone(),
        alarm_configuration_updated_timestamp: Some(time::at(stored.configured)),
        actions_enabled: Some(stored.actions_enabled),
        ok_actions: Some(stored.actions.ok.clone()),
        alarm_actions: Some(stored.actions.alarm.clone()),
        insufficient_data_actions: Some(stored.actions.insufficient_data.clone()),
        state_value: stored.state.value.value(),
        state_reason: Some(stored.state.reason.clone()),
        state_reason_data: stored.state.data.clone(),
        state_updated_timestamp: Some(time::at(stored.updated)),
        state_transitioned_timestamp: Some(time::at(stored.transitioned)),
        evaluation_periods: Some(*evaluation_periods),
        datapoints_to_alarm: *datapoints_to_alarm,
        threshold: Some(*threshold),
        comparison_operator: ComparisonOperator::parse(comparison),
        treat_missing_data: missing.clone(),
        evaluate_low_sample_count_percentile: low_samples.clone(),
        ..MetricAlarm::default()
    };
    match &**watched {
        Watched::Math(_) => alarm.metrics = Some(watched.queries()),
        Watched::Metric { namespace, name, dimensions: given, statistic, extended, period, unit } => {
            alarm.namespace = Some(namespace.clone());
            alarm.metric_name = Some(name.clone());
            alarm.dimensions = Some(dimensions(given));
            alarm.statistic = statistic.as_deref().and_then(Statistic::parse);
            alarm.extended_statistic.clone_from(extended);
            alarm.period = Some(*period);
            alarm.unit = unit.as_deref().and_then(StandardUnit::parse);
        }
    }
    Some(alarm)
}

/// A composite alarm; `None` where it is another.
pub(crate) fn composite_view(stored: &Stored, arn: String) -> Option<CompositeAlarm> {
    let Condition::Composite { rule } = &stored.condition else { return None };
    Some(CompositeAlarm {
        actions_enabled: Some(stored.actions_enabled),
        alarm_actions: Some(stored.actions.alarm.clone()),
        alarm_arn: Some(arn),
        alarm_configuration_updated_timestamp: Some(time::at(stored.configured)),
        alarm_description: stored.description.clone(),
        alarm_name: Some(stored.name.clone()),
        alarm_rule: Some(rule.clone()),
        insufficient_data_actions: Some(stored.actions.insufficient_data.clone()),
        ok_actions: Some(stored.actions.ok.clone()),
        state_reason: Some(stored.state.reason.clone()),
        state_reason_data: stored.state.data.clone(),
        state_updated_timestamp: Some(time::at(stored.updated)),
        state_value: stored.state.value.value(),
        state_transitioned_timestamp: Some(time::at(stored.transitioned)),
        ..CompositeAlarm::default()
    })
}

impl Stored {
    /// The definition as histories have it.
    pub(crate) fn told(&self, arn: &str) -> Json {
        let mut told = json!({
            "alarmName": self.name,
            "alarmArn": arn,
            "alarmDescription": self.description,
            "actionsEnabled": self.actions_enabled,
            "okActions": self.actions.ok,
            "alarmActions": self.actions.alarm,
            "insufficientDataActions": self.actions.insufficient_data,
            "alarmConfigurationUpdatedTimestamp": time::stamp(self.configured),
        });
        let condition = match &self.condition {
            Condition::Composite { rule } => json!({ "alarmRule": rule }),
            Condition::Metric { watched, evaluation_periods, threshold, comparison, missing, .. } => {
                let mut condition = json!({
                    "evaluationPeriods": evaluation_periods,
                    "threshold": threshold,
                    "comparisonOperator": comparison,
                    "treatMissingData": missing.as_deref().unwrap_or(""),
                });
                if let Watched::Metric { namespace, name, dimensions, statistic, extended, period, .. } =
                    &**watched
                {
                    let dimensions =
                        dimensions.iter().map(|(name, value)| json!({ "name": name, "value": value }));
                    let own = json!({
                        "namespace": namespace,
                        "metricName": name,
                        "dimensions": dimensions.collect::<Vec<_>>(),
                        "statistic": statistic.as_ref().or(extended.as_ref()),
                        "period": period,
                    });
                    join(&mut condition, own);
                }
                condition
            }
        };
        join(&mut told, condition);
        told
    }
}

fn join(into: &mut Json, more: Json) {
    if let (Some(into), Json::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
