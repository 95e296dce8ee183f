use std::collections::HashSet;

use kurodo_authz::{Grant, Write};
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    CloudWatch, Error, Summary,
    data::{Datum, Known, MetricName, Tier, entries, unit_number},
    layout,
    model::{MetricDatum, PutMetricDataOutput, StandardUnit, op},
    time,
};

/// The most data of a request, and the most values of a datum.
const DATA: usize = 1000;
const VALUES: usize = 150;
/// How far a datum's time may be behind and ahead, in seconds.
const BEHIND: i64 = 14 * 86_400;
const AHEAD: i64 = 2 * 3600;
/// Bounds of values: beyond them AWS keeps none.
///
/// Source: CloudWatch API Reference, MetricDatum.
const GREATEST: f64 = 2.348_542_582_773_833e108;

impl Handler<op::PutMetricData> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::PutMetricData>) -> Answer<op::PutMetricData> {
        let now = asked.call.now_ms.div_euclid(1000);
        let given = asked.input.metric_data.unwrap_or_default();
        if given.is_empty() {
            return Err(Error::Missing("The parameter MetricData is required.".to_owned()));
        }
        if given.len() > DATA {
            let message = format!("The collection MetricData must not have a size greater than {DATA}.");
            return Err(Error::Value(message));
        }
        let named = given.iter().enumerate().map(|(at, datum)| {
            let place = format!("MetricData.member.{}", at + 1);
            let name = MetricName::new(&datum.metric_name, datum.dimensions.as_deref());
            Ok((read(&place, datum, &name, now)?, name))
        });
        let named: Vec<(Datum, MetricName)> = named.collect::<Result<_, Error>>()?;
        self.append(&asked.permits, &named, now).await?;
        Ok(PutMetricDataOutput {}.into())
    }
}

