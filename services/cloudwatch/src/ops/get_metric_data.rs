use kurodo_gateway::Handler;

use super::{Answer, Asked, scrape::exposed};
use crate::{
    CloudWatch, Error,
    data::View,
    labels::{About, Zone},
    math::Series,
    model::{GetMetricDataInput, GetMetricDataOutput, MetricDataResult, ScanBy, StatusCode, op},
    page,
    query::{Plan, Run},
    time,
};

/// The most datapoints of a page.
const MOST: i32 = 100_800;

impl Handler<op::GetMetricData> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::GetMetricData>) -> Answer<op::GetMetricData> {
        let (input, call) = (&asked.input, asked.call);
        if call.is_scrape() {
            let reader = self.store.read(&asked.permits);
            return exposed(&reader, call.head.query(), call.now_ms.div_euclid(1000));
        }
        let plan = Plan::read("MetricDataQueries", &input.metric_data_queries)?;
        let zone = Zone::parse(input.label_options.as_ref().and_then(|options| options.timezone.as_deref()))?;
        let (start, end) = bounds(input)?;
        let most = most(input)?;
        let place = Place::open(input.next_token.as_deref())?;
        // Later pages are of the same time as the first one.
        let now = place.now.unwrap_or_else(|| call.now_ms.div_euclid(1000));

        let reader = self.store.read(&asked.permits);
        let account = asked.permits.resource().account.to_string();
        let about = About { account, region: call.region.as_str(), zone };
        let evaluate = || {
            let mut view = View::new(&reader, now);
            let mut run = Run::new(&plan, &mut view, start, end);
            let mut results = Vec::new();
            for query in plan.0.iter().filter(|query| query.returns) {
                let found = run.query(query)?;
                let single = found.len() == 1;
                for series in found {
                    let label = label(&about, query.label.as_deref(), &series, single);
                    results.push(result(&query.id, label, &series, input.scan_by));
                }
            }
            Ok::<_, Error>(results)
        };
        let results = self.turns.take(evaluate).await?;
        let (metric_data_results, next) = cut(results, place.after, most);
        let next_token = next.map(|after| Place { now: Some(now), after }.seal());
        let metric_data_results = Some(metric_data_results);
        Ok(GetMetricDataOutput { metric_data_results, next_token, messages: Some(Vec::new()) }.into())
    }
}

fn bounds(input: &GetMetricDataInput) -> Result<(i64, i64), Error> {
    let (start, end) = (time::seconds(input.start_time), time::seconds(input.end_time));
    let wrong = |message: &str| Err(Error::Validation(message.to_owned()));
    if start == end {
        return wrong("The parameter StartTime must not equal parameter EndTime.");
    }
    if start > end {
        return wrong("The parameter StartTime must be less than the parameter EndTime.");
    }
    Ok((start, end))
}

fn most(input: &GetMetricDataInput) -> Result<usize, Error> {
    let most = input.max_datapoints.unwrap_or(MOST);
    let fits = usize::try_from(most).ok().filter(|_| (1..=MOST).contains(&most));
    fits.ok_or_else(|| {
        Error::Validation(format!(
            "The value {most} for parameter MaxDatapoints must be between 1 and {MOST}."
        ))
    })
}

/// The label of a series: what the query says, told apart where there are several.
fn label(about: &About<'_>, asked: Option<&str>, series: &Series, single: bool) -> String {
    match asked {
        None => series.label.clone(),
        Some(text) if single || text.contains("${") => about.write(text, series),
        Some(text) => format!("{text} {}", series.label),
    }
}

fn result(id: &str, label: String, series: &Series, order: Option<ScanBy>) -> MetricDataResult {
    let mut points: Vec<(i64, f64)> = series.points.iter().map(|(time, value)| (*time, *value)).collect();
    if order != Some(ScanBy::TimestampAscending) {
        points.reverse();
    }
    MetricDataResult {
        id: Some(id.to_owned()),
        label: Some(label),
        timestamps: Some(points.iter().map(|(at, _)| time::at_second(*at)).collect()),
        values: Some(points.iter().map(|(_, value)| *value).collect()),
        status_code: Some(StatusCode::Complete),
        messages: None,
    }
}

/// The page of the results that begins after so many datapoints, and where the next one begins.
fn cut(results: Vec<MetricDataResult>, after: usize, most: usize) -> (Vec<MetricDataResult>, Option<usize>) {
    let (mut skip, mut room) = (after, most);
    let (mut page, mut more) = (Vec::new(), false);
    for mut result in results {
        let (times, values) = (result.timestamps.take(), result.values.take());
        let (times, values) = (times.unwrap_or_default(), values.unwrap_or_default());
        let (length, skipped) = (values.len(), skip.min(values.len()));
        skip -= skipped;
        // A series without data is on the first page; one whose data all were on earlier ones is not on this one.
        if (length == 0 && after > 0) || (length > 0 && skipped == length) {
            continue;
        }
        let taken = room.min(length - skipped);
        room -= taken;
        if skipped + taken < length {
            more = true;
            result.status_code = Some(StatusCode::PartialData);
        }
        if taken == 0 && length > 0 {
            continue;
        }
        result.timestamps = Some(times.into_iter().skip(skipped).take(taken).collect());
        result.values = Some(values.into_iter().skip(skipped).take(taken).collect());
        page.push(result);
    }
    (page, more.then_some(after + most))
}

/// Where a page begins, and of when the answer is.
#[derive(Debug, Default)]
struct Place {
    now: Option<i64>,
    after: usize,
}

impl Place {
    fn open(token: Option<&str>) -> Result<Self, Error> {
        let Some(place) = page::open("GetMetricData", token)? else { return Ok(Self::default()) };
        let read = || {
            let (now, after) = std::str::from_utf8(&place).ok()?.split_once(' ')?;
            Some(Self { now: Some(now.parse().ok()?), after: after.parse().ok()? })
        };
        read().ok_or_else(|| Error::NextToken(token.unwrap_or_default().to_owned()))
    }

    fn seal(&self) -> String {
        page::seal("GetMetricData", format!("{} {}", self.now.unwrap_or_default(), self.after).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(id: &str, length: u8) -> MetricDataResult {
        MetricDataResult {
            id: Some(id.to_owned()),
            timestamps: Some((0..length).map(|at| time::at_second(at.into())).collect()),
            values: Some((0..length).map(f64::from).collect()),
            ..MetricDataResult::default()
        }
    }

    #[test]
    fn pages_have_every_datapoint_once() {
        for most in 1..10 {
            let (mut after, mut seen, mut pages) = (0, Vec::new(), 0);
            loop {
                let (page, next) = cut(vec![series("a", 3), series("b", 0), series("c", 5)], after, most);
                let here = page.iter().map(|one| one.values.as_ref().unwrap().len()).sum::<usize>();
                assert!(here <= most);
                for one in page {
                    let id = one.id.unwrap();
                    seen.extend(one.values.unwrap().into_iter().map(|value| format!("{id}{value}")));
                }
                pages += 1;
                match next {
                    Some(next) => after = next,
                    None => break,
                }
            }
            assert_eq!(seen, ["a0", "a1", "a2", "c0", "c1", "c2", "c3", "c4"], "{most}");
            assert_eq!(pages, 8usize.div_ceil(most));
        }
    }
}
