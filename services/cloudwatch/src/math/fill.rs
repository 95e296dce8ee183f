//! `FILL`: values where there are none.

use std::collections::BTreeMap;

use super::{Fault, Series, Slots, Source, Value, evaluate::times};

/// With what holes are filled.
enum Filling {
    Number(f64),
    Repeat,
    Linear,
    Series(Series),
}

/// Fills the holes of a time series, or of many.
pub(super) fn fill(value: Value, with: Option<Value>, source: &mut dyn Source) -> Result<Value, Fault> {
    let slots = source.slots();
    let filling = match with {
        Some(Value::Scalar(Some(number))) => Filling::Number(number),
        Some(Value::Series(series)) => Filling::Series(series),
        Some(Value::Text(word)) if word == "REPEAT" => Filling::Repeat,
        Some(Value::Text(word)) if word == "LINEAR" => Filling::Linear,
        _ => return Err(Fault::Type("FILL takes a number, a time series, REPEAT or LINEAR".to_owned())),
    };
    let mut fill = |series: &Series| {
        let slots = if series.slots.end > series.slots.start { series.slots } else { slots };
        source.spend(slots.count())?;
        Ok(filling.fill(series, slots))
    };
    match value {
        Value::Series(series) => Ok(Value::Series(fill(&series)?)),
        Value::Many(many) => Ok(Value::Many(many.iter().map(fill).collect::<Result<_, _>>()?)),
        Value::Scalar(_) | Value::Text(_) => {
            Err(Fault::Type(format!("FILL cannot be used with {}", value.kind())))
        }
    }
}

impl Filling {
    fn fill(&self, series: &Series, slots: Slots) -> Series {
        let mut all = times(std::iter::once(series));
        all.extend(slots.times());
        let points = &series.points;
        let filled = all.into_iter().filter_map(|time| {
            let value = points.get(&time).copied().or_else(|| self.at(time, points))?;
            Some((time, value))
        });
        series.with(filled)
    }

    fn at(&self, time: i64, points: &BTreeMap<i64, f64>) -> Option<f64> {
        let before = || points.range(..time).next_back();
        match self {
            Self::Number(number) => Some(*number),
            Self::Series(series) => series.points.get(&time).copied(),
            Self::Repeat => before().map(|(_, value)| *value),
            Self::Linear => {
                let ((from, a), (to, b)) = (before()?, points.range(time..).next()?);
                let (done, whole) = (seconds(time - from), seconds(to - from));
                Some(a + (b - a) * done / whole)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "times are exact in a double")]
fn seconds(number: i64) -> f64 {
    number as f64
}
