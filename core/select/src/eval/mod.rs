//! Expressions, row by row.

mod aggregate;
mod arithmetic;
mod calls;
mod cast;
mod compare;
mod like;

pub(crate) use aggregate::Gathering;

use crate::{
    SelectError,
    input::Record,
    json::Node,
    sql::{Compare, Expr},
    time::Stamp,
    value::Value,
};

/// What an expression can see.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) row: Row<'a>,
    /// The outcomes of the aggregates.
    pub(crate) results: &'a [Value<'static>],
    pub(crate) now: Stamp,
}

/// A row of the input.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a> {
    /// After all rows.
    None,
    Csv(&'a Record),
    /// `None`: a wildcard found nothing.
    Json(Option<&'a Node>),
    /// Columns, and about how many bytes they have.
    Columns(&'a [Node], usize),
}

impl Row<'_> {
    /// About how many bytes it has.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Csv(record) => record.size(),
            Self::Json(Some(node)) => node.size(),
            Self::Columns(_, size) => *size,
            _ => 0,
        }
    }
}

type Evaluated<'a> = Result<Value<'a>, SelectError>;

impl<'a> Scope<'a> {
    /// What an expression comes to.
    pub(crate) fn value(&self, expr: &'a Expr) -> Evaluated<'a> {
        Ok(match expr {
            Expr::Missing | Expr::Path(_) => Value::Missing,
            Expr::Null => Value::Null,
            Expr::Bool(truth) => Value::Bool(*truth),
            Expr::Int(number) => Value::Int(*number),
            Expr::Decimal(number) => Value::Decimal(number.clone()),
            Expr::Text(text) => Value::Text(text.as_str().into()),
            Expr::Time(time) => Value::Time(*time),
            Expr::Column(index) => self.column(*index),
            Expr::Field(path) => match self.row {
                Row::Json(Some(node)) => node.find(path)?.map_or(Value::Missing, Node::value),
                _ => Value::Missing,
            },
            Expr::Below(index, path) => match self.row {
                Row::Columns(columns, _) => {
                    let column = columns.get(*index).map(|column| column.find(path)).transpose()?.flatten();
                    column.map_or(Value::Missing, Node::value)
                }
                _ => Value::Missing,
            },
            Expr::Result(index) => self.results.get(*index).cloned().unwrap_or(Value::Missing),
            Expr::Negative(one) => arithmetic::negative(self.value(one)?)?,
            Expr::Binary(operator, two) => {
                let [left, right] = &**two;
                arithmetic::apply(*operator, self.value(left)?, self.value(right)?)?
            }
            Expr::Cast(one, kind) => cast::cast(self.value(one)?, *kind)?,
            Expr::Case { subject, whens, otherwise } => {
                return self.case(subject.as_deref(), whens, otherwise.as_deref());
            }
            Expr::Call(function, arguments) => return self.call(*function, arguments),
            Expr::Date(part, function, arguments) => return self.date(*part, *function, arguments),
            Expr::Trim { side, remove, text } => return self.trim(*side, remove.as_deref(), text),
            _ => self.truth(expr)?.map_or(Value::Null, Value::Bool),
        })
    }

    fn column(&self, index: usize) -> Value<'a> {
        match self.row {
            Row::Csv(record) => record.get(index).map_or(Value::Missing, |text| Value::Text(text.into())),
            _ => Value::Missing,
        }
    }

    /// Whether a condition holds; `None` where that is not known.
    pub(crate) fn truth(&self, expr: &'a Expr) -> Result<Option<bool>, SelectError> {
        Ok(match expr {
            Expr::Not(one) => self.truth(one)?.map(|truth| !truth),
            Expr::And(all) => self.chain(all, false)?,
            Expr::Or(all) => self.chain(all, true)?,
            Expr::Compare(operator, two) => {
                let [left, right] = &**two;
                compare::holds(*operator, &self.value(left)?, &self.value(right)?)?
            }
            Expr::In(one, all) => self.is_in(&self.value(one)?, all)?,
            Expr::Between(three) => {
                let [value, low, high] = &**three;
                let value = self.value(value)?;
                let low = compare::holds(Compare::GreaterOrEqual, &value, &self.value(low)?)?;
                and(low, compare::holds(Compare::LessOrEqual, &value, &self.value(high)?)?)
            }
            Expr::Like { text, pattern, escape } => {
                let escape = escape.as_deref().map(|escape| self.value(escape)).transpose()?;
                like::holds(&self.value(text)?, &self.value(pattern)?, escape.as_ref())?
            }
            Expr::IsNull(one) => Some(self.value(one)?.is_unknown()),
            Expr::IsMissing(one) => Some(self.value(one)? == Value::Missing),
            _ => match self.value(expr)? {
                Value::Bool(truth) => Some(truth),
                Value::Null | Value::Missing => None,
                _ => return Err(SelectError::InvalidDataType),
            },
        })
    }

    /// AND ends with the first that is false, OR with the first that is true.
    fn chain(&self, all: &'a [Expr], end: bool) -> Result<Option<bool>, SelectError> {
        let mut known = true;
        for one in all {
            match self.truth(one)? {
                Some(truth) if truth == end => return Ok(Some(end)),
                Some(_) => {}
                None => known = false,
            }
        }
        Ok(known.then_some(!end))
    }

    fn is_in(&self, value: &Value<'a>, all: &'a [Expr]) -> Result<Option<bool>, SelectError> {
        let mut known = true;
        for one in all {
            match compare::holds(Compare::Equal, value, &self.value(one)?)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => known = false,
            }
        }
        Ok(known.then_some(false))
    }

    fn case(
        &self,
        subject: Option<&'a Expr>,
        whens: &'a [(Expr, Expr)],
        otherwise: Option<&'a Expr>,
    ) -> Evaluated<'a> {
        let subject = subject.map(|subject| self.value(subject)).transpose()?;
        for (when, then) in whens {
            let holds = match &subject {
                Some(subject) => compare::holds(Compare::Equal, subject, &self.value(when)?)?,
                None => self.truth(when)?,
            };
            if holds == Some(true) {
                return self.value(then);
            }
        }
        otherwise.map_or(Ok(Value::Null), |otherwise| self.value(otherwise))
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
