use std::cmp::Ordering;

use crate::{
    SelectError,
    sql::Compare,
    value::{Number, Value},
};

/// Whether a comparison holds; `None` where one side is not known.
///
/// # Errors
/// [`SelectError::UnsupportedTypeForQuerying`] when values of two kinds are to be in order. Such values are never equal. Numbers
/// of 96 bits are not compared at all.
pub(super) fn holds(
    operator: Compare,
    left: &Value<'_>,
    right: &Value<'_>,
) -> Result<Option<bool>, SelectError> {
    if left.is_unknown() || right.is_unknown() {
        return Ok(None);
    }
    if operator == Compare::Equal {
        return Ok(Some(equal(left, right)?));
    }
    if operator == Compare::Unequal {
        return Ok(Some(!equal(left, right)?));
    }
    let Some(order) = order(left, right)? else {
        // What is not a number is neither more nor less than one.
        let numbers = left.number().is_some() && right.number().is_some();
        return if numbers { Ok(Some(false)) } else { Err(SelectError::UnsupportedTypeForQuerying) };
    };
    Ok(Some(match operator {
        Compare::Less => order.is_lt(),
        Compare::LessOrEqual => order.is_le(),
        Compare::Greater => order.is_gt(),
        _ => order.is_ge(),
    }))
}

/// Whether both are the same value.
pub(super) fn equal(left: &Value<'_>, right: &Value<'_>) -> Result<bool, SelectError> {
    Ok(match (left, right) {
        (Value::Nested(left), Value::Nested(right)) => left == right,
        _ => order(left, right)? == Some(Ordering::Equal),
    })
}

/// The order of two values of a kind; `None` for those of two.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>, SelectError> {
    Ok(match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.compare(right)),
        (Value::Int96(_), _) | (_, Value::Int96(_)) => return Err(SelectError::UnsupportedTypeForQuerying),
        _ => match (left.number(), right.number()) {
            (Some(left), Some(right)) => numbers(left, right)?,
            _ => None,
        },
    })
}

fn numbers(left: Number, right: Number) -> Result<Option<Ordering>, SelectError> {
    match (&left, &right) {
        // No decimal is infinite, or no number.
        (Number::Float(float), _) | (_, Number::Float(float)) if !float.is_finite() => {
            Ok(left.float().partial_cmp(&right.float()))
        }
        (Number::Decimal(_), _) | (_, Number::Decimal(_)) => Ok(Some(left.decimal()?.cmp(&right.decimal()?))),
        _ => Ok(left.float().partial_cmp(&right.float())),
    }
}
