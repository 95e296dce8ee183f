use std::{borrow::Cow, collections::HashSet};

use super::{Evaluated, Scope, compare};
use crate::{
    SelectError,
    sql::{DatePart, Expr, Function, Side},
    time::Stamp,
    value::Value,
};

impl<'a> Scope<'a> {
    pub(super) fn call(&self, function: Function, arguments: &'a [Expr]) -> Evaluated<'a> {
        match function {
            Function::Coalesce => return self.coalesce(arguments),
            Function::UtcNow => return Ok(Value::Time(self.now)),
            _ => {}
        }
        let values = arguments.iter().map(|one| self.value(one)).collect::<Result<Vec<_>, _>>()?;
        if function == Function::NullIf {
            return null_if(values);
        }
        if values.iter().any(Value::is_unknown) {
            return Ok(Value::Null);
        }
        let mut values = values.into_iter();
        let mut next = || values.next().ok_or(SelectError::EvaluatorInvalidArguments);
        match function {
            Function::CharLength => length(&text(next()?)?),
            Function::Lower => Ok(Value::Text(text(next()?)?.to_lowercase().into())),
            Function::Upper => Ok(Value::Text(text(next()?)?.to_uppercase().into())),
            Function::Substring => {
                let (text, start) = (text(next()?)?, int(&next()?)?);
                substring(&text, start, next().ok().map(|length| int(&length)).transpose()?)
            }
            Function::ToString => {
                let time = time(&next()?)?;
                Ok(Value::Text(time.show(&text(next()?)?)?.into()))
            }
            _ => Stamp::parse(text(next()?)?.trim()).map(Value::Time).ok_or(SelectError::ValueParseFailure),
        }
    }

    /// The first that is known.
    fn coalesce(&self, arguments: &'a [Expr]) -> Evaluated<'a> {
        for argument in arguments {
            let value = self.value(argument)?;
            if !value.is_unknown() {
                return Ok(value);
            }
        }
        Ok(Value::Null)
    }

    pub(super) fn date(&self, part: DatePart, function: Function, arguments: &'a [Expr]) -> Evaluated<'a> {
        let values = arguments.iter().map(|one| self.value(one)).collect::<Result<Vec<_>, _>>()?;
        if values.iter().any(Value::is_unknown) {
            return Ok(Value::Null);
        }
        match (function, values.as_slice()) {
            (Function::DateAdd, [count, stamp]) => Ok(Value::Time(time(stamp)?.add(part, int(count)?)?)),
            (Function::DateDiff, [from, to]) => Ok(Value::Int(time(from)?.until(&time(to)?, part))),
            (_, [stamp]) => Ok(time(stamp)?.part(part)),
            _ => Err(SelectError::EvaluatorInvalidArguments),
        }
    }

    /// Without the characters of a set at its ends; a space where none is named.
    pub(super) fn trim(&self, side: Side, remove: Option<&'a Expr>, from: &'a Expr) -> Evaluated<'a> {
        let remove = remove.map_or(Ok(Value::Text(" ".into())), |remove| self.value(remove))?;
        let from = self.value(from)?;
        if remove.is_unknown() || from.is_unknown() {
            return Ok(Value::Null);
        }
        let (set, text) = (text(remove)?.chars().collect::<HashSet<_>>(), text(from)?);
        let mut kept = &*text;
        if side != Side::Trailing {
            kept = kept.trim_start_matches(|c| set.contains(&c));
        }
        if side != Side::Leading {
            kept = kept.trim_end_matches(|c| set.contains(&c));
        }
        Ok(Value::Text(kept.to_owned().into()))
    }
}

fn null_if(values: Vec<Value<'_>>) -> Evaluated<'_> {
    let mut values = values.into_iter();
    let (Some(first), Some(second)) = (values.next(), values.next()) else {
        return Err(SelectError::EvaluatorInvalidArguments);
    };
    let same = first.is_unknown() || (!second.is_unknown() && compare::equal(&first, &second)?);
    Ok(if same { Value::Null } else { first })
}

fn length(text: &str) -> Evaluated<'static> {
    i64::try_from(text.chars().count()).map(Value::Int).map_err(|_| SelectError::IntegerOverflow)
}

/// Characters from a place that counts from one; places before the first count too, and hold nothing.
fn substring(text: &str, start: i64, length: Option<i64>) -> Evaluated<'static> {
    if length.is_some_and(|length| length < 0) {
        return Err(SelectError::EvaluatorInvalidArguments);
    }
    let end = length.map_or(i64::MAX, |length| start.saturating_add(length)).max(1);
    let start = start.max(1);
    let place = |at: i64| usize::try_from(at - 1).unwrap_or(usize::MAX);
    let count = usize::try_from(end.saturating_sub(start).max(0)).unwrap_or(usize::MAX);
    Ok(Value::Text(text.chars().skip(place(start)).take(count).collect::<String>().into()))
}

fn text(value: Value<'_>) -> Result<Cow<'_, str>, SelectError> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(SelectError::IncorrectSqlFunctionArgumentType),
    }
}

fn int(value: &Value<'_>) -> Result<i64, SelectError> {
    match value {
        Value::Int(number) => Ok(*number),
        _ => Err(SelectError::IncorrectSqlFunctionArgumentType),
    }
}

fn time(value: &Value<'_>) -> Result<Stamp, SelectError> {
    match value {
        Value::Time(time) => Ok(*time),
        _ => Err(SelectError::IncorrectSqlFunctionArgumentType),
    }
}
