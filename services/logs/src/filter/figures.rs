use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The most values of a datum.
///
/// Source: CloudWatch API Reference, MetricDatum.
const VALUES: usize = 150;
/// Bytes after which a request is full; with one more datum it is still smaller than CloudWatch takes.
const FULL: usize = 512 << 10;
/// The most data of a request.
const DATA: usize = 1000;
/// How old figures may be that CloudWatch takes, with a minute for the way; and how far ahead. In seconds.
const BEHIND: i64 = 14 * 86_400 - 60;
const AHEAD: i64 = 2 * 3600 - 60;
/// Bounds of values.
///
/// Source: CloudWatch API Reference, MetricDatum.
const GREATEST: f64 = 2.348_542_582_773_833e108;

/// A metric, and how exactly it is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Names and values, in order of the names.
    pub(crate) dimensions: Vec<(String, String)>,
    /// CloudWatch's word; empty for none.
    pub(crate) unit: String,
    /// Whether seconds are kept apart; else minutes.
    pub(crate) fine: bool,
}

impl Series {
    /// A metric that counts what happens to a group, among those of CloudWatch Logs itself.
    ///
    /// Source: CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics".
    pub(crate) fn own(name: &str, dimensions: &[(&str, &str)]) -> Self {
        let mut dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        dimensions.sort();
        Self {
            namespace: "AWS/Logs".to_owned(),
            name: name.to_owned(),
            dimensions,
            // All else is counted without a unit.
            unit: if name.ends_with("Bytes") { "Bytes" } else { "" }.to_owned(),
            fine: false,
        }
    }

    /// Whether CloudWatch takes its names and values.
    ///
    /// Source: CloudWatch API Reference, PutMetricData, Dimension.
    pub(crate) fn is_valid(&self) -> bool {
        let plain = |text: &str| text.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
        let short = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
        let dimension = |(name, value): &(String, String)| {
            let named = short(name, 255) && plain(name) && !name.starts_with(':');
            named && short(value, 1024) && plain(value) && !value.trim().is_empty()
        };
        let namespace = short(&self.namespace, 255) && !self.namespace.starts_with(':');
        namespace && short(&self.name, 255) && self.dimensions.iter().all(dimension)
    }
}

/// What is to be told to CloudWatch: how often each value occurred, by metric and time in seconds.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    all: BTreeMap<(Series, i64), BTreeMap<u64, f64>>,
    /// How many values there are.
    count: usize,
}

/// That CloudWatch would not take a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Untakable;

impl Figures {
    /// Adds values that occurred at a time, in milliseconds since 1970: all of them, or none.
    pub(crate) fn add(
        &mut self,
        series: Series,
        time: i64,
        now: i64,
        values: &[f64],
    ) -> Result<(), Untakable> {
        let time = takable(&series, time, now, values)?;
        let known = self.all.entry((series, time)).or_default();
        self.count -= known.len();
        for value in values {
            // Minus nothing is nothing.
            *known.entry((value + 0.0).to_bits()).or_default() += 1.0;
        }
        self.count += known.len();
        Ok(())
    }

    /// How many values there are, each counted once for its metric and time.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The requests that tell them.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        let mut open: Option<(&str, Vec<Value>, usize)> = None;
        for (series, datum, bytes) in self.data() {
            let fits = open.as_ref().is_some_and(|(namespace, data, size)| {
                *namespace == series.namespace && data.len() < DATA && size + bytes <= FULL
            });
            if !fits {
                requests.extend(open.take().map(request));
            }
            let (_, data, size) = open.get_or_insert((&series.namespace, Vec::new(), 0));
            data.push(datum);
            *size += bytes;
        }
        requests.extend(open.map(request));
        requests
    }

    /// Data with the bytes that they take, in order of the namespaces.
    fn data(&self) -> impl Iterator<Item = (&Series, Value, usize)> {
        self.all.iter().flat_map(|((series, time), values)| {
            let values: Vec<_> = values.iter().map(|(bits, count)| (f64::from_bits(*bits), *count)).collect();
            let some = values.chunks(VALUES).map(|some| datum(series, *time, some)).collect::<Vec<_>>();
            some.into_iter().map(move |datum| {
                let bytes = datum.to_string().len();
                (series, datum, bytes)
            })
        })
    }
}

