//! Which state an alarm should be in, and why.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Condition, Decision, Missing, State, StateOf, Stored, Watched, decide};
use crate::{
    Error, Statistic, Summary,
    data::{MetricName, Range, View},
    model::{ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricStat, StandardUnit},
    query::{Plan, Run},
    time,
};

/// How many periods more than are evaluated are looked at, for those that are missing.
const SPARE: i64 = 2;

/// What is known of a period.
#[derive(Debug, Clone, Copy)]
struct Point {
    time: i64,
    value: f64,
    samples: Option<f64>,
}

/// What came of an evaluation.
pub(crate) enum Verdict {
    /// The state stays.
    Stays,
    /// Another state, or another reason for it.
    Enters(StateOf),
}

/// Which state a metric alarm should be in, in milliseconds since 1970.
pub(crate) fn judge(stored: &Stored, view: &mut View<'_>, now_ms: i64) -> Result<Verdict, Error> {
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
        return Ok(Verdict::Stays);
    };
    let (period, plan) = watched.plan()?;
    let most = i64::from(*evaluation_periods).max(1);
    let end = now_ms.div_euclid(1000) / period * period;
    let start = end - (most + SPARE) * period;
    let mut points = watched.points(plan.as_ref(), view, (start, end))?;
    if low_samples.as_deref() == Some("ignore") && watched.has_too_few(&points) {
        return Ok(Verdict::Stays);
    }
    let comparison = ComparisonOperator::parse(comparison).ok_or(Error::Damaged("an alarm"))?;
    let slots: Vec<i64> = (0..most + SPARE).map(|slot| start + slot * period).collect();
    let data: Vec<Option<bool>> = slots
        .iter()
        .map(|slot| points.get(slot).map(|point| breaches(comparison, point.value, *threshold)))
        .collect();
    let [most, enough] = [most, i64::from(datapoints_to_alarm.unwrap_or(*evaluation_periods))]
        .map(|number| usize::try_from(number).unwrap_or(1));
    let treatment = Missing::parse(missing.as_deref()).unwrap_or(Missing::Missing);
    let decision = decide(&data, most, enough, treatment);
    let Some(state) = decision.state else { return Ok(Verdict::Stays) };
    while points.len() > most {
        points.pop_first();
    }
    let finding = Finding {
        from: stored.state.value,
        to: state,
        points: points.into_values().collect(),
        comparison,
        threshold: *threshold,
        treatment,
        decision,
        most,
        enough,
    };
    if state == stored.state.value && !stored.state.reason.starts_with("Unchecked") {
        return Ok(Verdict::Stays);
    }
    let data = finding.data(watched, period, now_ms);
    Ok(Verdict::Enters(StateOf { value: state, reason: finding.reason(), data: Some(data.to_string()) }))
}

fn breaches(comparison: ComparisonOperator, value: f64, threshold: f64) -> bool {
    match comparison {
        ComparisonOperator::GreaterThanOrEqualToThreshold => value >= threshold,
        ComparisonOperator::GreaterThanThreshold => value > threshold,
        ComparisonOperator::LessThanThreshold => value < threshold,
        ComparisonOperator::LessThanOrEqualToThreshold => value <= threshold,
        // Bands are refused when the alarm is put.
        _ => false,
    }
}

fn comparing(comparison: ComparisonOperator) -> &'static str {
    match comparison {
        ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        ComparisonOperator::LessThanThreshold => "less than",
        ComparisonOperator::LessThanOrEqualToThreshold => "less than or equal to",
        _ => "greater than",
    }
}

/// A number as reasons write it: always with a decimal point.
fn shown(number: f64) -> String {
    format!("{number:?}")
}

struct Finding {
    from: State,
    to: State,
    points: Vec<Point>,
    comparison: ComparisonOperator,
    threshold: f64,
    treatment: Missing,
    decision: Decision,
    most: usize,
    enough: usize,
}

fn plural<'t>(number: usize, one: &'t str, many: &'t str) -> &'t str {
    if number == 1 { one } else { many }
}

