use crate::{
    MOST_RECORD, SelectError, decimal,
    sql::Binary,
    value::{Number, Value},
};

/// The opposite of a number.
pub(super) fn negative(value: Value<'_>) -> Result<Value<'static>, SelectError> {
    if value.is_unknown() {
        return Ok(Value::Null);
    }
    match value.number().ok_or(SelectError::InvalidDataType)? {
        Number::Int(number) => number.checked_neg().map(Value::Int).ok_or(SelectError::IntegerOverflow),
        Number::Float(number) => Ok(Value::Float(-number)),
        Number::Decimal(number) => Ok(Value::Decimal(-number)),
    }
}

/// An operator on two values. Whole numbers stay whole; a decimal makes both decimal.
pub(super) fn apply<'a>(
    operator: Binary,
    left: Value<'_>,
    right: Value<'_>,
) -> Result<Value<'a>, SelectError> {
    if left.is_unknown() || right.is_unknown() {
        return Ok(Value::Null);
    }
    if operator == Binary::Concat {
        let (Value::Text(left), Value::Text(right)) = (left, right) else {
            return Err(SelectError::InvalidDataType);
        };
        if left.len() + right.len() > MOST_RECORD {
            return Err(SelectError::OverMaxRecordSize);
        }
        return Ok(Value::Text((left.into_owned() + &right).into()));
    }
    let numbers = left.number().zip(right.number());
    match numbers.ok_or(SelectError::InvalidDataType)? {
        (Number::Int(left), Number::Int(right)) => whole(operator, left, right).map(Value::Int),
        (left @ Number::Decimal(_), right) | (left, right @ Number::Decimal(_)) => {
            exact(operator, left.decimal()?, right.decimal()?).map(Value::Decimal)
        }
        (left, right) => Ok(Value::Float(float(operator, left.float(), right.float()))),
    }
}

fn whole(operator: Binary, left: i64, right: i64) -> Result<i64, SelectError> {
    if right == 0 && matches!(operator, Binary::Divide | Binary::Remainder) {
        return Err(SelectError::ExternalEvalException);
    }
    let made = match operator {
        Binary::Add => left.checked_add(right),
        Binary::Subtract => left.checked_sub(right),
        Binary::Multiply => left.checked_mul(right),
        Binary::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    made.ok_or(SelectError::IntegerOverflow)
}

fn exact(
    operator: Binary,
    left: decimal::Decimal,
    right: decimal::Decimal,
) -> Result<decimal::Decimal, SelectError> {
    match operator {
        Binary::Add => decimal::kept(left + right),
        Binary::Subtract => decimal::kept(left - right),
        Binary::Multiply => decimal::kept(left * right),
        Binary::Divide => decimal::divide(&left, &right),
        _ => decimal::remainder(&left, &right),
    }
}

fn float(operator: Binary, left: f64, right: f64) -> f64 {
    match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        _ => left % right,
    }
}
