use std::{net::IpAddr, sync::Arc};

use ipnet::IpNet;
use serde_json::Value as Json;

use super::value::Value;

/// A function of a row's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Ceil,
    Floor,
    Greatest,
    Least,
    Log,
    Sqrt,
    /// The beginning of the span of time that a time is in.
    Bin,
    DateCeil,
    FromMillis,
    ToMillis,
    Coalesce,
    IsPresent,
    IsEmpty,
    IsBlank,
    Concat,
    Length,
    Lower,
    Upper,
    Trim,
    TrimLeft,
    TrimRight,
    Substring,
    Replace,
    Contains,
    IsIp,
    IsIpv4,
    IsIpv6,
    IsInSubnet,
    JsonParse,
    JsonStringify,
}

/// The functions, by name in small letters, with how many arguments each takes.
const NAMES: &[(&str, Function, usize, usize)] = &[
    ("abs", Function::Abs, 1, 1),
    ("ceil", Function::Ceil, 1, 1),
    ("floor", Function::Floor, 1, 1),
    ("greatest", Function::Greatest, 1, 64),
    ("least", Function::Least, 1, 64),
    ("log", Function::Log, 1, 1),
    ("sqrt", Function::Sqrt, 1, 1),
    ("bin", Function::Bin, 1, 1),
    ("datefloor", Function::Bin, 2, 2),
    ("dateceil", Function::DateCeil, 2, 2),
    ("frommillis", Function::FromMillis, 1, 1),
    ("tomillis", Function::ToMillis, 1, 1),
    ("coalesce", Function::Coalesce, 1, 64),
    ("ispresent", Function::IsPresent, 1, 1),
    ("isempty", Function::IsEmpty, 1, 1),
    ("isblank", Function::IsBlank, 1, 1),
    ("concat", Function::Concat, 1, 64),
    ("strlen", Function::Length, 1, 1),
    ("tolower", Function::Lower, 1, 1),
    ("toupper", Function::Upper, 1, 1),
    ("trim", Function::Trim, 1, 2),
    ("ltrim", Function::TrimLeft, 1, 2),
    ("rtrim", Function::TrimRight, 1, 2),
    ("substr", Function::Substring, 2, 3),
    ("replace", Function::Replace, 3, 3),
    ("strcontains", Function::Contains, 2, 2),
    ("isvalidip", Function::IsIp, 1, 1),
    ("isvalidipv4", Function::IsIpv4, 1, 1),
    ("isvalidipv6", Function::IsIpv6, 1, 1),
    ("isipinsubnet", Function::IsInSubnet, 2, 2),
    ("isipv4insubnet", Function::IsInSubnet, 2, 2),
    ("isipv6insubnet", Function::IsInSubnet, 2, 2),
    ("jsonparse", Function::JsonParse, 1, 1),
    ("jsonstringify", Function::JsonStringify, 1, 1),
];

impl Function {
    /// The function of this name, with this many arguments.
    pub(super) fn find(name: &str, arguments: usize) -> Option<Self> {
        let name = name.to_lowercase();
        let is = |(known, _, least, most): &&(&str, Self, usize, usize)| {
            *known == name && (*least..=*most).contains(&arguments)
        };
        NAMES.iter().find(is).map(|(_, function, ..)| *function)
    }

    /// Whether it reads the time of the event, which is no argument.
    pub(super) fn reads_time(self, arguments: usize) -> bool {
        self == Self::Bin && arguments == 1
    }

    /// What it gives; nothing where that were a longer text than there may be. A span of time is a number of milliseconds.
    pub(super) fn call(self, arguments: &[Value], time: impl Fn() -> Value) -> Option<Value> {
        match self {
            Self::Concat => {
                let texts: Vec<_> = arguments.iter().map(text).collect();
                let length: usize = texts.iter().map(String::len).sum();
                (length <= LONGEST).then(|| Value::Text(texts.concat()))
            }
            Self::Replace => replaced(arguments),
            _ => Some(self.of(arguments, time)),
        }
    }

