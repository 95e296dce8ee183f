use std::sync::Arc;

use regex::Regex;

use super::{functions::Function, row::Row, value::Value};

/// What is computed of a row.
#[derive(Debug)]
pub(super) enum Expression {
    Field(Arc<str>),
    Constant(Value),
    /// The result of an aggregate, by its number among those of the command.
    Aggregate(usize),
    Call(Function, Vec<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Like(Box<Expression>, Regex),
    In(Box<Expression>, Vec<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Power,
}

impl Expression {
    /// The value for a row. Aggregates have these results.
    pub(super) fn value(&self, row: &Row, aggregates: &[Value]) -> Value {
        let of = |expression: &Self| expression.value(row, aggregates);
        match self {
            Self::Field(name) => row.field(name),
            Self::Constant(value) => value.clone(),
            Self::Aggregate(number) => aggregates.get(*number).cloned().unwrap_or(Value::Nothing),
            Self::Call(function, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(of).collect();
                let made = function.call(&arguments, || row.field("@timestamp"));
                row.made(made.as_ref().map_or(usize::MAX, Value::weight));
                made.unwrap_or(Value::Nothing)
            }
            Self::Binary(Operator::And, one, other) => Value::Truth(of(one).is_true() && of(other).is_true()),
            Self::Binary(Operator::Or, one, other) => Value::Truth(of(one).is_true() || of(other).is_true()),
            Self::Binary(operator, one, other) => operator.apply(&of(one), &of(other)),
            Self::Not(inner) => Value::Truth(!of(inner).is_true()),
            Self::Negative(inner) => {
                of(inner).number().map_or(Value::Nothing, |number| Value::Number(-number))
            }
            Self::Like(inner, regex) => {
                Value::Truth(of(inner).show().is_some_and(|text| regex.is_match(&text)))
            }
            Self::In(inner, list) => {
                let value = of(inner);
                let is = |item: &Self| Operator::Equal.apply(&value, &of(item)).is_true();
                Value::Truth(!value.is_nothing() && list.iter().any(is))
            }
        }
    }

    /// Calls this with the name of every field that is read.
    pub(super) fn fields(&self, see: &mut impl FnMut(&str)) {
        match self {
            Self::Field(name) => see(name),
            Self::Constant(_) | Self::Aggregate(_) => {}
            Self::Call(function, arguments) => {
                if function.reads_time(arguments.len()) {
                    see("@timestamp");
                }
                arguments.iter().for_each(|argument| argument.fields(see));
            }
            Self::Binary(_, one, other) => {
                one.fields(see);
                other.fields(see);
            }
            Self::Not(inner) | Self::Negative(inner) | Self::Like(inner, _) => inner.fields(see),
            Self::In(inner, list) => {
                inner.fields(see);
                list.iter().for_each(|item| item.fields(see));
            }
        }
    }
}

impl Operator {
    fn apply(self, one: &Value, other: &Value) -> Value {
        match self {
            Self::Plus | Self::Minus | Self::Times | Self::Divide | Self::Modulo | Self::Power => {
                self.arithmetic(one, other)
            }
            _ => Value::Truth(self.compare(one, other)),
        }
    }

    fn arithmetic(self, one: &Value, other: &Value) -> Value {
        let (Some(a), Some(b)) = (one.number(), other.number()) else { return Value::Nothing };
        let number = match self {
            Self::Plus => a + b,
            Self::Minus => a - b,
            Self::Times => a * b,
            Self::Divide => a / b,
            Self::Modulo => a % b,
            _ => a.powf(b),
        };
        if number.is_finite() { Value::Number(number) } else { Value::Nothing }
    }

    /// What is not there equals nothing, and differs from everything that is there.
    fn compare(self, one: &Value, other: &Value) -> bool {
        if one.is_nothing() || other.is_nothing() {
            return self == Self::NotEqual && one.is_nothing() != other.is_nothing();
        }
        let order = match (one, other) {
            (Value::Truth(truth), Value::Text(text)) | (Value::Text(text), Value::Truth(truth)) => {
                return (self == Self::Equal) == (text == if *truth { "true" } else { "false" });
            }
            _ => one.order(other),
        };
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}
