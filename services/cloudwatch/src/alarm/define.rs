//! What alarms may be, as they are put.
//!
//! Sources: CloudWatch API Reference, PutMetricAlarm, PutCompositeAlarm.

use kurodo_arn::Arn;

use super::{
    Actions, Condition, Missing, Rule, State, StateOf, Stored, Watched, Webhooks,
    stored::{WatchedQuery, WatchedStat},
};
use crate::{
    Error, Statistic,
    model::{ComparisonOperator, Dimension, MetricDataQuery, PutCompositeAlarmInput, PutMetricAlarmInput},
    query::Plan,
    resources::Others,
    tags,
};

/// The longest time that an alarm looks back, in seconds: a day, or a week by periods of an hour and more.
const DAY: i64 = 86_400;
/// The most alarms that a rule names.
const CHILDREN: usize = 100;

fn wrong<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Validation(message.into()))
}

/// A metric alarm as it was put, in its first state.
pub(crate) fn metric(input: &PutMetricAlarmInput, webhooks: &Webhooks, now_ms: i64) -> Result<Stored, Error> {
    let actions = actions(
        "PutMetricAlarm",
        webhooks,
        [&input.ok_actions, &input.alarm_actions, &input.insufficient_data_actions],
    )?;
    let comparison = match input.comparison_operator {
        None => return wrong("The parameter ComparisonOperator is required."),
        Some(
            operator @ (ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold
            | ComparisonOperator::LessThanLowerThreshold
            | ComparisonOperator::GreaterThanUpperThreshold),
        ) => {
            let message =
                format!("PutMetricAlarm does not implement ComparisonOperator {operator} in Kurodo.");
            return Err(Error::Refused(message));
        }
        Some(operator) => operator,
    };
    let Some(evaluation_periods) = input.evaluation_periods else {
        return wrong("The parameter EvaluationPeriods is required.");
    };
    let Some(threshold) = input.threshold.filter(|threshold| threshold.is_finite()) else {
        return wrong("The parameter Threshold is required.");
    };
    if input.datapoints_to_alarm.is_some_and(|enough| enough > evaluation_periods) {
        return wrong("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
    }
    let missing = input.treat_missing_data.as_deref();
    if Missing::parse(missing).is_none() {
        return wrong(format!(
            "TreatMissingData must be one of [breaching, notBreaching, ignore, missing], and not {}",
            missing.unwrap_or_default()
        ));
    }
    let (watched, period) = watched(input)?;
    let length = i64::from(evaluation_periods) * period;
    if length > if period >= 3600 { 7 * DAY } else { DAY } {
        return wrong(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or seven days where Period is at least an hour.",
        );
    }
    let condition = Condition::Metric {
        watched: Box::new(watched),
        evaluation_periods,
        datapoints_to_alarm: input.datapoints_to_alarm,
        threshold,
        comparison: comparison.as_str().to_owned(),
        missing: input.treat_missing_data.clone(),
        low_samples: low_samples(input)?,
    };
    Ok(Stored {
        name: input.alarm_name.clone(),
        description: input.alarm_description.clone(),
        actions_enabled: input.actions_enabled.unwrap_or(true),
        condition,
        configured: now_ms,
        state: first_state(),
        updated: now_ms,
        transitioned: now_ms,
        tags: tags::new(input.tags.as_deref())?,
        actions,
        notices: Vec::new(),
    })
}

fn first_state() -> StateOf {
    let reason = "Unchecked: Initial alarm creation".to_owned();
    StateOf { value: State::InsufficientData, reason, data: None }
}

fn low_samples(input: &PutMetricAlarmInput) -> Result<Option<String>, Error> {
    match input.evaluate_low_sample_count_percentile.as_deref() {
        None => Ok(None),
        Some(word @ ("evaluate" | "ignore")) if input.extended_statistic.is_some() => {
            Ok(Some(word.to_owned()))
        }
        Some("evaluate" | "ignore") => {
            wrong("EvaluateLowSampleCountPercentile can only be specified for alarms based on percentiles.")
        }
        Some(word) => wrong(format!(
            "Option {word} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and ignore."
        )),
    }
}

/// What a metric alarm is about, and its period.
fn watched(input: &PutMetricAlarmInput) -> Result<(Watched, i64), Error> {
    if let Some(queries) = input.metrics.as_deref().filter(|queries| !queries.is_empty()) {
        let single = input.metric_name.is_some()
            || input.namespace.is_some()
            || input.statistic.is_some()
            || input.extended_statistic.is_some()
            || input.dimensions.is_some()
            || input.period.is_some()
            || input.unit.is_some();
        if single {
            return wrong(
                "Metrics list and metric name, namespace, statistic, dimensions, period or unit are mutually exclusive.",
            );
        }
        return math(queries);
    }
    let (Some(namespace), Some(name)) = (&input.namespace, &input.metric_name) else {
        return wrong("Exactly one of Metrics, or MetricName and Namespace must be specified.");
    };
    let Some(period) = input.period else { return wrong("Period must not be null") };
    if !matches!(period, 10 | 20 | 30) && period % 60 != 0 {
        return wrong("Period must be 10, 20, 30 or a multiple of 60");
    }
    let extended = input.extended_statistic.clone();
    match (input.statistic, &extended) {
        (Some(_), Some(_)) => return wrong("Only one of Statistic and ExtendedStatistic can be specified."),
        (None, None) => return wrong("Exactly one of Statistic and ExtendedStatistic must be specified."),
        (None, Some(text)) if Statistic::extended(text).is_none() => {
            return wrong(format!("The value {text} for parameter ExtendedStatistic is not supported."));
        }
        _ => {}
    }
    let watched = Watched::Metric {
        namespace: namespace.clone(),
        name: name.clone(),
        dimensions: pairs(input.dimensions.as_deref()),
        statistic: input.statistic.map(|statistic| statistic.as_str().to_owned()),
        extended,
        period,
        unit: input.unit.map(|unit| unit.as_str().to_owned()),
    };
    Ok((watched, i64::from(period)))
}

fn pairs(dimensions: Option<&[Dimension]>) -> Vec<(String, String)> {
    let given = dimensions.unwrap_or_default().iter();
    given.map(|dimension| (dimension.name.clone(), dimension.value.clone())).collect()
}

fn math(queries: &[MetricDataQuery]) -> Result<(Watched, i64), Error> {
    let plan = Plan::read("Metrics", queries)?;
    if plan.0.iter().filter(|query| query.returns).count() != 1 {
        return wrong("Invalid metrics list: Exactly one element of the metrics list should return data.");
    }
    if plan.0.iter().any(|query| matches!(&query.kind, crate::query::Kind::Math(math) if math.searches())) {
        return wrong("Invalid metrics list: SEARCH is not supported in alarms.");
    }
    let Some(period) = plan.period() else {
        return wrong("Invalid metrics list: Period must not be null");
    };
    let queries = queries.iter().map(|query| WatchedQuery {
        id: query.id.clone(),
        stat: query.metric_stat.as_ref().map(|stat| WatchedStat {
            namespace: stat.metric.namespace.clone(),
            name: stat.metric.metric_name.clone(),
            dimensions: stat.metric.dimensions.as_deref().map(|dimensions| pairs(Some(dimensions))),
            period: stat.period,
            stat: stat.stat.clone(),
            unit: stat.unit.map(|unit| unit.as_str().to_owned()),
        }),
        expression: query.expression.clone(),
        label: query.label.clone(),
        returns: query.return_data,
        period: query.period,
    });
    Ok((Watched::Math(queries.collect()), period))
}

/// Actions call services that Kurodo has not: they are refused by name.
/// What alarms do: the webhooks that the operator allows.
fn actions(
    operation: &str,
    webhooks: &Webhooks,
    [ok, alarm, insufficient_data]: [&Option<Vec<String>>; 3],
) -> Result<Actions, Error> {
    let checked = |given: &Option<Vec<String>>| {
        let given = given.clone().unwrap_or_default();
        given.iter().try_for_each(|action| known(operation, webhooks, action)).map(|()| given)
    };
    Ok(Actions { ok: checked(ok)?, alarm: checked(alarm)?, insufficient_data: checked(insufficient_data)? })
}

fn known(operation: &str, webhooks: &Webhooks, action: &str) -> Result<(), Error> {
    if webhooks.allows(action) {
        return Ok(());
    }
    if action.starts_with("https://") {
        return Err(Error::Refused(format!(
            "{operation} does not allow the webhook {action}: its operator names the addresses that alarms may tell (--alarm-webhooks)."
        )));
    }
    match action.parse::<Arn>() {
        Ok(arn) => Err(Error::Refused(format!(
            "{operation} does not implement the action {action}: Kurodo has no actions of {} for alarms. What alarms do is in their history.",
            arn.service
        ))),
        Err(_) => wrong(format!("Invalid arn syntax: {action}")),
    }
}

/// A composite alarm as it was put, in its first state.
pub(crate) fn composite(
    input: &PutCompositeAlarmInput,
    others: &Others,
    webhooks: &Webhooks,
    now_ms: i64,
) -> Result<Stored, Error> {
    let actions = actions(
        "PutCompositeAlarm",
        webhooks,
        [&input.ok_actions, &input.alarm_actions, &input.insufficient_data_actions],
    )?;
    let rule = match Rule::parse(&input.alarm_rule) {
        Ok(rule) => rule,
        Err(fault) => return wrong(format!("AlarmRule must be a valid rule expression: {fault}")),
    };
    if rule.names().len() > CHILDREN {
        return wrong(format!("AlarmRule must not name more than {CHILDREN} alarms"));
    }
    if rule.names().contains(&input.alarm_name.as_str()) {
        return wrong("AlarmRule must not name the alarm itself");
    }
    if !others.missing.is_empty() {
        return wrong(format!(
            "Could not save the composite alarm as alarms [{}] in the alarm rule do not exist",
            others.missing.join(", ")
        ));
    }
    Ok(Stored {
        name: input.alarm_name.clone(),
        description: input.alarm_description.clone(),
        actions_enabled: input.actions_enabled.unwrap_or(true),
        condition: Condition::Composite { rule: input.alarm_rule.clone() },
        configured: now_ms,
        state: first_state(),
        updated: now_ms,
        transitioned: now_ms,
        tags: tags::new(input.tags.as_deref())?,
        actions,
        notices: Vec::new(),
    })
}
