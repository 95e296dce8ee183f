use super::Summary;

/// A statistic of samples, as `Stat`, `Statistics` and `ExtendedStatistics` name it.
///
/// Source: CloudWatch User Guide, "CloudWatch statistics definitions".
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// `SampleCount`
    SampleCount,
    /// `Average`
    Average,
    /// `Sum`
    Sum,
    /// `Minimum`
    Minimum,
    /// `Maximum`
    Maximum,
    /// `p90`: the value that so many percent of the samples do not exceed.
    Percentile(f64),
    /// `TM(..)`, `WM(..)`, `TC(..)`, `TS(..)`, `PR(..)` and what is short for them.
    Trimmed(Kept, Bound, Bound),
}

/// What is told of the samples within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// `TM`: their mean.
    Mean,
    /// `WM`: the mean of all, those outside counted as the bound that they exceed.
    Winsorized,
    /// `TC`: their number.
    Count,
    /// `TS`: their sum.
    Sum,
    /// `PR`: their share of all, in percent.
    Rank,
}

/// A bound of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// None.
    Open,
    /// At so many percent of the samples.
    Percent(f64),
    /// At this value: above the lower, not above the upper.
    Value(f64),
}

impl Statistic {
    /// The statistic of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "SampleCount" => Self::SampleCount,
            "Average" => Self::Average,
            "Sum" => Self::Sum,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            _ => Self::extended(text)?,
        })
    }

    /// The same, but for the five that `Statistics` has.
    pub fn extended(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("IQM") {
            return Some(Self::Trimmed(Kept::Mean, Bound::Percent(25.0), Bound::Percent(75.0)));
        }
        if let Some(inner) = text.strip_suffix(')') {
            let (kind, bounds) = inner.split_once('(')?;
            return Self::bounded(kind, bounds);
        }
        let at = text.find(|c: char| c.is_ascii_digit())?;
        let (kind, number) = text.split_at(at);
        let percent = percent(number)?;
        match kind {
            "p" => Some(Self::Percentile(percent)),
            "tm" | "wm" | "tc" | "ts" => {
                Some(Self::Trimmed(Kept::parse(kind)?, Bound::Open, Bound::Percent(percent)))
            }
            _ => None,
        }
    }

    fn bounded(kind: &str, bounds: &str) -> Option<Self> {
        let (lower, upper) = bounds.split_once(':')?;
        let kept = Kept::parse(kind)?;
        let (lower, upper) = (Bound::parse(lower)?, Bound::parse(upper)?);
        let fits = match (lower, upper) {
            (Bound::Open, Bound::Open) => false,
            (Bound::Percent(a), Bound::Percent(b)) | (Bound::Value(a), Bound::Value(b)) => a < b,
            (Bound::Percent(_), Bound::Value(_)) | (Bound::Value(_), Bound::Percent(_)) => false,
            _ => true,
        };
        let percents = [lower, upper].iter().any(|bound| matches!(bound, Bound::Percent(_)));
        (fits && !(kept == Kept::Rank && percents)).then_some(Self::Trimmed(kept, lower, upper))
    }

    /// Whether it needs to know the values, and not only their sums.
    pub fn is_extended(&self) -> bool {
        matches!(self, Self::Percentile(_) | Self::Trimmed(..))
    }

    /// What it is of these samples; `None` where they do not tell.
    pub fn of(&self, samples: &Summary) -> Option<f64> {
        Some(match *self {
            Self::SampleCount => samples.count,
            Self::Sum => samples.sum,
            Self::Minimum => samples.minimum,
            Self::Maximum => samples.maximum,
            Self::Average => samples.sum / samples.count,
            Self::Percentile(percent) => percentile(countable(samples)?, samples.count, percent)?,
            Self::Trimmed(kept, lower, upper) => kept.of(countable(samples)?, samples.count, lower, upper)?,
        })
        .filter(|number| number.is_finite())
    }
}

/// The values, where they are known and not negative: AWS tells percentiles of no others.
fn countable(samples: &Summary) -> Option<&[(f64, f64)]> {
    samples.values().filter(|_| samples.minimum >= 0.0)
}

/// The least value that so many percent of the samples do not exceed.
fn percentile(values: &[(f64, f64)], count: f64, percent: f64) -> Option<f64> {
    let rank = percent / 100.0 * count;
    let mut seen = 0.0;
    let found = values.iter().find(|(_, count)| {
        seen += count;
        seen >= rank - 1e-9
    });
    found.or(values.last()).map(|(value, _)| *value)
}

