use std::{collections::BTreeMap, rc::Rc};

use super::{Fault, Source};

/// The periods that a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// When the first begins, in seconds since 1970.
    pub start: i64,
    /// Before when the last begins.
    pub end: i64,
    /// How long each is, in seconds.
    pub period: i64,
}

impl Slots {
    /// When each begins.
    pub fn times(&self) -> impl Iterator<Item = i64> {
        let Self { start, end, period } = *self;
        (0..).map(move |n: i64| start + n * period.max(1)).take_while(move |time| *time < end)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let length = self.end.saturating_sub(self.start).max(0).unsigned_abs();
        usize::try_from(length.div_ceil(self.period.max(1).unsigned_abs())).unwrap_or(usize::MAX)
    }
}

/// What a time series was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The metric's namespace.
    pub namespace: String,
    /// Its name.
    pub metric: String,
    /// Its dimensions.
    pub dimensions: Vec<(String, String)>,
    /// The statistic.
    pub stat: String,
}

/// Values by time, in seconds since 1970; where there is none, none is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The values.
    pub points: BTreeMap<i64, f64>,
    /// The periods that they are of.
    pub slots: Slots,
    /// What distinguishes it from others; the default of its label.
    pub label: String,
    /// The metric that it was read from, if it is of one.
    pub origin: Option<Rc<Origin>>,
}

impl Series {
    /// The same with other values; those that are no numbers are left out.
    #[must_use]
    pub(super) fn with(&self, points: impl Iterator<Item = (i64, f64)>) -> Self {
        Self { points: points.filter(|(_, value)| value.is_finite()).collect(), ..self.bare() }
    }

    fn bare(&self) -> Self {
        Self {
            points: BTreeMap::new(),
            slots: self.slots,
            label: self.label.clone(),
            origin: self.origin.clone(),
        }
    }

    /// The same with each value changed.
    #[must_use]
    pub(super) fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        self.with(self.points.iter().map(|(time, value)| (*time, change(*value))))
    }

    /// What it takes to keep it, in datapoints: it has a name of its own too.
    fn weight(&self) -> usize {
        self.points.len().saturating_add(16)
    }

    /// The values, in the order of time.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.points.values().copied()
    }
}

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; `None` where there are no data to make it of.
    Scalar(Option<f64>),
    /// A time series.
    Series(Series),
    /// Several of them.
    Many(Vec<Series>),
    /// Text, or a word.
    Text(String),
}

impl Value {
    /// The kind, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "a scalar",
            Self::Series(_) => "a time series",
            Self::Many(_) => "an array of time series",
            Self::Text(_) => "text",
        }
    }

    /// What it takes to keep it, in datapoints.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Scalar(_) | Self::Text(_) => 1,
            Self::Series(series) => series.weight(),
            Self::Many(many) => many.iter().map(Series::weight).fold(0, usize::saturating_add),
        }
    }

    /// The time series that an answer has; a scalar is one for every period.
    ///
    /// # Errors
    /// Text is no answer; there is no room for so many datapoints.
    pub fn into_series(self, source: &mut dyn Source) -> Result<Vec<Series>, Fault> {
        match self {
            Self::Scalar(value) => Ok(vec![constant(value, source)?]),
            Self::Series(series) => Ok(vec![series]),
            Self::Many(many) => Ok(many),
            Self::Text(_) => Err(Fault::Type("The expression does not return a time series".to_owned())),
        }
    }
}

/// The same value in every period.
pub(super) fn constant(value: Option<f64>, source: &mut dyn Source) -> Result<Series, Fault> {
    let slots = source.slots();
    source.spend(slots.count())?;
    let points = value.into_iter().flat_map(|value| slots.times().map(move |time| (time, value)));
    Ok(Series { points: points.collect(), slots, label: String::new(), origin: None })
}
