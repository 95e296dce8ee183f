use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    Expression, Fault, Search, Series, Slots, Value,
    fill::fill,
    function::Function,
    series::constant,
    tree::{Node, Operator},
};

/// The most time series of an array.
const MOST: usize = 500;

/// What names and searches in an expression stand for.
pub trait Source {
    /// The periods of what has none of its own.
    fn slots(&self) -> Slots;
    /// Takes room for so many datapoints of what the request may have altogether.
    ///
    /// # Errors
    /// [`Fault::Datapoints`]: there is not so much left.
    fn spend(&mut self, datapoints: usize) -> Result<(), Fault>;
    /// What an id stands for.
    ///
    /// # Errors
    /// It stands for nothing, or cannot be evaluated.
    fn find(&mut self, id: &str) -> Result<Value, Fault>;
    /// All metrics of the request whose ids contain this text.
    ///
    /// # Errors
    /// They cannot be read.
    fn metrics(&mut self, containing: &str) -> Result<Vec<Series>, Fault>;
    /// The metrics that a search finds, with this statistic by this period.
    ///
    /// # Errors
    /// They cannot be read.
    fn search(&mut self, search: &Search, stat: &str, period: Option<i64>) -> Result<Vec<Series>, Fault>;
}

impl Expression {
    /// What the expression stands for.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn evaluate(&self, source: &mut dyn Source) -> Result<Value, Fault> {
        evaluate(&self.0, source)
    }
}

fn evaluate(node: &Node, source: &mut dyn Source) -> Result<Value, Fault> {
    let value = make(node, source)?;
    source.spend(value.weight())?;
    Ok(value)
}

/// No value weighs more than those that it is made of, but for datapoints that room was taken for.
fn make(node: &Node, source: &mut dyn Source) -> Result<Value, Fault> {
    match node {
        Node::Number(number) => Ok(Value::Scalar(Some(*number))),
        Node::Text(text) => Ok(Value::Text(text.clone())),
        // Words of functions are in capitals, ids begin with a small letter.
        Node::Name(name) if !name.starts_with(|c: char| c.is_ascii_lowercase()) => {
            Ok(Value::Text(name.clone()))
        }
        Node::Name(name) => source.find(name),
        Node::List(parts) => list(parts, source),
        Node::Negative(part) => each(evaluate(part, source)?, "-", |series| series.map(|value| -value)),
        Node::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, source)?, evaluate(right, source)?);
            binary(*operator, left, right)
        }
        Node::Call(function, arguments) => {
            function.check(arguments.len())?;
            let values: Vec<_> =
                arguments.iter().map(|argument| evaluate(argument, source)).collect::<Result<_, _>>()?;
            call(*function, values, source)
        }
    }
}

/// Time series next to each other.
fn list(parts: &[Node], source: &mut dyn Source) -> Result<Value, Fault> {
    let mut all = Vec::new();
    for part in parts {
        let value = evaluate(part, source)?;
        all.extend(value.into_series(source)?);
        room(&all)?;
    }
    Ok(Value::Many(all))
}

fn room(all: &[Series]) -> Result<(), Fault> {
    if all.len() > MOST { Err(Fault::Many(MOST)) } else { Ok(()) }
}

fn wrong(name: &str, value: &Value) -> Fault {
    Fault::Type(format!("{name} cannot be used with {}", value.kind()))
}

/// The same done to every time series, or to a number.
fn each(value: Value, name: &str, change: impl Fn(&Series) -> Series) -> Result<Value, Fault> {
    Ok(match value {
        Value::Scalar(number) => {
            let slots = Slots { start: 0, end: 1, period: 1 };
            let points = number.into_iter().map(|number| (0, number)).collect();
            let alone = Series { points, slots, label: String::new(), origin: None };
            Value::Scalar(change(&alone).values().next())
        }
        Value::Series(series) => Value::Series(change(&series)),
        Value::Many(many) => Value::Many(many.iter().map(change).collect()),
        Value::Text(_) => return Err(wrong(name, &value)),
    })
}

