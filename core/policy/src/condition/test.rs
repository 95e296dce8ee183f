use base64::{Engine, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use jiff::Timestamp;

use super::{
    date, network, number,
    operator::{Comparison, Operator, Order},
};
use crate::{
    Context,
    pattern::{Pattern, Reading},
    resource::ArnValue,
    variables::Variable,
};

/// A condition's values, compiled for its operator. A request's value matches when it matches any of them.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Text(Box<[Pattern]>),
    TextIgnoreCase(Box<[Pattern]>),
    Arn(Box<[ArnValue]>),
    Number(Order, Box<[Box<str>]>),
    Date(Order, Box<[Timestamp]>),
    Bool(Box<[Pattern]>),
    Binary(Box<[Vec<u8>]>),
    Ip(Box<[IpNet]>),
    /// Whether the key is to be absent.
    Null(Box<[bool]>),
}

impl Test {
    /// Compiles the values; `None` where one is not of the operator's type.
    pub(crate) fn new(operator: Operator, values: &[Box<str>], variables: bool) -> Option<Self> {
        let patterns = |wildcards| {
            let reading = Reading { wildcards, variables };
            values.iter().map(|value| Pattern::new(value, reading)).collect()
        };
        Some(match operator.comparison {
            Comparison::String { ignore_case: true, .. } => Self::TextIgnoreCase(patterns(false)),
            Comparison::String { ignore_case: false, like } => Self::Text(patterns(like)),
            Comparison::Arn => {
                Self::Arn(values.iter().map(|value| ArnValue::new(value, variables)).collect())
            }
            Comparison::Numeric(order) => Self::Number(order, all(values, number::checked)?),
            Comparison::Date(order) => Self::Date(order, all(values, date::parse)?),
            Comparison::Bool => {
                let patterns: Box<[Pattern]> = patterns(false);
                let typed = patterns
                    .iter()
                    .zip(values)
                    .all(|(pattern, value)| !pattern.is_fixed() || boolean(value).is_some());
                typed.then_some(Self::Bool(patterns))?
            }
            Comparison::Binary => Self::Binary(all(values, |value| STANDARD.decode(value).ok())?),
            Comparison::Ip => Self::Ip(all(values, network::parse)?),
            Comparison::Null => Self::Null(all(values, boolean)?),
        })
    }

    /// Whether the request's value matches one of the policy's.
    pub(super) fn matches(&self, value: &str, context: &Context) -> bool {
        match self {
            Self::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Self::TextIgnoreCase(patterns) => {
                patterns.iter().filter_map(|p| p.text(context)).any(|text| same_ignoring_case(&text, value))
            }
            Self::Arn(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Self::Number(order, numbers) => numbers
                .iter()
                .filter_map(|number| number::compare(value, number))
                .any(|ordering| order.admits(ordering)),
            Self::Date(order, dates) => {
                date::parse(value).is_some_and(|at| dates.iter().any(|date| order.admits(at.cmp(date))))
            }
            Self::Bool(patterns) => boolean(value).is_some_and(|value| {
                patterns.iter().filter_map(|p| p.text(context)).any(|text| boolean(&text) == Some(value))
            }),
            Self::Binary(values) => STANDARD.decode(value).is_ok_and(|bytes| values.contains(&bytes)),
            Self::Ip(networks) => network::address(value)
                .is_some_and(|address| networks.iter().any(|network| network.contains(&address))),
            Self::Null(_) => false,
        }
    }

    pub(super) fn variables(&self) -> Box<dyn Iterator<Item = &Variable> + '_> {
        match self {
            Self::Text(patterns) | Self::TextIgnoreCase(patterns) | Self::Bool(patterns) => {
                Box::new(patterns.iter().flat_map(Pattern::variables))
            }
            Self::Arn(patterns) => Box::new(patterns.iter().flat_map(ArnValue::variables)),
            _ => Box::new(std::iter::empty()),
        }
    }
}

fn all<T>(values: &[Box<str>], parse: impl Fn(&str) -> Option<T>) -> Option<Box<[T]>> {
    values.iter().map(|value| parse(value)).collect()
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn same_ignoring_case(a: &str, b: &str) -> bool {
    crate::context::same_name(a, b)
}
