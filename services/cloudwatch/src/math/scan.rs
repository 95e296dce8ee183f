//! Words of expressions.

use super::Fault;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Name(String),
    Sign(&'static str),
}

/// Signs, longer ones before those that they begin with.
const SIGNS: [&str; 20] = [
    "&&", "||", "==", "!=", "<=", ">=", "<>", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
];

/// The words, each with the place of its first character.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let (mut found, mut rest) = (Vec::new(), text);
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(found) };
        let (token, length) = token(rest, first).ok_or(Fault::Syntax(at + 1))?;
        found.push((at + 1, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn token(rest: &str, first: char) -> Option<(Token, usize)> {
    match first {
        '0'..='9' | '.' => number(rest),
        '"' | '\'' => quoted(rest, first),
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = span(rest, |c| c.is_ascii_alphanumeric() || c == '_');
            Some((Token::Name(rest.get(..length)?.to_owned()), length))
        }
        _ => {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
            Some((Token::Sign(sign), sign.len()))
        }
    }
}

fn span(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Digits with a point and an exponent.
fn number(rest: &str) -> Option<(Token, usize)> {
    let mut length = span(rest, |c| c.is_ascii_digit() || c == '.');
    let after = rest.get(length..)?;
    if let Some(power) = after.strip_prefix(['e', 'E']) {
        let sign = usize::from(power.starts_with(['+', '-']));
        let digits = span(power.get(sign..)?, |c| c.is_ascii_digit());
        if digits > 0 {
            length += 1 + sign + digits;
        }
    }
    let number = rest.get(..length)?.parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some((Token::Number(number), length))
}

/// Text in quotes; a backslash takes the next character as it is.
fn quoted(rest: &str, quote: char) -> Option<(Token, usize)> {
    let (mut text, mut escaped) = (String::new(), false);
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => {
                escaped = true;
                continue;
            }
            _ if c == quote => return Some((Token::Text(text), at + 1)),
            _ => {}
        }
        text.push(c);
    }
    None
}