fn binary(operator: Operator, left: Value, right: Value) -> Result<Value, Fault> {
    let apply = |a: f64, b: f64| operator.apply(a, b);
    let name = "An operator";
    Ok(match (left, right) {
        (Value::Scalar(a), Value::Scalar(b)) => {
            let both = a.zip(b).map(|(a, b)| apply(a, b));
            Value::Scalar(both.filter(|value| value.is_finite()))
        }
        (Value::Scalar(a), right) => each(right, name, |series| match a {
            Some(a) => series.map(|b| apply(a, b)),
            None => series.with(std::iter::empty()),
        })?,
        (left, Value::Scalar(b)) => each(left, name, |series| match b {
            Some(b) => series.map(|a| apply(a, b)),
            None => series.with(std::iter::empty()),
        })?,
        (Value::Series(a), right @ (Value::Series(_) | Value::Many(_))) => {
            each(right, name, |b| both(b, &a, |b, a| apply(a, b)))?
        }
        (Value::Many(many), Value::Series(b)) => each(Value::Many(many), name, |a| both(a, &b, apply))?,
        (Value::Many(_), Value::Many(_)) => {
            return Err(Fault::Type("An operator cannot be used with two arrays of time series".to_owned()));
        }
        (Value::Text(_), value) | (value, Value::Text(_)) => {
            let other = value.kind();
            return Err(Fault::Type(format!("An operator cannot be used with text and {other}")));
        }
    })
}

/// What two series give where both have a value.
fn both(one: &Series, other: &Series, apply: impl Fn(f64, f64) -> f64) -> Series {
    let points = one.points.iter();
    one.with(points.filter_map(|(time, a)| other.points.get(time).map(|b| (*time, apply(*a, *b)))))
}

fn call(function: Function, values: Vec<Value>, source: &mut dyn Source) -> Result<Value, Fault> {
    let mut values = values.into_iter();
    let first = values.next().unwrap_or_else(|| Value::Text(String::new()));
    let rest: Vec<Value> = values.collect();
    let name = function.name();
    let timed = |first, of: fn(DateTime, i64) -> i64| each(first, name, |series| clock(series, of));
    match function {
        Function::Abs => each(first, name, |series| series.map(f64::abs)),
        Function::Ceil => each(first, name, |series| series.map(f64::ceil)),
        Function::Floor => each(first, name, |series| series.map(f64::floor)),
        Function::Log => each(first, name, |series| series.map(f64::ln)),
        Function::Log10 => each(first, name, |series| series.map(f64::log10)),
        Function::Avg | Function::Max | Function::Min | Function::Stddev | Function::Sum => {
            reduce(function, first)
        }
        Function::DatapointCount => match first {
            Value::Series(series) => Ok(Value::Scalar(Some(count(series.points.len())))),
            Value::Many(many) => Ok(Value::Series(across(&many, |values| count(values.len())))),
            other => Err(wrong(name, &other)),
        },
        Function::Diff => each(first, name, |series| steps(series, |_, change| change)),
        Function::DiffTime => each(first, name, |series| steps(series, |time, _| time)),
        Function::Rate => each(first, name, |series| steps(series, |time, change| change / time)),
        Function::RunningSum => each(first, name, running_sum),
        Function::Minute => timed(first, |time, _| time.minute().into()),
        Function::Hour => timed(first, |time, _| time.hour().into()),
        Function::Day => timed(first, |time, _| time.weekday().to_monday_one_offset().into()),
        Function::Date => timed(first, |time, _| time.day().into()),
        Function::Month => timed(first, |time, _| time.month().into()),
        Function::Year => timed(first, |time, _| time.year().into()),
        Function::Epoch => timed(first, |_, seconds| seconds),
        Function::Period => match first {
            Value::Series(series) => Ok(Value::Scalar(Some(whole(series.slots.period)))),
            other => Err(wrong(name, &other)),
        },
        Function::Fill => fill(first, rest.into_iter().next(), source),
        Function::If => choose(first, rest),
        Function::First | Function::Last => edge(function, first),
        Function::MetricCount => Ok(Value::Scalar(Some(count(many(name, first)?.len())))),
        Function::RemoveEmpty => {
            let many = many(name, first)?.into_iter();
            Ok(Value::Many(many.filter(|series| !series.points.is_empty()).collect()))
        }
        Function::Metrics => match first {
            Value::Text(containing) => Ok(Value::Many(source.metrics(&containing)?)),
            other => Err(wrong(name, &other)),
        },
        Function::Search => search(first, &rest, source),
        Function::Slice => slice(first, &rest),
        Function::Sort => sort(first, &rest),
        Function::TimeSeries => match first {
            Value::Scalar(number) => Ok(Value::Series(constant(number, source)?)),
            other => Err(wrong(name, &other)),
        },
    }
}