impl Kept {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_uppercase().as_str() {
            "TM" => Self::Mean,
            "WM" => Self::Winsorized,
            "TC" => Self::Count,
            "TS" => Self::Sum,
            "PR" => Self::Rank,
            _ => return None,
        })
    }

    fn of(self, values: &[(f64, f64)], count: f64, lower: Bound, upper: Bound) -> Option<f64> {
        let within = within(values, count, lower, upper);
        let number: f64 = within.iter().map(|(_, count)| count).sum();
        let sum: f64 = within.iter().map(|(value, count)| value * count).sum();
        Some(match self {
            Self::Count => number,
            Self::Sum => sum,
            Self::Rank => number / count * 100.0,
            Self::Mean => sum / number,
            Self::Winsorized => {
                let bound = |bound, open: f64| match bound {
                    Bound::Open => Some(open),
                    Bound::Value(value) => Some(value),
                    Bound::Percent(percent) => percentile(values, count, percent),
                };
                let (least, most) = (bound(lower, f64::MIN)?, bound(upper, f64::MAX)?);
                values.iter().map(|(value, count)| value.max(least).min(most) * count).sum::<f64>() / count
            }
        })
    }
}

/// The values within bounds, and how much of each. Percents may lie in the middle of equal values.
fn within(values: &[(f64, f64)], count: f64, lower: Bound, upper: Bound) -> Vec<(f64, f64)> {
    let share = |bound, open: f64| match bound {
        Bound::Percent(percent) => percent / 100.0 * count,
        _ => open,
    };
    let (from, to) = (share(lower, 0.0), share(upper, count));
    let mut seen = 0.0;
    let mut found = Vec::new();
    for (value, number) in values {
        let part = (seen + number).min(to) - f64::max(seen, from);
        seen += number;
        let inside = !matches!(lower, Bound::Value(least) if *value <= least)
            && !matches!(upper, Bound::Value(most) if *value > most);
        if inside && part > 0.0 {
            found.push((*value, part));
        }
    }
    found
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.strip_suffix('%') {
            _ if text.is_empty() => Some(Self::Open),
            Some(number) => percent(number).map(Self::Percent),
            None => number(text).map(Self::Value),
        }
    }
}

fn percent(text: &str) -> Option<f64> {
    number(text).filter(|number| (0.0..=100.0).contains(number))
}

/// A decimal number, without the words that Rust takes too.
fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.') && text.len() <= 32;
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, values: &[f64]) -> Option<f64> {
        let mut all = Summary::value(values[0], 1.0);
        values[1..].iter().for_each(|value| all.merge(&Summary::value(*value, 1.0)));
        Statistic::parse(text).unwrap().of(&all)
    }

    #[test]
    fn statistics_of_ten_values() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        for (text, want) in [
            ("SampleCount", 10.0),
            ("Average", 5.5),
            ("Sum", 55.0),
            ("Minimum", 1.0),
            ("Maximum", 10.0),
            ("p50", 5.0),
            ("p90", 9.0),
            ("p100", 10.0),
            ("p0", 1.0),
            ("tm80", 4.5),
            ("TM(10%:90%)", 5.5),
            ("TM(2:5)", 4.0),
            ("TM(:5)", 3.0),
            ("IQM", 5.5),
            ("tc80", 8.0),
            ("ts80", 36.0),
            ("TC(2:5)", 3.0),
            ("TS(2:5)", 12.0),
            ("PR(:4)", 40.0),
            ("PR(4:)", 60.0),
            ("wm80", 5.2),
            ("WM(3:8)", 5.5),
        ] {
            let found = of(text, &values).unwrap();
            assert!((found - want).abs() < 1e-9, "{text}: {found}");
        }
    }

    #[test]
    fn what_is_no_statistic() {
        for text in [
            "",
            "p",
            "p101",
            "pinf",
            "p-1",
            "average",
            "TM(:)",
            "TM(10:5)",
            "TM(10%:5)",
            "PR(10%:)",
            "XX(1:2)",
            "IQ",
            "x9",
            "TM(1:2",
            "p1e1",
            "PR10",
        ] {
            assert_eq!(Statistic::parse(text), None, "{text}");
        }
    }

    #[test]
    fn negative_values_and_mere_sums_have_no_percentiles() {
        assert_eq!(of("p50", &[-1.0, 2.0]), None);
        assert_eq!(of("Average", &[-1.0, 2.0]), Some(0.5));
        assert_eq!(Statistic::parse("p50").unwrap().of(&Summary::set(2.0, 3.0, 1.0, 2.0)), None);
    }
}
