use super::parser;
use crate::{SelectError, decimal::Decimal, time::Stamp};

/// A query that was read.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) projection: Projection,
    /// Where records lie below the root values of a JSON document: `S3Object[*].path`.
    pub(crate) from: Vec<Step>,
    /// Whether it was `S3Object[*]`.
    pub(crate) wild: bool,
    /// What a row is called in the expressions.
    pub(crate) alias: Name,
    pub(crate) condition: Option<Expr>,
    /// The most records of the result.
    pub(crate) limit: Option<u64>,
    /// The aggregates, in the order in which they stand; `Expr::Result` says which.
    pub(crate) aggregates: Vec<(Aggregate, Option<Expr>)>,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// The code that AWS has for what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SelectError> {
        parser::parse(text)
    }
}

/// What is selected.
#[derive(Clone, Debug)]
pub(crate) enum Projection {
    /// Rows as they are.
    All,
    Items(Vec<Item>),
}

/// A column of the result.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) value: Expr,
    /// Its name in results that have names.
    pub(crate) name: String,
}

/// A name: in double quotes it is meant as it is written, without them in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) exact: bool,
}

impl Name {
    pub(crate) fn is(&self, other: &str) -> bool {
        if self.exact { self.text == other } else { self.text.eq_ignore_ascii_case(other) }
    }

    /// Whether both can mean the same.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.is(&other.text) || other.is(&self.text)
    }

    /// The number of `_N`.
    pub(crate) fn position(&self) -> Option<usize> {
        self.text
            .strip_prefix('_')
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?
            .parse()
            .ok()
    }
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Name(Name),
    Index(usize),
    /// `[*]`, in an array.
    Elements,
    /// `.*`, in an object.
    Members,
}

/// A path as it is written: a column, or something below it.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) first: Name,
    pub(crate) rest: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
    Time(Stamp),
    /// A path that is not bound yet.
    Path(Path),
    /// A column of a CSV row.
    Column(usize),
    /// What lies on a path below a column; nothing of it is the column itself.
    Below(usize, Vec<Step>),
    /// What lies on a path below a JSON row; nothing of it is the row itself.
    Field(Vec<Step>),
    /// The outcome of an aggregate.
    Result(usize),
    Negative(Box<Self>),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Binary(Binary, Box<[Self; 2]>),
    Compare(Compare, Box<[Self; 2]>),
    In(Box<Self>, Vec<Self>),
    Between(Box<[Self; 3]>),
    Like {
        text: Box<Self>,
        pattern: Box<Self>,
        escape: Option<Box<Self>>,
    },
    IsNull(Box<Self>),
    IsMissing(Box<Self>),
    Case {
        subject: Option<Box<Self>>,
        whens: Vec<(Self, Self)>,
        otherwise: Option<Box<Self>>,
    },
    Cast(Box<Self>, Type),
    Call(Function, Vec<Self>),
    Date(DatePart, Function, Vec<Self>),
    Trim {
        side: Side,
        remove: Option<Box<Self>>,
        text: Box<Self>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Avg,
    Count,
    Max,
    Min,
    Sum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    CharLength,
    Coalesce,
    DateAdd,
    DateDiff,
    Extract,
    Lower,
    NullIf,
    Substring,
    ToString,
    ToTimestamp,
    Upper,
    UtcNow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatePart {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    TimezoneHour,
    TimezoneMinute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Leading,
    Trailing,
    Both,
}

/// What CAST makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int,
    Float,
    Decimal,
    Text,
    Timestamp,
}

impl Expr {
    /// The expressions directly in this one.
    pub(crate) fn parts(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Negative(one)
            | Self::Not(one)
            | Self::IsNull(one)
            | Self::IsMissing(one)
            | Self::Cast(one, _) => {
                vec![one]
            }
            Self::And(all) | Self::Or(all) | Self::Call(_, all) | Self::Date(_, _, all) => {
                all.iter_mut().collect()
            }
            Self::Binary(_, two) | Self::Compare(_, two) => two.iter_mut().collect(),
            Self::Between(three) => three.iter_mut().collect(),
            Self::In(one, all) => std::iter::once(&mut **one).chain(all).collect(),
            Self::Like { text, pattern, escape } => {
                [&mut **text, &mut **pattern].into_iter().chain(escape.as_deref_mut()).collect()
            }
            Self::Case { subject, whens, otherwise } => {
                let whens = whens.iter_mut().flat_map(|(when, then)| [when, then]);
                subject.as_deref_mut().into_iter().chain(whens).chain(otherwise.as_deref_mut()).collect()
            }
            Self::Trim { remove, text, .. } => {
                remove.as_deref_mut().into_iter().chain([&mut **text]).collect()
            }
            Self::Missing
            | Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Decimal(_)
            | Self::Text(_)
            | Self::Time(_)
            | Self::Path(_)
            | Self::Column(_)
            | Self::Below(..)
            | Self::Field(_)
            | Self::Result(_) => Vec::new(),
        }
    }
}