impl Finding {
    fn reason(&self) -> String {
        let (most, filled) = (self.most, self.decision.filled);
        let noun = |number| plural(number, "datapoint", "datapoints");
        if self.to == State::InsufficientData {
            return format!(
                "Insufficient Data: {most} {} {} unknown.",
                noun(most),
                plural(most, "was", "were")
            );
        }
        let treated = match self.treatment {
            Missing::Breaching => "Breaching",
            Missing::NotBreaching => "NonBreaching",
            Missing::Missing | Missing::Ignore => "Missing",
        };
        if self.points.is_empty() {
            let periods = plural(filled, "period", "periods");
            let were = plural(filled, "was", "were");
            let noun = noun(filled);
            return format!(
                "Threshold Crossed: no datapoints were received for {filled} {periods} and {filled} missing {noun} {were} treated as [{treated}]."
            );
        }
        let breaches = |point: &&Point| breaches(self.comparison, point.value, self.threshold);
        let alarms = self.to == State::Alarm;
        let told: Vec<&Point> = self.points.iter().rev().filter(|point| breaches(point) == alarms).collect();
        let listed: Vec<_> = told
            .iter()
            .map(|point| format!("{} ({})", shown(point.value), time::short(point.time)))
            .collect();
        let (were, not) = (plural(told.len(), "was", "were"), if alarms { "" } else { " not" });
        let needed = if alarms { self.enough } else { (self.most + 1).saturating_sub(self.enough).max(1) };
        let transition = match (self.from, self.to) {
            (State::Ok, State::Alarm) => {
                format!(" (minimum {needed} {} for OK -> ALARM transition)", noun(needed))
            }
            (State::Alarm, State::Ok) => {
                format!(" (minimum {needed} {} for ALARM -> OK transition)", noun(needed))
            }
            _ => String::new(),
        };
        format!(
            "Threshold Crossed: {} out of the last {most} {} [{}] {were}{not} {} the threshold ({}){transition}.",
            told.len(),
            noun(most),
            listed.join(", "),
            comparing(self.comparison),
            shown(self.threshold),
        )
    }

    fn data(&self, watched: &Watched, period: i64, now_ms: i64) -> Json {
        let stamp = |seconds: i64| time::stamp(seconds * 1000);
        let mut data = json!({ "version": "1.0", "queryDate": time::stamp(now_ms) });
        if let Some(first) = self.points.first() {
            set(&mut data, "startDate", json!(stamp(first.time)));
        }
        if let Watched::Metric { statistic, extended, unit, .. } = watched {
            if let Some(unit) = unit {
                set(&mut data, "unit", json!(unit));
            }
            set(&mut data, "statistic", json!(statistic.as_ref().or(extended.as_ref())));
        }
        set(&mut data, "period", json!(period));
        let values: Vec<f64> = self.points.iter().map(|point| point.value).collect();
        set(&mut data, "recentDatapoints", json!(values));
        set(&mut data, "threshold", json!(self.threshold));
        let evaluated = self.points.iter().rev().map(|point| match point.samples {
            Some(samples) => {
                json!({"timestamp": stamp(point.time), "sampleCount": samples, "value": point.value})
            }
            None => json!({"timestamp": stamp(point.time), "value": point.value}),
        });
        set(&mut data, "evaluatedDatapoints", evaluated.collect());
        data
    }
}

