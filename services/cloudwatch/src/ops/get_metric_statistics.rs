use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    CloudWatch, Error, Statistic, Summary,
    data::{MetricName, Range, View},
    model::{Datapoint, GetMetricStatisticsInput, GetMetricStatisticsOutput, StandardUnit, op},
    query::is_period,
    time,
};

/// The most datapoints of an answer.
const MOST: i64 = 1440;

impl Handler<op::GetMetricStatistics> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::GetMetricStatistics>) -> Answer<op::GetMetricStatistics> {
        let (input, now) = (&asked.input, asked.call.now_ms.div_euclid(1000));
        let wanted = Wanted::read(input)?;
        let range = range(input, now)?;
        let metric = MetricName::new(&input.metric_name, input.dimensions.as_deref());
        let reader = self.store.read(&asked.permits);
        let found = View::new(&reader, now).read(&input.namespace, &metric, input.unit, range)?;
        let points = found.into_iter().flat_map(|(unit, slots)| {
            let wanted = &wanted;
            slots.into_iter().filter_map(move |(time, samples)| wanted.point(time, unit, &samples))
        });
        let label = Some(input.metric_name.clone());
        Ok(GetMetricStatisticsOutput { label, datapoints: Some(points.collect()) }.into())
    }
}

/// The periods that are asked for.
fn range(input: &GetMetricStatisticsInput, now: i64) -> Result<Range, Error> {
    let (start, end) = (time::seconds(input.start_time), time::seconds(input.end_time));
    let period = i64::from(input.period);
    if !is_period(period) {
        return Err(Error::Value(format!(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, and not {period}."
        )));
    }
    if start == end {
        return Err(Error::Value("The parameter StartTime must not equal parameter EndTime.".to_owned()));
    }
    if start > end {
        return Err(Error::Value(
            "The parameter StartTime must be less than the parameter EndTime.".to_owned(),
        ));
    }
    let points = (end - start + period - 1) / period;
    if points > MOST {
        return Err(Error::Combination(format!(
            "You have requested up to {points} datapoints, which exceeds the limit of {MOST}. You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )));
    }
    Ok(Range::new(start, end, period, now))
}

/// The statistics that are asked for.
struct Wanted {
    plain: Vec<Statistic>,
    extended: Vec<(String, Statistic)>,
}

impl Wanted {
    fn read(input: &GetMetricStatisticsInput) -> Result<Self, Error> {
        let plain = input.statistics.as_deref().unwrap_or_default();
        let plain = plain.iter().filter_map(|statistic| Statistic::parse(statistic.as_str())).collect();
        let mut extended = Vec::new();
        for text in input.extended_statistics.iter().flatten() {
            let statistic = Statistic::extended(text).ok_or_else(|| {
                Error::Value(format!("The value {text} for parameter ExtendedStatistics is not supported."))
            })?;
            extended.push((text.clone(), statistic));
        }
        let wanted = Self { plain, extended };
        match (wanted.plain.is_empty(), wanted.extended.is_empty()) {
            (true, true) => Err(Error::Missing(
                "At least one of the parameters Statistics and ExtendedStatistics must be specified.".to_owned(),
            )),
            (false, false) => Err(Error::Combination(
                "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both."
                    .to_owned(),
            )),
            _ => Ok(wanted),
        }
    }

    /// A period's datapoint; none, where nothing of what is asked for is known of it.
    fn point(&self, at: i64, unit: StandardUnit, samples: &Summary) -> Option<Datapoint> {
        let of = |statistic: Statistic| statistic.of(samples).filter(|_| self.plain.contains(&statistic));
        let extended: BTreeMap<String, f64> = self
            .extended
            .iter()
            .filter_map(|(text, statistic)| Some((text.clone(), statistic.of(samples)?)))
            .collect();
        if self.plain.is_empty() && extended.is_empty() {
            return None;
        }
        Some(Datapoint {
            timestamp: Some(time::at_second(at)),
            sample_count: of(Statistic::SampleCount),
            average: of(Statistic::Average),
            sum: of(Statistic::Sum),
            minimum: of(Statistic::Minimum),
            maximum: of(Statistic::Maximum),
            unit: Some(unit),
            extended_statistics: Some(extended).filter(|extended| !extended.is_empty()),
        })
    }
}
