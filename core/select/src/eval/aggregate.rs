use super::{arithmetic, compare};
use crate::{
    SelectError,
    decimal::{self, Decimal},
    sql::{Aggregate, Binary},
    value::{Number, Value},
};

/// What an aggregate has gathered.
pub(crate) struct Gathering {
    aggregate: Aggregate,
    count: i64,
    /// The sum, or the least or greatest.
    value: Value<'static>,
}

impl Gathering {
    pub(crate) fn new(aggregate: Aggregate) -> Self {
        Self { aggregate, count: 0, value: Value::Null }
    }

    /// Takes a row's value; what is not known does not count.
    pub(crate) fn take(&mut self, value: Value<'_>) -> Result<(), SelectError> {
        if value.is_unknown() {
            return Ok(());
        }
        self.count += 1;
        if self.aggregate == Aggregate::Count {
            return Ok(());
        }
        if value.number().is_none() {
            return Err(SelectError::IncorrectSqlFunctionArgumentType);
        }
        let before = std::mem::replace(&mut self.value, Value::Null);
        self.value = match before {
            Value::Null => value.into_owned(),
            before => self.joined(before, value)?,
        };
        Ok(())
    }

    fn joined(&self, before: Value<'static>, value: Value<'_>) -> Result<Value<'static>, SelectError> {
        let order = || compare::order(&value, &before);
        match self.aggregate {
            Aggregate::Max if order()?.is_some_and(|order| order.is_gt()) => Ok(value.into_owned()),
            Aggregate::Min if order()?.is_some_and(|order| order.is_lt()) => Ok(value.into_owned()),
            Aggregate::Max | Aggregate::Min => Ok(before),
            // The sum behind an average may be larger than an integer.
            Aggregate::Avg => arithmetic::apply(Binary::Add, exact(before)?, value),
            _ => arithmetic::apply(Binary::Add, before, value),
        }
    }

    /// What it comes to, of all rows.
    pub(crate) fn result(self) -> Result<Value<'static>, SelectError> {
        match self.aggregate {
            Aggregate::Count => Ok(Value::Int(self.count)),
            Aggregate::Avg => match self.value.number() {
                None => Ok(Value::Null),
                #[expect(clippy::cast_precision_loss, reason = "a float has no more digits")]
                Some(Number::Float(sum)) => Ok(Value::Float(sum / self.count as f64)),
                Some(sum) => decimal::divide(&sum.decimal()?, &Decimal::from(self.count)).map(Value::Decimal),
            },
            _ => Ok(self.value),
        }
    }
}

/// A whole number as a decimal one.
fn exact(value: Value<'static>) -> Result<Value<'static>, SelectError> {
    match value {
        Value::Int(number) => Ok(Value::Decimal(number.into())),
        other => Ok(other),
    }
}
