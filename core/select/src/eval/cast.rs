use crate::{
    SelectError, decimal,
    sql::Type,
    time::Stamp,
    value::{Number, Value},
};

/// CAST.
///
/// # Errors
/// [`SelectError::CastFailed`] for a text that is no such value, [`SelectError::InvalidCast`] for a value that can never be
/// one, [`SelectError::IntegerOverflow`] for a number that is too large.
pub(super) fn cast(value: Value<'_>, kind: Type) -> Result<Value<'_>, SelectError> {
    if value.is_unknown() {
        return Ok(Value::Null);
    }
    match kind {
        Type::Bool => bool(&value).map(Value::Bool),
        Type::Int => int(&value).map(Value::Int),
        Type::Float => float(&value).map(Value::Float),
        Type::Decimal => exact(&value).map(Value::Decimal),
        Type::Text => text(value),
        Type::Timestamp => match value {
            Value::Time(time) => Ok(Value::Time(time)),
            Value::Text(text) => Stamp::parse(text.trim()).map(Value::Time).ok_or(SelectError::CastFailed),
            _ => Err(SelectError::InvalidCast),
        },
    }
}

fn bool(value: &Value<'_>) -> Result<bool, SelectError> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::Text(text) if text.trim().eq_ignore_ascii_case("true") => Ok(true),
        Value::Text(text) if text.trim().eq_ignore_ascii_case("false") => Ok(false),
        Value::Text(_) => Err(SelectError::CastFailed),
        other => match other.number().ok_or(SelectError::InvalidCast)? {
            Number::Int(number) => Ok(number != 0),
            Number::Float(number) => Ok(number != 0.0),
            Number::Decimal(number) => Ok(number != decimal::Decimal::default()),
        },
    }
}

fn int(value: &Value<'_>) -> Result<i64, SelectError> {
    match value {
        Value::Bool(truth) => Ok(i64::from(*truth)),
        Value::Text(text) => decimal::whole(text.trim()).ok_or(SelectError::CastFailed),
        other => match other.number().ok_or(SelectError::InvalidCast)? {
            Number::Int(number) => Ok(number),
            number => decimal::to_int(&number.decimal()?).ok_or(SelectError::IntegerOverflow),
        },
    }
}

fn float(value: &Value<'_>) -> Result<f64, SelectError> {
    match value {
        Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Value::Text(text) => {
            let number = decimal::parse(text.trim()).ok_or(SelectError::CastFailed)?;
            Ok(decimal::to_float(&number))
        }
        other => Ok(other.number().ok_or(SelectError::InvalidCast)?.float()),
    }
}

fn exact(value: &Value<'_>) -> Result<decimal::Decimal, SelectError> {
    match value {
        Value::Bool(truth) => Ok(i64::from(*truth).into()),
        Value::Text(text) => decimal::parse(text.trim()).ok_or(SelectError::CastFailed),
        other => other.number().ok_or(SelectError::InvalidCast)?.decimal(),
    }
}

fn text(value: Value<'_>) -> Result<Value<'_>, SelectError> {
    if let Value::Text(text) = value {
        return Ok(Value::Text(text));
    }
    let text = value.text().ok_or(SelectError::InvalidCast)?.into_owned();
    Ok(Value::Text(text.into()))
}
