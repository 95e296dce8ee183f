//! Tokens.

use std::fmt;

use super::Fault;

/// Where a token stands: its line and column, counted from 1, and its length, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    line: usize,
    column: usize,
    length: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.line, self.column, self.length)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare name, or a keyword.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    Number(String),
    /// What stands in backticks.
    Ion(String),
    Symbol(&'static str),
    End,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Place,
}

/// Longer ones first.
const SYMBOLS: [&str; 26] = [
    "<<", ">>", "<>", "<=", ">=", "!=", "||", "<", ">", "=", ",", ".", "(", ")", "[", "]", "{", "}", ":",
    "+", "-", "*", "/", "%", "?", ";",
];

/// The tokens of a statement, and behind them one that says that it ends.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { rest: text, line: 1, column: 1 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let token = lexer.next()?;
        let ends = token.kind == Kind::End;
        tokens.push(token);
        if ends {
            return Ok(tokens);
        }
    }
}

/// What cannot be read at all has no words.
const UNREADABLE: Fault = Fault::Form("");

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
}

impl<'t> Lexer<'t> {
    /// Takes so many bytes.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for letter in taken.chars() {
            (self.line, self.column) = match letter {
                '\n' => (self.line + 1, 1),
                _ => (self.line, self.column + 1),
            };
        }
        self.rest = rest;
        taken
    }

    /// Skips white space and comments.
    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            let length = match self.rest.get(blank..).unwrap_or_default() {
                rest if rest.starts_with("--") => blank + rest.find('\n').unwrap_or(rest.len()),
                rest if rest.starts_with("/*") => {
                    blank + 2 + rest.get(2..).and_then(|rest| rest.find("*/")).ok_or(UNREADABLE)? + 2
                }
                _ => blank,
            };
            self.take(length);
            if length == blank {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Token, Fault> {
        let (line, column, before) = (self.line, self.column, self.rest);
        let kind = match self.rest.chars().next() {
            None => Kind::End,
            Some('\'') => Kind::Text(self.quoted('\'')?),
            Some('"') => Kind::Quoted(self.quoted('"')?),
            Some('`') => Kind::Ion(self.quoted('`')?),
            Some(first) if is_inner(first) && !first.is_ascii_digit() => {
                let length = self.rest.find(|letter| !is_inner(letter)).unwrap_or(self.rest.len());
                Kind::Word(self.take(length).to_owned())
            }
            Some(_) if number_length(self.rest) > 0 => self.number()?,
            Some(_) => {
                let symbol = SYMBOLS.into_iter().find(|symbol| self.rest.starts_with(symbol));
                let symbol = symbol.ok_or(UNREADABLE)?;
                self.take(symbol.len());
                Kind::Symbol(symbol)
            }
        };
        let written = before.len() - self.rest.len();
        let length = before.get(..written).unwrap_or_default().chars().count();
        Ok(Token { kind, at: Place { line, column, length } })
    }

    /// What stands between two marks, in which a doubled mark is one.
    fn quoted(&mut self, mark: char) -> Result<String, Fault> {
        self.take(mark.len_utf8());
        let mut text = String::new();
        loop {
            let end = self.rest.find(mark).ok_or(UNREADABLE)?;
            text.push_str(self.take(end));
            self.take(mark.len_utf8());
            if mark == '`' || !self.rest.starts_with(mark) {
                return Ok(text);
            }
            text.push(mark);
            self.take(mark.len_utf8());
        }
    }

    fn number(&mut self) -> Result<Kind, Fault> {
        let text = self.take(number_length(self.rest)).to_owned();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let behind = mantissa.split_once('.').map_or(0, |(_, behind)| behind.len());
        let exponent: i32 = exponent.parse().map_err(|_| UNREADABLE)?;
        let scale = i64::try_from(behind).unwrap_or(i64::MAX) - i64::from(exponent);
        if self.rest.starts_with(is_inner) || i32::try_from(scale).is_err() {
            return Err(UNREADABLE);
        }
        Ok(Kind::Number(text))
    }
}

/// The bytes of the number that a text begins with; 0 where it begins with none.
fn number_length(text: &str) -> usize {
    let digits =
        |from: usize| text.get(from..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    let point = text.get(whole..).is_some_and(|rest| rest.starts_with('.'));
    let behind = if point { digits(whole + 1) } else { 0 };
    if whole + behind == 0 {
        return 0;
    }
    let mantissa = whole + usize::from(point) + behind;
    let rest = text.get(mantissa..).unwrap_or_default();
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else { return mantissa };
    let sign = usize::from(exponent.starts_with(['+', '-']));
    match digits(mantissa + 1 + sign) {
        0 => mantissa,
        digits => mantissa + 1 + sign + digits,
    }
}

fn is_inner(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter, '_' | '$')
        || (!letter.is_ascii() && letter.is_alphanumeric())
}
