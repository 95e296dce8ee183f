//! Labels of time series, and what in them stands for something: `${MAX}`, `${PROP('MetricName')}`.
//!
//! Source: CloudWatch User Guide, "Using dynamic labels".

use jiff::{civil::DateTime, tz::Offset};

use crate::{Error, math::Series, time};

/// How times in labels are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone(Offset);

impl Zone {
    /// The zone of `LabelOptions`, such as `+0130`; UTC where there is none.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Error> {
        let Some(text) = text else { return Ok(Self(Offset::UTC)) };
        let offset = (|| {
            let (sign, digits) = text.split_at_checked(1)?;
            let sign = match sign {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let number: i32 = digits.parse().ok().filter(|_| digits.len() == 4)?;
            Offset::from_seconds(sign * (number / 100 * 3600 + number % 100 * 60)).ok()
        })();
        let message =
            || format!("The value {text} for parameter LabelOptions.Timezone is not a valid timezone.");
        offset.map(Self).ok_or_else(|| Error::Validation(message()))
    }

    fn time(self, seconds: i64) -> String {
        let local: DateTime = self.0.to_datetime(time::at_second(seconds));
        local.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// What labels may tell beside the time series itself.
pub(crate) struct About<'a> {
    pub(crate) account: String,
    pub(crate) region: &'a str,
    pub(crate) zone: Zone,
}

impl About<'_> {
    /// A label with what it stands for; what is not known stays as it is.
    pub(crate) fn write(&self, label: &str, series: &Series) -> String {
        let (mut out, mut rest) = (String::new(), label);
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match self.value(name.trim(), series) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("${{{name}}}")),
            }
            rest = tail;
        }
        out + rest
    }

    fn value(&self, name: &str, series: &Series) -> Option<String> {
        let points = &series.points;
        let number =
            |value: Option<f64>| Some(value.map_or_else(|| "--".to_owned(), |value| value.to_string()));
        let time =
            |value: Option<i64>| Some(value.map_or_else(|| "--".to_owned(), |value| self.zone.time(value)));
        let by_value = |(_, a): &(&i64, &f64), (_, b): &(&i64, &f64)| a.total_cmp(b);
        let (first, last) = (points.first_key_value(), points.last_key_value());
        let (least, most) = (points.iter().min_by(by_value), points.iter().max_by(by_value));
        let sum: f64 = points.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "counts in memory are exact in a double")]
        let count = points.len() as f64;
        let some = |value: f64| Some(value).filter(|_| count > 0.0);
        let deviation =
            || (points.values().map(|value| (value - sum / count).powi(2)).sum::<f64>() / count).sqrt();
        let value = |point: Option<(&i64, &f64)>| point.map(|(_, value)| *value);
        let when = |point: Option<(&i64, &f64)>| point.map(|(time, _)| *time);
        match name {
            "LABEL" => Some(series.label.clone()),
            "AVG" => number(some(sum / count)),
            "SUM" => number(some(sum)),
            "STDDEV" => number(some(deviation())),
            "DATAPOINT_COUNT" => number(Some(count)),
            "FIRST" => number(value(first)),
            "LAST" => number(value(last)),
            "MIN" => number(value(least)),
            "MAX" => number(value(most)),
            "FIRST_TIME" => time(when(first)),
            "LAST_TIME" => time(when(last)),
            "MIN_TIME" => time(when(least)),
            "MAX_TIME" => time(when(most)),
            "MIN_MAX_RANGE" => {
                Some(format!("{} - {}", self.value("MIN", series)?, self.value("MAX", series)?))
            }
            "FIRST_LAST_RANGE" => {
                Some(format!("{} - {}", self.value("FIRST", series)?, self.value("LAST", series)?))
            }
            "FIRST_LAST_TIME_RANGE" => {
                Some(format!("{} - {}", self.value("FIRST_TIME", series)?, self.value("LAST_TIME", series)?))
            }
            _ => self.property(name.strip_prefix("PROP(")?.strip_suffix(')')?.trim(), series),
        }
    }

    fn property(&self, quoted: &str, series: &Series) -> Option<String> {
        let name = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
        let origin = series.origin.as_ref();
        match name {
            "AccountId" => Some(self.account.clone()),
            "Region" => Some(self.region.to_owned()),
            "Period" => Some(series.slots.period.to_string()),
            "MetricName" => Some(origin?.metric.clone()),
            "Namespace" => Some(origin?.namespace.clone()),
            "Stat" => Some(origin?.stat.clone()),
            _ => {
                let wanted = name.strip_prefix("Dim.")?;
                let found = origin?.dimensions.iter().find(|(name, _)| name == wanted);
                found.map(|(_, value)| value.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::math::{Origin, Slots};

    #[test]
    fn labels_tell_of_their_series() {
        let origin = Origin {
            namespace: "N".to_owned(),
            metric: "M".to_owned(),
            dimensions: vec![("D".to_owned(), "d".to_owned())],
            stat: "Sum".to_owned(),
        };
        let series = Series {
            points: [(0, 3.0), (60, 1.0)].into(),
            slots: Slots { start: 0, end: 120, period: 60 },
            label: "x".to_owned(),
            origin: Some(Rc::new(origin)),
        };
        let zone = Zone::parse(Some("+0130")).unwrap();
        let about = About { account: "1".to_owned(), region: "r", zone };
        for (label, want) in [
            ("a ${LABEL} ${MAX}", "a x 3"),
            ("${AVG} ${SUM} ${MIN_MAX_RANGE}", "2 4 1 - 3"),
            ("${PROP('MetricName')}/${PROP('Dim.D')}/${PROP('Stat')}/${PROP('Region')}", "M/d/Sum/r"),
            ("${MAX_TIME}", "1970-01-01 01:30:00"),
            ("${NOTHING} ${", "${NOTHING} ${"),
        ] {
            assert_eq!(about.write(label, &series), want);
        }
        assert!(Zone::parse(Some("0130")).is_err() && Zone::parse(Some("+1")).is_err());
    }
}