    fn of(self, arguments: &[Value], time: impl Fn() -> Value) -> Value {
        let nothing = Value::Nothing;
        let at = |index: usize| arguments.get(index).unwrap_or(&nothing);
        match self {
            Self::Abs | Self::Ceil | Self::Floor | Self::Log | Self::Sqrt => self.of_number(at(0)),
            Self::Greatest => arguments.iter().max_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Nothing),
            Self::Least => arguments.iter().min_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Nothing),
            Self::Bin if arguments.len() == 1 => floor(&time(), at(0)),
            Self::Bin => floor(at(0), at(1)),
            Self::DateCeil => ceiling(at(0), at(1)),
            Self::FromMillis => millis(at(0)).map_or(Value::Nothing, Value::Time),
            Self::ToMillis => at(0).number().map_or(Value::Nothing, Value::Number),
            Self::Coalesce => {
                arguments.iter().find(|value| !value.is_nothing()).cloned().unwrap_or(Value::Nothing)
            }
            Self::IsPresent => Value::Truth(!at(0).is_nothing()),
            Self::IsEmpty => Value::Truth(text(at(0)).is_empty()),
            Self::IsBlank => Value::Truth(text(at(0)).trim().is_empty()),
            Self::IsInSubnet => is_in_subnet(&text(at(0)), &text(at(1))),
            Self::JsonParse => parsed(at(0)),
            Self::JsonStringify => match at(0) {
                Value::Structure(json) => Value::Text(json.to_string()),
                _ => Value::Nothing,
            },
            Self::IsIp | Self::IsIpv4 | Self::IsIpv6 => self.of_address(&text(at(0))),
            _ => self.of_text(arguments),
        }
    }

    fn of_number(self, value: &Value) -> Value {
        let Some(number) = value.number() else { return Value::Nothing };
        let number = match self {
            Self::Abs => number.abs(),
            Self::Ceil => number.ceil(),
            Self::Floor => number.floor(),
            Self::Log => number.ln(),
            _ => number.sqrt(),
        };
        if number.is_finite() { Value::Number(number) } else { Value::Nothing }
    }

    fn of_address(self, text: &str) -> Value {
        let address = text.parse::<IpAddr>().ok();
        Value::Truth(address.is_some_and(|address| match self {
            Self::IsIpv4 => address.is_ipv4(),
            Self::IsIpv6 => address.is_ipv6(),
            _ => true,
        }))
    }

    #[expect(clippy::cast_precision_loss, reason = "texts are not that long")]
    fn of_text(self, arguments: &[Value]) -> Value {
        let nothing = Value::Nothing;
        let at = |index: usize| arguments.get(index).unwrap_or(&nothing);
        if at(0).is_nothing() {
            return Value::Nothing;
        }
        let (whole, second) = (text(at(0)), text(at(1)));
        let is_cut =
            |next: char| if second.is_empty() { next.is_whitespace() } else { second.contains(next) };
        match self {
            Self::Length => Value::Number(whole.chars().count() as f64),
            Self::Lower => Value::Text(whole.to_lowercase()),
            Self::Upper => Value::Text(whole.to_uppercase()),
            Self::Trim => Value::Text(whole.trim_matches(is_cut).to_owned()),
            Self::TrimLeft => Value::Text(whole.trim_start_matches(is_cut).to_owned()),
            Self::TrimRight => Value::Text(whole.trim_end_matches(is_cut).to_owned()),
            Self::Contains => Value::Truth(whole.contains(&second)),
            _ => {
                let from = millis(at(1)).and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
                let length = millis(at(2)).and_then(|length| usize::try_from(length).ok());
                Value::Text(whole.chars().skip(from).take(length.unwrap_or(usize::MAX)).collect())
            }
        }
    }
}

/// The longest text that is put together, in bytes: that of the largest event.
const LONGEST: usize = 1 << 20;

fn replaced(arguments: &[Value]) -> Option<Value> {
    let [whole, from, to] = arguments else { return Some(Value::Nothing) };
    if whole.is_nothing() {
        return Some(Value::Nothing);
    }
    let (whole, from, to) = (text(whole), text(from), text(to));
    let grows = to.len().saturating_sub(from.len());
    let length = match grows {
        0 => whole.len(),
        grows => whole.len().saturating_add(whole.matches(&from).count().saturating_mul(grows)),
    };
    (length <= LONGEST).then(|| Value::Text(whole.replace(&from, &to)))
}

fn text(value: &Value) -> String {
    value.show().unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "what is too large becomes the largest")]
fn millis(value: &Value) -> Option<i64> {
    value.number().map(|number| number as i64)
}

fn floor(time: &Value, span: &Value) -> Value {
    let spanned = millis(time).zip(millis(span).filter(|span| *span > 0));
    spanned.map_or(Value::Nothing, |(time, span)| Value::Time(time.div_euclid(span).saturating_mul(span)))
}

fn ceiling(time: &Value, span: &Value) -> Value {
    let spanned = millis(time).zip(millis(span).filter(|span| *span > 0));
    spanned.map_or(Value::Nothing, |(time, span)| {
        Value::Time(time.saturating_add(span - 1).div_euclid(span).saturating_mul(span))
    })
}

/// The map or the list that a text spells; nothing where it spells neither.
fn parsed(value: &Value) -> Value {
    match value {
        Value::Structure(_) => value.clone(),
        Value::Text(text) => match serde_json::from_str(text) {
            Ok(json @ (Json::Object(_) | Json::Array(_))) => Value::Structure(Arc::new(json)),
            _ => Value::Nothing,
        },
        _ => Value::Nothing,
    }
}

fn is_in_subnet(address: &str, subnet: &str) -> Value {
    let parsed = address.parse::<IpAddr>().ok().zip(subnet.parse::<IpNet>().ok());
    Value::Truth(parsed.is_some_and(|(address, subnet)| subnet.contains(&address)))
}