fn many(name: &str, value: Value) -> Result<Vec<Series>, Fault> {
    match value {
        Value::Many(many) => Ok(many),
        other => Err(wrong(name, &other)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts in memory are exact in a double")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "times and periods are exact in a double")]
fn whole(number: i64) -> f64 {
    number as f64
}

/// One number of a time series, or one time series of many.
fn reduce(function: Function, value: Value) -> Result<Value, Fault> {
    let of = move |values: &[f64]| match function {
        Function::Sum => values.iter().sum(),
        Function::Avg => mean(values),
        Function::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Function::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        _ => deviation(values),
    };
    match value {
        Value::Series(series) => {
            let values: Vec<f64> = series.values().collect();
            Ok(Value::Scalar(Some(of(&values)).filter(|value| !values.is_empty() && value.is_finite())))
        }
        Value::Many(many) => Ok(Value::Series(across(&many, of))),
        other => Err(wrong(function.name(), &other)),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

/// The deviation of the whole, not of a sample.
fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    (values.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / count(values.len())).sqrt()
}

/// What the values of several series at the same time give.
fn across(many: &[Series], of: impl Fn(&[f64]) -> f64) -> Series {
    let mut all: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (time, value) in many.iter().flat_map(|series| &series.points) {
        all.entry(*time).or_default().push(*value);
    }
    let slots = many.first().map_or(Slots { start: 0, end: 0, period: 1 }, |series| series.slots);
    let bare = Series { points: BTreeMap::new(), slots, label: String::new(), origin: None };
    bare.with(all.into_iter().map(|(time, values)| (time, of(&values))))
}

/// What the time and the value between each point and the one before give.
fn steps(series: &Series, of: impl Fn(f64, f64) -> f64) -> Series {
    let pairs = series.points.iter().zip(series.points.iter().skip(1));
    series.with(pairs.map(|((then, before), (time, value))| (*time, of(whole(time - then), value - before))))
}

fn running_sum(series: &Series) -> Series {
    let mut sum = 0.0;
    let sums: Vec<_> = series
        .points
        .iter()
        .map(|(time, value)| {
            sum += value;
            (*time, sum)
        })
        .collect();
    series.with(sums.into_iter())
}

/// A part of each point's time, in UTC.
fn clock(series: &Series, of: impl Fn(DateTime, i64) -> i64) -> Series {
    let parts = series.points.keys().filter_map(|time| {
        let at = Timestamp::from_second(*time).ok()?;
        Some((*time, whole(of(TimeZone::UTC.to_datetime(at), *time))))
    });
    series.with(parts)
}

/// `IF`: of each point the one or the other.
fn choose(condition: Value, rest: Vec<Value>) -> Result<Value, Fault> {
    let mut rest = rest.into_iter();
    let yes = rest.next();
    let (yes, no) = (yes.unwrap_or(Value::Scalar(None)), rest.next().unwrap_or(Value::Scalar(None)));
    match condition {
        Value::Scalar(truth) => Ok(if truth.is_some_and(|truth| truth != 0.0) { yes } else { no }),
        Value::Series(condition) => Ok(Value::Series(pick(&condition, &yes, &no)?)),
        Value::Many(conditions) => {
            let picked = conditions.iter().map(|condition| pick(condition, &yes, &no));
            Ok(Value::Many(picked.collect::<Result<_, _>>()?))
        }
        other @ Value::Text(_) => Err(wrong("IF", &other)),
    }
}

fn pick(condition: &Series, yes: &Value, no: &Value) -> Result<Series, Fault> {
    let side = |value: &Value, time: i64| match value {
        Value::Scalar(number) => *number,
        Value::Series(series) => series.points.get(&time).copied(),
        Value::Many(_) | Value::Text(_) => None,
    };
    if let Some(other) = [yes, no].into_iter().find(|side| matches!(side, Value::Many(_) | Value::Text(_))) {
        return Err(wrong("IF", other));
    }
    let picked = condition.points.iter().filter_map(|(time, truth)| {
        let value = if *truth != 0.0 { yes } else { no };
        Some((*time, side(value, *time)?))
    });
    Ok(condition.with(picked))
}

/// `FIRST`, `LAST`: one of several, or one value of a time series.
fn edge(function: Function, value: Value) -> Result<Value, Fault> {
    let last = function == Function::Last;
    match value {
        Value::Many(mut many) => {
            let found = if last { many.pop() } else { many.drain(..).next() };
            found
                .map(Value::Series)
                .ok_or_else(|| Fault::Type(format!("{} cannot be used with no time series", function.name())))
        }
        Value::Series(series) => {
            let mut values = series.values();
            Ok(Value::Scalar(if last { values.last() } else { values.next() }))
        }
        other => Err(wrong(function.name(), &other)),
    }
}

fn search(text: Value, rest: &[Value], source: &mut dyn Source) -> Result<Value, Fault> {
    let Value::Text(text) = text else { return Err(wrong("SEARCH", &text)) };
    let search = Search::parse(&text)?;
    let (stat, period) = match rest {
        [Value::Text(stat)] => (stat, None),
        [Value::Text(stat), Value::Scalar(Some(period))] => (stat, Some(integer(*period)?)),
        _ => return Err(Fault::Type("SEARCH takes a statistic and a period".to_owned())),
    };
    let found = source.search(&search, stat, period.filter(|period| *period > 0))?;
    room(&found)?;
    Ok(Value::Many(found))
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn integer(number: f64) -> Result<i64, Fault> {
    match number.fract() == 0.0 && number.abs() < 1e15 {
        true => Ok(number as i64),
        false => Err(Fault::Type(format!("{number} is not a whole number"))),
    }
}

fn index(value: &Value) -> Result<usize, Fault> {
    match value {
        Value::Scalar(Some(number)) => Ok(usize::try_from(integer(*number)?).unwrap_or_default()),
        other => Err(wrong("An index", other)),
    }
}

/// `SLICE`: those from one place to before another; a single one where no end is given.
fn slice(value: Value, rest: &[Value]) -> Result<Value, Fault> {
    let all = many("SLICE", value)?;
    let start = rest.first().map_or(Ok(0), index)?;
    match rest.get(1) {
        Some(end) => {
            let end = index(end)?;
            Ok(Value::Many(all.into_iter().take(end).skip(start).collect()))
        }
        None => all.into_iter().nth(start).map(Value::Series).ok_or_else(|| {
            Fault::Type(format!("SLICE cannot take time series {start}: there are not so many"))
        }),
    }
}

/// `SORT`: by a number of each, in an order, and only so many.
fn sort(value: Value, rest: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(by), Value::Text(order), limit @ ..] = rest else {
        return Err(Fault::Type("SORT takes a function, an order and a limit".to_owned()));
    };
    let function = Function::find(by)?;
    let known = [Function::Avg, Function::Min, Function::Max, Function::Sum];
    let descending = match order.as_str() {
        "ASC" => false,
        "DESC" => true,
        _ => return Err(Fault::Type(format!("SORT does not know the order {order}"))),
    };
    if !known.contains(&function) {
        return Err(Fault::Type(format!("SORT cannot be by {by}")));
    }
    let mut keyed = Vec::new();
    for series in many("SORT", value)? {
        let key = match reduce(function, Value::Series(series.clone()))? {
            Value::Scalar(key) => key,
            _ => None,
        };
        keyed.push((key, series));
    }
    // Those without data come last.
    keyed.sort_by(|(a, _), (b, _)| {
        let order = a.unwrap_or_default().total_cmp(&b.unwrap_or_default());
        b.is_some().cmp(&a.is_some()).then(if descending { order.reverse() } else { order })
    });
    let limit = limit.first().map_or(Ok(usize::MAX), index)?;
    Ok(Value::Many(keyed.into_iter().take(limit).map(|(_, series)| series).collect()))
}

/// All times that any of these has a value at.
pub(super) fn times<'s>(all: impl Iterator<Item = &'s Series>) -> BTreeSet<i64> {
    all.flat_map(|series| series.points.keys().copied()).collect()
}