/// The time that values are told under, in seconds, if CloudWatch takes them.
pub(crate) fn takable(series: &Series, time: i64, now: i64, values: &[f64]) -> Result<i64, Untakable> {
    let (exact, now) = (time.div_euclid(1000), now.div_euclid(1000));
    let step = if series.fine { 1 } else { 60 };
    let in_time = |time: &i64| *time >= now - BEHIND && *time <= now + AHEAD;
    let fits = |value: &f64| value.is_finite() && value.abs() <= GREATEST;
    let rough = exact.div_euclid(step) * step;
    let time = [rough, exact].into_iter().find(in_time);
    time.filter(|_| series.is_valid() && values.iter().all(fits)).ok_or(Untakable)
}

fn datum(series: &Series, time: i64, values: &[(f64, f64)]) -> Value {
    let dimension = |(name, value): &(String, String)| json!({ "Name": name, "Value": value });
    let unit = if series.unit.is_empty() { "None" } else { &series.unit };
    json!({
        "MetricName": series.name,
        "Dimensions": series.dimensions.iter().map(dimension).collect::<Vec<_>>(),
        "Timestamp": time,
        "Values": values.iter().map(|(value, _)| value).collect::<Vec<_>>(),
        "Counts": values.iter().map(|(_, count)| count).collect::<Vec<_>>(),
        "Unit": unit,
        "StorageResolution": if series.fine { 1 } else { 60 },
    })
}

fn request((namespace, data, _): (&str, Vec<Value>, usize)) -> Vec<u8> {
    json!({ "Namespace": namespace, "MetricData": data }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn series(namespace: &str) -> Series {
        Series { namespace: namespace.to_owned(), ..Series::own("m", &[("b", "2"), ("a", "1")]) }
    }

    fn told(figures: &Figures) -> Vec<Value> {
        figures.requests().iter().map(|request| serde_json::from_slice(request).unwrap()).collect()
    }

    #[test]
    fn values_of_a_minute_are_told_together() {
        let mut figures = Figures::default();
        for (time, value) in [(NOW, 1.0), (NOW + 999, 1.0), (NOW + 1000, 2.5), (NOW + 60_000, -0.0)] {
            figures.add(series("n"), time, NOW, &[value]).unwrap();
        }
        let [request] = &told(&figures)[..] else { panic!("one namespace is one request") };
        let data = request["MetricData"].as_array().unwrap();
        assert_eq!((request["Namespace"].as_str(), data.len()), (Some("n"), 2));
        assert_eq!((&data[0]["Values"], &data[0]["Counts"]), (&json!([1.0, 2.5]), &json!([2.0, 1.0])));
        assert_eq!(data[0]["Dimensions"][0], json!({ "Name": "a", "Value": "1" }));
        assert_eq!((&data[0]["Timestamp"], &data[1]["Values"]), (&json!(NOW / 1000), &json!([0.0])));
    }

    #[test]
    fn many_values_take_several_data_and_requests() {
        let mut figures = Figures::default();
        for value in 0..1000 {
            figures.add(series("a"), NOW, NOW, &[f64::from(value)]).unwrap();
            figures.add(series("b"), NOW - i64::from(value) * 60_000, NOW, &[1.0]).unwrap();
            figures.add(Series { fine: true, ..series("b") }, NOW + i64::from(value), NOW, &[1.0]).unwrap();
        }
        let requests = told(&figures);
        let sizes: Vec<_> = requests.iter().map(|one| one["MetricData"].as_array().unwrap().len()).collect();
        assert_eq!((sizes, figures.count()), (vec![7, 1000, 1], 2001));
        assert_eq!(requests[2]["MetricData"][0]["StorageResolution"], json!(1));
    }

    #[test]
    fn what_cloudwatch_does_not_take_is_not_told() {
        let mut figures = Figures::default();
        let mut add = |series: Series, time, value| figures.add(series, time, NOW, &[value]);
        let day = 86_400_000;
        assert_eq!(add(series("n"), NOW - 14 * day, 1.0), Err(Untakable));
        assert_eq!(add(series("n"), NOW + 3 * 3_600_000, 1.0), Err(Untakable));
        assert_eq!(add(series("n"), NOW, f64::NAN), Err(Untakable));
        assert_eq!(add(series("n"), NOW, 1e200), Err(Untakable));
        assert_eq!(add(series(":n"), NOW, 1.0), Err(Untakable));
        assert_eq!(add(Series::own("m", &[("a", " ")]), NOW, 1.0), Err(Untakable));
        assert_eq!(add(Series::own("m", &[("a", "é")]), NOW, 1.0), Err(Untakable));
        assert_eq!(add(series("n"), NOW - 14 * day + 90_000, 1.0), Ok(()));
        assert_eq!(told(&figures).len(), 1);
    }
}
