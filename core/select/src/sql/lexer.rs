use crate::SelectError;

/// A word of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// A literal in backquotes.
    Ion(String),
    Symbol(&'static str),
    End,
}

/// The longest first.
const SYMBOLS: [&str; 21] = [
    "<=", ">=", "<>", "!=", "||", "(", ")", "[", "]", ",", ".", "*", "+", "-", "/", "%", "<", ">", "=", ";",
    "@",
];

/// All words of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SelectError> {
    let (mut rest, mut tokens) = (text, Vec::new());
    loop {
        rest = skip(rest)?;
        let Some(first) = rest.chars().next() else { break };
        let (token, after) = match first {
            '\'' | '"' | '`' => quoted(rest, first)?,
            '0'..='9' => number(rest),
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(rest),
            '_' | '$' => word(rest),
            letter if letter.is_alphabetic() => word(rest),
            _ => symbol(rest)?,
        };
        tokens.push(token);
        rest = after;
    }
    tokens.push(Token::End);
    Ok(tokens)
}

/// Spaces and comments.
fn skip(mut text: &str) -> Result<&str, SelectError> {
    loop {
        text = text.trim_start();
        text = if let Some(comment) = text.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").ok_or(SelectError::LexerInvalidChar)?.1
        } else {
            return Ok(text);
        };
    }
}

/// What stands between quotes; a quote in it is doubled.
fn quoted(text: &str, quote: char) -> Result<(Token, &str), SelectError> {
    let (mut value, mut rest) = (String::new(), text.get(1..).unwrap_or_default());
    loop {
        let (before, after) = rest.split_once(quote).ok_or(SelectError::LexerInvalidLiteral)?;
        value.push_str(before);
        match after.strip_prefix(quote) {
            Some(more) => {
                value.push(quote);
                rest = more;
            }
            None => {
                let token = match quote {
                    '\'' => Token::Text(value),
                    '"' => Token::Quoted(value),
                    _ => Token::Ion(value),
                };
                return Ok((token, after));
            }
        }
    }
}

fn word(text: &str) -> (Token, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (Token::Word(word.to_owned()), rest)
}

fn number(text: &str) -> (Token, &str) {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
    };
    let at = |at: usize| text.as_bytes().get(at).copied().unwrap_or_default();
    let mut end = digits(0);
    if at(end) == b'.' {
        end = digits(end + 1);
    }
    if matches!(at(end), b'e' | b'E') {
        let sign = usize::from(matches!(at(end + 1), b'+' | b'-'));
        if at(end + 1 + sign).is_ascii_digit() {
            end = digits(end + 1 + sign);
        }
    }
    let (number, rest) = text.split_at(end);
    (Token::Number(number.to_owned()), rest)
}

fn symbol(text: &str) -> Result<(Token, &str), SelectError> {
    let found = SYMBOLS.iter().find_map(|symbol| Some((*symbol, text.strip_prefix(symbol)?)));
    match found {
        Some((symbol, rest)) => Ok((Token::Symbol(symbol), rest)),
        None if text.starts_with(['!', '|', '&', '^', '~', ':']) => Err(SelectError::LexerInvalidOperator),
        None => Err(SelectError::LexerInvalidChar),
    }
}
