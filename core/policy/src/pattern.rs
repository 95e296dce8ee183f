//! Texts with wildcards and variables, compiled once and matched without backtracking beyond the last `*`.

use crate::{
    Context,
    variables::{Part, Variable, parts},
};

/// How a text of a policy is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${..}` is a variable.
    pub(crate) variables: bool,
}

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Text(Box<str>),
    /// `*`: any characters, also none.
    Many,
    /// `?`: one character.
    One,
    Variable(Variable),
}

/// A piece with its variables filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit<'a> {
    Text(&'a str),
    Many,
    One,
}

/// A compiled pattern. The simple forms are most of them.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    /// Everything.
    All,
    /// One text.
    Exact(Box<str>),
    /// Every text that begins so.
    Prefix(Box<str>),
    /// With wildcards elsewhere.
    Glob(Box<[Token]>),
    /// With variables.
    Template(Box<[Token]>),
}

impl Pattern {
    pub(crate) fn new(text: &str, reading: Reading) -> Self {
        let parts = if reading.variables { parts(text) } else { vec![Part::Plain(text.to_owned())] };
        let mut tokens = Vec::new();
        for part in parts {
            match part {
                Part::Text(text) => push_text(&mut tokens, &text),
                Part::Variable(variable) => tokens.push(Token::Variable(variable)),
                Part::Plain(text) if reading.wildcards => push_wildcards(&mut tokens, &text),
                Part::Plain(text) => push_text(&mut tokens, &text),
            }
        }
        Self::of(tokens)
    }

    fn of(tokens: Vec<Token>) -> Self {
        match tokens.as_slice() {
            [] => Self::Exact("".into()),
            [Token::Text(text)] => Self::Exact(text.clone()),
            [Token::Many] => Self::All,
            [Token::Text(text), Token::Many] => Self::Prefix(text.clone()),
            some if some.iter().any(|token| matches!(token, Token::Variable(_))) => {
                Self::Template(tokens.into())
            }
            _ => Self::Glob(tokens.into()),
        }
    }

    /// Whether the whole text matches in this request. A variable without a value matches nothing.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        match self {
            Self::All => true,
            Self::Exact(whole) => *text == **whole,
            Self::Prefix(start) => text.starts_with(&**start),
            Self::Glob(tokens) => glob(|at| tokens.get(at).and_then(Token::fixed), text),
            Self::Template(tokens) => {
                let begins = match tokens.first() {
                    Some(Token::Text(start)) => text.starts_with(&**start),
                    _ => true,
                };
                begins && fill(tokens, context).is_some_and(|units| glob(|at| units.get(at).copied(), text))
            }
        }
    }

    /// The pieces with this request's values; `None` where a variable has no value.
    pub(crate) fn units<'a>(&'a self, context: &'a Context) -> Option<Vec<Unit<'a>>> {
        match self {
            Self::All => Some(vec![Unit::Many]),
            Self::Exact(text) => Some(vec![Unit::Text(text)]),
            Self::Prefix(text) => Some(vec![Unit::Text(text), Unit::Many]),
            Self::Glob(tokens) | Self::Template(tokens) => fill(tokens, context),
        }
    }

    /// The text of a pattern without wildcards, in this request; `None` where a variable has no value.
    pub(crate) fn text(&self, context: &Context) -> Option<String> {
        let units = self.units(context)?;
        units.into_iter().map(|unit| if let Unit::Text(text) = unit { Some(text) } else { None }).collect()
    }

    /// The variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let tokens = if let Self::Template(tokens) = self { &**tokens } else { &[] };
        tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(variable),
            _ => None,
        })
    }

    /// Whether the pattern stands for one text, whatever the request.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// Whether every text matches.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

fn fill<'a>(tokens: &'a [Token], context: &'a Context) -> Option<Vec<Unit<'a>>> {
    tokens.iter().map(|token| token.unit(context)).collect()
}

impl Token {
    fn fixed(&self) -> Option<Unit<'_>> {
        match self {
            Self::Text(text) => Some(Unit::Text(text)),
            Self::Many => Some(Unit::Many),
            Self::One => Some(Unit::One),
            Self::Variable(_) => None,
        }
    }

    fn unit<'a>(&'a self, context: &'a Context) -> Option<Unit<'a>> {
        match self {
            Self::Variable(variable) => variable.resolve(context).map(Unit::Text),
            other => other.fixed(),
        }
    }
}

