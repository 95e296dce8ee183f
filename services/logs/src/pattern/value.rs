//! What fields are compared with.

use regex::Regex;

use super::{Fault, expression};
use crate::scan::Scanner;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comparison of a field.
#[derive(Debug)]
pub(super) struct Comparison {
    operator: Operator,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Number(f64, String),
    /// Pieces of a text between which there may be anything.
    Text(Vec<String>),
    Regex(Regex),
}

pub(super) fn operator(scanner: &mut Scanner<'_>) -> Option<Operator> {
    let words = [
        ("!=", Operator::IsNot),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("=", Operator::Is),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    words.into_iter().find(|(word, _)| scanner.eat(word)).map(|(_, operator)| operator)
}

/// The comparison with the value that comes next, which ends before what `ends` is true of.
pub(super) fn comparison(
    scanner: &mut Scanner<'_>,
    operator: Operator,
    ends: impl Fn(char) -> bool,
) -> Result<Comparison, Fault> {
    scanner.skip_space();
    let start = scanner.clone();
    let value = if scanner.eat("\"") {
        Value::Text(pieces(&scanner.until('"')?))
    } else if scanner.eat("%") {
        Value::Regex(expression::parse(scanner)?)
    } else {
        let plain = scanner.take_while(|next| !next.is_whitespace() && !ends(next));
        if plain.is_empty() {
            return Err(start.fault("a value is missing"));
        }
        match number(plain) {
            Some(number) => Value::Number(number, plain.to_owned()),
            None => Value::Text(pieces(plain)),
        }
    };
    let equality = matches!(operator, Operator::Is | Operator::IsNot);
    if !equality && !matches!(value, Value::Number(..)) {
        return Err(start.fault("only numbers are less or greater"));
    }
    Ok(Comparison { operator, value })
}

/// The number that a text is, if it is one and not the name of a special one.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite() && !text.contains(['n', 'N', 'i', 'I']))
}

fn pieces(text: &str) -> Vec<String> {
    text.split('*').map(str::to_owned).collect()
}

impl Comparison {
    /// Whether it holds of a field with this text.
    pub(super) fn holds(&self, field: &str) -> bool {
        match &self.value {
            Value::Number(wanted, text) => match number(field) {
                Some(number) => ordered(self.operator, number, *wanted),
                None => self.operator == Operator::IsNot && field != text,
            },
            Value::Text(pieces) => (self.operator == Operator::Is) == is_like(pieces, field),
            Value::Regex(regex) => (self.operator == Operator::Is) == regex.is_match(field),
        }
    }
}

fn ordered(operator: Operator, number: f64, wanted: f64) -> bool {
    let order = number.partial_cmp(&wanted);
    match operator {
        Operator::Is => order.is_some_and(std::cmp::Ordering::is_eq),
        Operator::IsNot => order.is_some_and(std::cmp::Ordering::is_ne),
        Operator::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Operator::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Operator::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
        Operator::GreaterOrEqual => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}

/// Whether a text has these pieces in this order, with anything between them and nothing around them.
fn is_like(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|whole| whole == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
        rest = after;
    }
    rest.ends_with(last.as_str())
}
