use std::borrow::Cow;

use crate::{
    decimal::{self, Decimal},
    json::Node,
    time::Stamp,
};

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// There is nothing.
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(Decimal),
    Text(Cow<'a, str>),
    Time(Stamp),
    /// A number of 96 bits, as Parquet had timestamps once: it is shown, and not counted with.
    Int96(u128),
    /// A list or an object of a record.
    Nested(Cow<'a, Node>),
}

/// A number, in the kinds that arithmetic tells apart.
pub(crate) enum Number {
    Int(i64),
    Float(f64),
    Decimal(Decimal),
}

impl Value<'_> {
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Int(number) => Some(Number::Int(*number)),
            Self::Float(number) => Some(Number::Float(*number)),
            Self::Decimal(number) => Some(Number::Decimal(number.clone())),
            _ => None,
        }
    }

    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Missing => Value::Missing,
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
            Self::Decimal(number) => Value::Decimal(number),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Time(time) => Value::Time(time),
            Self::Int96(number) => Value::Int96(number),
            Self::Nested(node) => Value::Nested(Cow::Owned(node.into_owned())),
        }
    }

    /// As a field of CSV, or CAST to a text, shows it. Lists and objects have no such form.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Missing | Self::Null => "".into(),
            Self::Bool(truth) => if *truth { "true" } else { "false" }.into(),
            Self::Int(number) => number.to_string().into(),
            Self::Float(number) => float(*number).into(),
            Self::Decimal(number) => decimal::show(number).into(),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Time(time) => time.to_string().into(),
            Self::Int96(number) => number.to_string().into(),
            Self::Nested(_) => return None,
        })
    }
}

impl<'a> From<&'a Node> for Cow<'a, Node> {
    fn from(node: &'a Node) -> Self {
        Cow::Borrowed(node)
    }
}

/// A float always shows that it is one.
pub(crate) fn float(number: f64) -> String {
    format!("{number:?}")
}

impl Number {
    pub(crate) fn decimal(self) -> Result<Decimal, crate::SelectError> {
        match self {
            Self::Int(number) => Ok(number.into()),
            Self::Decimal(number) => Ok(number),
            Self::Float(number) => decimal::from_float(number),
        }
    }

    pub(crate) fn float(&self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a float has no more digits")]
            Self::Int(number) => *number as f64,
            Self::Float(number) => *number,
            Self::Decimal(number) => decimal::to_float(number),
        }
    }
}
