//! Tokens, and a parser's place among them.

use super::{
    Fault,
    tree::{RawPath, RawStep},
};

/// The most bytes of an expression.
///
/// Source: DynamoDB Developer Guide, "Quotas", expression parameters.
const LONGEST: usize = 4096;
/// How deep parentheses, functions and `NOT` nest.
const DEEPEST: usize = 150;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare name, or a keyword.
    Word,
    /// `#name`
    Name,
    /// `:value`
    Value,
    Number,
    Comma,
    Dot,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Plus,
    Minus,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// What no expression can have.
    Stray,
    End,
}

#[derive(Debug, Clone, Copy)]
struct Spanned {
    token: Token,
    from: usize,
    to: usize,
}

/// A parser's place. It can go back; what a syntax error names is the furthest token that did not fit.
pub(super) struct Scanner<'e> {
    text: &'e str,
    tokens: Vec<Spanned>,
    at: usize,
    furthest: usize,
    depth: usize,
    /// Words that are no names.
    keywords: &'static [&'static str],
}

/// The parser cannot go on here; [`Scanner::fault`] says where that was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stuck;

pub(super) type Parsed<T> = Result<T, Stuck>;

/// Words that are no names in conditions and projections.
pub(super) const KEYWORDS: &[&str] = &["AND", "BETWEEN", "IN", "NOT", "OR"];

impl<'e> Scanner<'e> {
    /// The tokens of an expression.
    pub(super) fn new(text: &'e str, keywords: &'static [&'static str]) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if text.len() > LONGEST {
            return Err(Fault::TooLong(text.len()));
        }
        Ok(Self { text, tokens: tokens(text), at: 0, furthest: 0, depth: 0, keywords })
    }

    fn spanned(&self, at: usize) -> Spanned {
        let end = Spanned { token: Token::End, from: self.text.len(), to: self.text.len() };
        self.tokens.get(at).copied().unwrap_or(end)
    }

    fn text_of(&self, spanned: Spanned) -> &'e str {
        self.text.get(spanned.from..spanned.to).unwrap_or_default()
    }

    /// The next token.
    pub(super) fn peek(&mut self) -> Token {
        self.furthest = self.furthest.max(self.at);
        self.spanned(self.at).token
    }

    /// Takes the next token if it is this one.
    pub(super) fn take(&mut self, token: Token) -> Option<&'e str> {
        (self.peek() == token).then(|| {
            let text = self.text_of(self.spanned(self.at));
            self.at += 1;
            text
        })
    }

    /// Takes the next token, which must be this one.
    pub(super) fn expect(&mut self, token: Token) -> Parsed<&'e str> {
        self.take(token).ok_or(Stuck)
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found =
            self.peek() == Token::Word && self.text_of(self.spanned(self.at)).eq_ignore_ascii_case(keyword);
        self.at += usize::from(found);
        found
    }

    /// A name that is no keyword.
    pub(super) fn word(&mut self) -> Parsed<&'e str> {
        if self.peek() == Token::Word {
            let word = self.text_of(self.spanned(self.at));
            if !self.keywords.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) {
                self.at += 1;
                return Ok(word);
            }
        }
        Err(Stuck)
    }

    /// Whether a function's name and its parenthesis come next.
    pub(super) fn at_function(&self) -> bool {
        self.spanned(self.at).token == Token::Word && self.spanned(self.at + 1).token == Token::Open
    }

    /// Whether this keyword comes next, followed by anything but what makes it a name.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes back to a place.
    pub(super) fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    /// Reads one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(Stuck);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// A document path: `a.b[1].#c`.
    pub(super) fn path(&mut self) -> Parsed<RawPath> {
        let first = self.step()?;
        self.path_from(RawPath(vec![first]))
    }

    /// A document path that goes on from this one.
    pub(super) fn path_from(&mut self, RawPath(mut steps): RawPath) -> Parsed<RawPath> {
        loop {
            if self.take(Token::Dot).is_some() {
                steps.push(self.step()?);
            } else if self.take(Token::OpenIndex).is_some() {
                let index = self.expect(Token::Number)?.parse().map_err(|_| Stuck)?;
                self.expect(Token::CloseIndex)?;
                steps.push(RawStep::Index(index));
            } else {
                return Ok(RawPath(steps));
            }
        }
    }

    fn step(&mut self) -> Parsed<RawStep> {
        if let Some(name) = self.take(Token::Name) {
            return Ok(RawStep::Placeholder(name.to_owned()));
        }
        self.word().map(|word| RawStep::Name(word.to_owned()))
    }

    /// Items between commas.
    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.take(Token::Comma).is_some() {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// What was read, if nothing is left; or else the syntax error.
    pub(super) fn finish<T>(mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Result<T, Fault> {
        match read(&mut self) {
            Ok(read) if self.peek() == Token::End => Ok(read),
            _ => Err(self.fault()),
        }
    }

    fn fault(&self) -> Fault {
        let token = self.spanned(self.furthest);
        let before = self.furthest.checked_sub(1).map_or(token, |at| self.spanned(at));
        let near = self.text.get(before.from..self.spanned(self.furthest + 1).to).unwrap_or_default();
        let shown = if token.token == Token::End { "<EOF>" } else { self.text_of(token) };
        Fault::Syntax { token: shown.to_owned(), near: near.trim_end().to_owned() }
    }
}

fn tokens(text: &str) -> Vec<Spanned> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (token, length) = token(rest);
        tokens.push(Spanned { token, from: at, to: at + length });
        at += length;
    }
    tokens
}

fn token(rest: &str) -> (Token, usize) {
    let run = |text: &str| text.bytes().take_while(|byte| is_inner(*byte)).count();
    let tail = rest.get(1..).unwrap_or_default();
    match rest.as_bytes() {
        [b'#', ..] => (if run(tail) > 0 { Token::Name } else { Token::Stray }, 1 + run(tail)),
        [b':', ..] => (if run(tail) > 0 { Token::Value } else { Token::Stray }, 1 + run(tail)),
        [b'0'..=b'9', ..] => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if run(rest) > digits { (Token::Stray, run(rest)) } else { (Token::Number, digits) }
        }
        [first, ..] if is_inner(*first) => (Token::Word, run(rest)),
        [b'<', b'>', ..] => (Token::NotEqual, 2),
        [b'<', b'=', ..] => (Token::LessOrEqual, 2),
        [b'>', b'=', ..] => (Token::GreaterOrEqual, 2),
        [b'<', ..] => (Token::Less, 1),
        [b'>', ..] => (Token::Greater, 1),
        [b'=', ..] => (Token::Equal, 1),
        [b',', ..] => (Token::Comma, 1),
        [b'.', ..] => (Token::Dot, 1),
        [b'(', ..] => (Token::Open, 1),
        [b')', ..] => (Token::Close, 1),
        [b'[', ..] => (Token::OpenIndex, 1),
        [b']', ..] => (Token::CloseIndex, 1),
        [b'+', ..] => (Token::Plus, 1),
        [b'-', ..] => (Token::Minus, 1),
        _ => (Token::Stray, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

fn is_inner(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