fn set(data: &mut Json, name: &str, value: Json) {
    if let Some(members) = data.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

type Points = BTreeMap<i64, Point>;

impl Watched {
    /// The period, and the queries of an alarm on metric math.
    fn plan(&self) -> Result<(i64, Option<Plan>), Error> {
        match self {
            Self::Metric { period, .. } => Ok((i64::from(*period).max(1), None)),
            Self::Math(_) => {
                let plan = Plan::read("Metrics", &self.queries())?;
                let period = plan.period().unwrap_or(60);
                Ok((period.max(1), Some(plan)))
            }
        }
    }

    /// The queries, as requests and answers have them.
    pub(crate) fn queries(&self) -> Vec<MetricDataQuery> {
        let Self::Math(queries) = self else { return Vec::new() };
        let queries = queries.iter().map(|query| MetricDataQuery {
            id: query.id.clone(),
            metric_stat: query.stat.as_ref().map(|stat| MetricStat {
                metric: Metric {
                    namespace: stat.namespace.clone(),
                    metric_name: stat.name.clone(),
                    dimensions: stat.dimensions.as_deref().map(dimensions),
                },
                period: stat.period,
                stat: stat.stat.clone(),
                unit: stat.unit.as_deref().and_then(StandardUnit::parse),
            }),
            expression: query.expression.clone(),
            label: query.label.clone(),
            return_data: query.returns,
            period: query.period,
            account_id: None,
        });
        queries.collect()
    }

    fn points(
        &self,
        plan: Option<&Plan>,
        view: &mut View<'_>,
        (start, end): (i64, i64),
    ) -> Result<Points, Error> {
        match (self, plan) {
            (Self::Metric { namespace, name, dimensions: given, period, unit, .. }, _) => {
                let range = Range { start, end, period: i64::from(*period).max(1) };
                let metric = MetricName::new(name, Some(&dimensions(given)));
                let unit = unit.as_deref().and_then(StandardUnit::parse);
                let mut slots: BTreeMap<i64, Summary> = BTreeMap::new();
                for (_, found) in view.read(namespace, &metric, unit, range)? {
                    for (time, samples) in found {
                        slots.entry(time).and_modify(|all| all.merge(&samples)).or_insert(samples);
                    }
                }
                let statistic = self.statistic().ok_or(Error::Damaged("an alarm"))?;
                let points = slots.iter().filter_map(|(time, samples)| {
                    let value = statistic.of(samples)?;
                    Some((*time, Point { time: *time, value, samples: Some(samples.count) }))
                });
                Ok(points.collect())
            }
            (Self::Math(_), Some(plan)) => {
                let Some(query) = plan.0.iter().find(|query| query.returns) else { return Ok(Points::new()) };
                let found = Run::new(plan, view, start, end).query(query)?;
                let series = found.into_iter().next();
                let points = series.into_iter().flat_map(|series| series.points);
                Ok(points.map(|(time, value)| (time, Point { time, value, samples: None })).collect())
            }
            (Self::Math(_), None) => Ok(Points::new()),
        }
    }

    fn statistic(&self) -> Option<Statistic> {
        match self {
            Self::Metric { statistic, extended, .. } => {
                Statistic::parse(statistic.as_deref().or(extended.as_deref())?)
            }
            Self::Math(_) => None,
        }
    }

    /// Whether percentiles are of too few samples to mean something.
    ///
    /// Source: CloudWatch User Guide, "Percentile-based CloudWatch alarms and low data samples".
    fn has_too_few(&self, points: &Points) -> bool {
        let Some(Statistic::Percentile(percent)) = self.statistic() else { return false };
        let rest = if percent < 50.0 { percent / 100.0 } else { 1.0 - percent / 100.0 };
        let least = if rest > 0.0 { 10.0 / rest } else { f64::INFINITY };
        points.values().any(|point| point.samples.is_some_and(|samples| samples < least))
    }
}

/// Dimensions as the model has them.
pub(super) fn dimensions(given: &[(String, String)]) -> Vec<Dimension> {
    given.iter().map(|(name, value)| Dimension { name: name.clone(), value: value.clone() }).collect()
}

/// Which state a composite alarm should be in, where others are in these, each since when.
pub(crate) fn judge_composite(
    stored: &Stored,
    arn: &str,
    states: &BTreeMap<String, (State, i64)>,
    now_ms: i64,
) -> Verdict {
    let Some(rule) = stored.rule() else { return Verdict::Stays };
    let holds = rule.holds(&|name| states.get(name).map(|(state, _)| *state));
    let value = if holds { State::Alarm } else { State::Ok };
    if value == stored.state.value {
        return Verdict::Stays;
    }
    let prefix = arn.strip_suffix(&stored.name).unwrap_or_default();
    let names = rule.names();
    let triggering = names.iter().filter_map(|name| {
        let (state, since) = states.get(*name)?;
        let state = json!({ "value": state.as_str(), "timestamp": time::stamp(*since) });
        Some(json!({ "arn": format!("{prefix}{name}"), "state": state }))
    });
    let data = json!({ "triggeringAlarms": triggering.collect::<Vec<_>>() });
    let newest =
        names.iter().filter_map(|name| Some((name, states.get(*name)?))).max_by_key(|(_, (_, at))| *at);
    let reason = match newest {
        Some((name, (state, at))) => {
            format!("{prefix}{name} transitioned to {} at {}", state.as_str(), time::long(*at))
        }
        None => format!("The rule of the alarm is {holds} at {}", time::long(now_ms)),
    };
    Verdict::Enters(StateOf { value, reason, data: Some(data.to_string()) })
}
