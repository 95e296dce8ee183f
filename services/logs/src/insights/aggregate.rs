use super::{
    expression::Expression,
    row::Row,
    sketch::{Distinct, Percentiles},
    value::Value,
};

/// A function of many rows.
#[derive(Debug)]
pub(super) struct Aggregate {
    pub(super) kind: Kind,
    /// What it is computed of; of the rows themselves where there is nothing.
    pub(super) of: Option<Expression>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Count,
    CountDistinct,
    Sum,
    Average,
    Least,
    Greatest,
    Percentile(f64),
    Deviation,
    Earliest,
    Latest,
    SortsFirst,
    SortsLast,
}

impl Kind {
    /// The aggregate of this name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "count" => Self::Count,
            "count_distinct" => Self::CountDistinct,
            "sum" => Self::Sum,
            "avg" => Self::Average,
            "min" => Self::Least,
            "max" => Self::Greatest,
            "pct" | "percentile" | "median" => Self::Percentile(50.0),
            "stddev" => Self::Deviation,
            "earliest" => Self::Earliest,
            "latest" => Self::Latest,
            "sortsfirst" => Self::SortsFirst,
            "sortslast" => Self::SortsLast,
            _ => return None,
        })
    }
}

/// What an aggregate has seen.
#[derive(Debug, Clone)]
pub(super) enum State {
    Count(f64),
    Distinct(Distinct),
    /// How many, their sum, and the sum of the squares of how far they are from their mean.
    Moments {
        count: f64,
        mean: f64,
        squares: f64,
        sum: f64,
    },
    Percentiles(Percentiles),
    /// The value that is kept, and what it is kept by.
    Kept {
        by: Value,
        value: Value,
    },
}

impl Aggregate {
    pub(super) fn start(&self) -> State {
        match self.kind {
            Kind::Count => State::Count(0.0),
            Kind::CountDistinct => State::Distinct(Distinct::default()),
            Kind::Sum | Kind::Average | Kind::Deviation => {
                State::Moments { count: 0.0, mean: 0.0, squares: 0.0, sum: 0.0 }
            }
            Kind::Percentile(_) => State::Percentiles(Percentiles::default()),
            _ => State::Kept { by: Value::Nothing, value: Value::Nothing },
        }
    }

    pub(super) fn see(&self, state: &mut State, row: &Row) {
        let Some(of) = &self.of else {
            return if let State::Count(count) = state {
                *count += 1.0
            };
        };
        let seen = of.value(row, &[]);
        if seen.is_nothing() {
            return;
        }
        match state {
            State::Count(count) => *count += 1.0,
            State::Distinct(distinct) => seen.show().iter().for_each(|text| distinct.add(text)),
            State::Percentiles(percentiles) => {
                seen.number().into_iter().for_each(|number| percentiles.add(number))
            }
            State::Moments { count, mean, squares, sum } => {
                let Some(number) = seen.number() else { return };
                *count += 1.0;
                *sum += number;
                let step = number - *mean;
                *mean += step / *count;
                *squares += step * (number - *mean);
            }
            State::Kept { by, value } => self.keep(by, value, seen, row),
        }
    }

    fn keep(&self, by: &mut Value, value: &mut Value, seen: Value, row: &Row) {
        let next = match self.kind {
            Kind::Earliest | Kind::Latest => row.field("@timestamp"),
            Kind::Least | Kind::Greatest if seen.number().is_none() => return,
            _ => seen.clone(),
        };
        let order = next.order(by);
        let first = matches!(self.kind, Kind::Earliest | Kind::Least | Kind::SortsFirst);
        if by.is_nothing() || (first && order.is_lt()) || (!first && order.is_gt()) {
            (*by, *value) = (next, seen);
        }
    }

    /// What it takes to keep this, in bytes.
    pub(super) fn weight(state: &State) -> usize {
        match state {
            State::Count(_) | State::Moments { .. } => 0,
            State::Distinct(distinct) => distinct.weight(),
            State::Percentiles(percentiles) => percentiles.weight(),
            State::Kept { by, value } => by.weight() + value.weight(),
        }
    }

    pub(super) fn result(&self, state: &State) -> Value {
        match state {
            State::Count(count) => Value::Number(*count),
            State::Distinct(distinct) => Value::Number(distinct.count()),
            State::Kept { value, .. } => value.clone(),
            State::Percentiles(percentiles) => match self.kind {
                Kind::Percentile(percent) => percentiles.at(percent).map_or(Value::Nothing, Value::Number),
                _ => Value::Nothing,
            },
            State::Moments { count, .. } if *count == 0.0 => Value::Nothing,
            State::Moments { count, mean, squares, sum } => Value::Number(match self.kind {
                Kind::Sum => *sum,
                Kind::Average => *mean,
                _ => (squares / (count - 1.0).max(1.0)).sqrt(),
            }),
        }
    }
}