impl CloudWatch {
    /// Appends data, and notes that there are such metrics.
    pub(super) async fn append<G: Grant<Access = Write>>(
        &self,
        permit: &G,
        named: &[(Datum, MetricName)],
        now: i64,
    ) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        let mut seen = HashSet::new();
        for (datum, metric) in named {
            let key = layout::metric(&metric.name, datum.metric, datum.unit);
            if !seen.insert(key.to_vec()) {
                continue;
            }
            let known =
                writer.get(&key)?.and_then(|found| serde_json::from_slice::<Known>(&found.value).ok());
            if known.is_none_or(|known| now - known.seen > Known::STALE) {
                let known = Known { dimensions: metric.dimensions.clone(), seen: now };
                let bytes = serde_json::to_vec(&known).map_err(|_| Error::Damaged("a metric"))?;
                transaction.put(&key, bytes);
            }
        }
        for entry in entries(named.iter().map(|(datum, _)| datum)) {
            transaction.append(layout::inbox(), entry);
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// What a datum says, if it says it as it must.
fn read(place: &str, datum: &MetricDatum, name: &MetricName, now: i64) -> Result<Datum, Error> {
    check_dimensions(place, name)?;
    let time = datum.timestamp.map_or(now, time::seconds);
    if time < now - BEHIND {
        let message =
            format!("The parameter {place}.Timestamp must specify a time within the past two weeks.");
        return Err(Error::Value(message));
    }
    if time > now + AHEAD {
        let message = format!(
            "The parameter {place}.Timestamp must specify a time no more than two hours in the future."
        );
        return Err(Error::Value(message));
    }
    let tier = match datum.storage_resolution {
        Some(1) => Tier::Second,
        None | Some(60) => Tier::Minute,
        Some(other) => {
            let message =
                format!("The parameter {place}.StorageResolution must be 1 or 60, and not {other}.");
            return Err(Error::Value(message));
        }
    };
    let unit = unit_number(datum.unit.unwrap_or(StandardUnit::None));
    Ok(Datum { metric: name.id(), unit, tier, time, samples: samples(place, datum)? })
}

/// Names and values are of visible ASCII, and each name is there once.
///
/// Source: CloudWatch API Reference, Dimension.
fn check_dimensions(place: &str, metric: &MetricName) -> Result<(), Error> {
    let mut before = None;
    for (name, value) in &metric.dimensions {
        let of = format!("{place}.Dimensions");
        if before == Some(name) {
            return Err(Error::Value(format!("The parameter {of} must not contain the name {name} twice.")));
        }
        before = Some(name);
        let plain = |text: &str| text.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
        if name.starts_with(':') || !plain(name) {
            return Err(Error::Value(format!(
                "The parameter {of} has the name {name}, which is invalid: it must contain ASCII characters only and not begin with a colon."
            )));
        }
        if !plain(value) || value.trim().is_empty() {
            return Err(Error::Value(format!(
                "The parameter {of} has an invalid value for {name}: it must contain ASCII characters only, and one that is not a space."
            )));
        }
    }
    Ok(())
}

/// The samples that a datum tells of: a value, values with counts, or sums.
fn samples(place: &str, datum: &MetricDatum) -> Result<Summary, Error> {
    let given: Vec<_> = [
        ("Value", datum.value.is_some()),
        ("Values", datum.values.is_some()),
        ("StatisticValues", datum.statistic_values.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect();
    if let [first, second, ..] = given.as_slice() {
        return Err(Error::Combination(format!(
            "The parameters {place}.{first} and {place}.{second} are mutually exclusive and you have specified both."
        )));
    }
    if datum.counts.is_some() && datum.values.is_none() {
        return Err(Error::Combination(format!(
            "The parameter {place}.Counts needs the parameter {place}.Values."
        )));
    }
    if let Some(value) = datum.value {
        return Ok(Summary::value(number(&format!("{place}.Value"), value)?, 1.0));
    }
    if let Some(values) = &datum.values {
        return several(place, values, datum.counts.as_deref());
    }
    let Some(set) = &datum.statistic_values else {
        return Err(Error::Combination(format!(
            "At least one of the parameters {place}.Value, {place}.Values and {place}.StatisticValues must be specified."
        )));
    };
    let of = |name: &str, value| number(&format!("{place}.StatisticValues.{name}"), value);
    let (count, sum) = (of("SampleCount", set.sample_count)?, of("Sum", set.sum)?);
    let (least, most) = (of("Minimum", set.minimum)?, of("Maximum", set.maximum)?);
    if count <= 0.0 || least > most {
        return Err(Error::Value(format!(
            "The parameter {place}.StatisticValues must have a SampleCount above 0, and a Minimum that is not above the Maximum."
        )));
    }
    Ok(Summary::set(count, sum, least, most))
}

fn several(place: &str, values: &[f64], counts: Option<&[f64]>) -> Result<Summary, Error> {
    if values.is_empty() || values.len() > VALUES {
        let message = format!("The collection {place}.Values must have a size between 1 and {VALUES}.");
        return Err(Error::Value(message));
    }
    if counts.is_some_and(|counts| counts.len() != values.len()) {
        return Err(Error::Value(format!(
            "The collections {place}.Values and {place}.Counts must have the same size."
        )));
    }
    let mut all: Option<Summary> = None;
    for (at, value) in values.iter().enumerate() {
        let value = number(&format!("{place}.Values.member.{}", at + 1), *value)?;
        let count = counts.and_then(|counts| counts.get(at)).copied().unwrap_or(1.0);
        let count = number(&format!("{place}.Counts.member.{}", at + 1), count)?;
        if count <= 0.0 {
            let message = format!("The parameter {place}.Counts.member.{} must be above 0.", at + 1);
            return Err(Error::Value(message));
        }
        let one = Summary::value(value, count);
        match &mut all {
            Some(all) => all.merge(&one),
            none => *none = Some(one),
        }
    }
    all.ok_or(Error::Damaged("values"))
}

/// A number that AWS keeps.
fn number(place: &str, value: f64) -> Result<f64, Error> {
    match value.is_finite() && value.abs() <= GREATEST {
        true => Ok(value),
        false => Err(Error::Value(format!("The value {value} for parameter {place} is invalid."))),
    }
}