fn push_text(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Text(before)) => *before = format!("{before}{text}").into(),
        _ if text.is_empty() => {}
        _ => tokens.push(Token::Text(text.into())),
    }
}

fn push_wildcards(tokens: &mut Vec<Token>, text: &str) {
    for piece in text.split_inclusive(['*', '?']) {
        push_text(tokens, piece.trim_end_matches(['*', '?']));
        match piece.bytes().last() {
            Some(b'*') if tokens.last() != Some(&Token::Many) => tokens.push(Token::Many),
            Some(b'?') => tokens.push(Token::One),
            _ => {}
        }
    }
}

/// Matches the units that `unit` gives, by place, until it gives none. Only the last `*` is ever reconsidered,
/// so the work is at most the text's length times the longest run between two `*`.
pub(crate) fn glob<'a>(unit: impl Fn(usize) -> Option<Unit<'a>>, text: &str) -> bool {
    let (mut at, mut rest) = (0, text);
    let mut last_many: Option<(usize, &str)> = None;
    loop {
        let step = match unit(at) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Unit::Many) => {
                match unit(at + 1) {
                    None => return true,
                    Some(Unit::Text(end)) if unit(at + 2).is_none() => return rest.ends_with(end),
                    Some(_) => last_many = Some((at + 1, rest)),
                }
                Some(rest)
            }
            Some(Unit::One) => without_first(rest),
            Some(Unit::Text(text)) => rest.strip_prefix(text),
        };
        if let Some(after) = step {
            (at, rest) = (at + 1, after);
            continue;
        }
        let Some((again, from)) = last_many else { return false };
        let Some(next) = without_first(from).and_then(|from| next_start(unit(again), from)) else {
            return false;
        };
        last_many = Some((again, next));
        (at, rest) = (again, next);
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next().map(|_| chars.as_str())
}

/// Where, at or after the start of the text, the unit after a `*` could begin to match.
fn next_start<'t>(unit: Option<Unit<'_>>, text: &'t str) -> Option<&'t str> {
    match unit {
        Some(Unit::Text(wanted)) => text.find(wanted).and_then(|at| text.get(at..)),
        _ => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Reading = Reading { wildcards: true, variables: true };

    fn matches(pattern: &str, text: &str) -> bool {
        let mut context = Context::new();
        context.set("aws:username", "bob");
        context.set("a:star", "*");
        Pattern::new(pattern, ALL).matches(text, &context)
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "a/b:c"),
            ("a*", "a"),
            ("a*c", "abbc"),
            ("*c", "abc"),
            ("a?c", "aéc"),
            ("?*?", "ab"),
            ("*a*b*", "xxaxxbxx"),
            ("a*b?d*", "aXbXbcdY"),
            ("**a**", "a"),
            ("", ""),
            ("*ab", "aab"),
            ("*a?b", "aaab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("?", ""),
            ("a", "A"),
            ("a*c", "ab"),
            ("?", "ab"),
            ("", "a"),
            ("a?", "a"),
            ("*a", "ab"),
            ("a*b*c", "acb"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn variables_are_filled_in_and_never_act_as_wildcards() {
        assert!(matches("home/${aws:username}/*", "home/bob/x"));
        assert!(!matches("home/${aws:username}/*", "home/alice/x"));
        assert!(matches("${a:star}", "*"));
        assert!(!matches("${a:star}", "x"));
        assert!(!matches("x${a:missing}", "x"));
        assert!(matches("x${a:missing, 'y'}", "xy"));
        assert!(!matches("x${a:missing, '*'}", "xy"));
    }

    #[test]
    fn fixed_variables_stand_for_their_characters() {
        assert!(matches("a${*}b", "a*b"));
        assert!(!matches("a${*}b", "axb"));
        assert!(matches("${$}{x}?", "${x}y"));
        assert!(!matches("${?}", "a"));
    }

    #[test]
    fn hostile_patterns_end_soon() {
        let pattern = "*a".repeat(500) + "b";
        let text = "a".repeat(20_000);
        assert!(!matches(&pattern, &text));
        assert!(!matches(&("?*".repeat(200) + "b"), &text));
    }
}
