//! A parser's place among tokens, and the expressions that it reads.

use super::{
    Fault,
    lexer::{Kind as Token, Place, Token as Spanned},
    tree::{Expr, Kind},
    words::{is_keyword, is_operator, is_type},
};
use crate::{
    attribute::Attribute,
    expression::{Comparator, Path, Step},
};

/// How deep expressions nest, and how many terms a sum has.
const DEEPEST: usize = 64;

pub(super) type Parsed<T> = Result<T, Fault>;

pub(super) struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Spanned>>,
    end: Spanned,
    parameters: std::vec::IntoIter<Attribute>,
    depth: usize,
}

const COMPARATORS: [(&str, Comparator); 7] = [
    ("=", Comparator::Equal),
    ("<>", Comparator::NotEqual),
    ("!=", Comparator::NotEqual),
    ("<", Comparator::Less),
    ("<=", Comparator::LessOrEqual),
    (">", Comparator::Greater),
    (">=", Comparator::GreaterOrEqual),
];

impl Parser {
    /// A parser of these tokens, the last of which is the end.
    pub(super) fn new(mut tokens: Vec<Spanned>, parameters: Vec<Attribute>) -> Parsed<Self> {
        let end = tokens.pop().ok_or(Fault::Form(""))?;
        let (tokens, parameters) = (tokens.into_iter().peekable(), parameters.into_iter());
        Ok(Self { tokens, end, parameters, depth: 0 })
    }

    pub(super) fn peek(&mut self) -> &Token {
        &self.tokens.peek().unwrap_or(&self.end).kind
    }

    pub(super) fn at(&mut self) -> Place {
        self.tokens.peek().unwrap_or(&self.end).at
    }

    pub(super) fn next(&mut self) -> Token {
        self.tokens.next().map_or(Token::End, |spanned| spanned.kind)
    }

    /// Takes the next token if it is this symbol.
    pub(super) fn symbol(&mut self, symbol: &'static str) -> bool {
        self.tokens.next_if(|spanned| spanned.kind == Token::Symbol(symbol)).is_some()
    }

    /// Takes the next token, which must be this symbol.
    pub(super) fn expect(&mut self, symbol: &'static str, otherwise: &'static str) -> Parsed<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(Fault::Form(otherwise)) }
    }

    /// Whether the next token is this keyword.
    pub(super) fn is_at(&mut self, keyword: &str) -> bool {
        matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_at(keyword);
        if found {
            self.next();
        }
        found
    }

    /// Takes the next token if it is a name.
    pub(super) fn name(&mut self) -> Parsed<Option<String>> {
        let is_name = match self.peek() {
            Token::Word(word) => !is_keyword(word),
            Token::Quoted(name) if name.is_empty() => return Err(Fault::EmptyName),
            Token::Quoted(_) => true,
            _ => false,
        };
        Ok(match is_name.then(|| self.next()) {
            Some(Token::Word(name) | Token::Quoted(name)) => Some(name),
            _ => None,
        })
    }

    /// That nothing is left but a semicolon, and that every parameter has its place.
    pub(super) fn finish(mut self) -> Parsed<()> {
        self.symbol(";");
        if *self.peek() != Token::End {
            return Err(Fault::Form("Unexpected token after expression"));
        }
        if self.parameters.len() > 0 { Err(Fault::Parameters) } else { Ok(()) }
    }

    /// Reads one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(Fault::Form("Expression is nested too deep"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Items between commas, up to this symbol.
    fn list<T>(&mut self, end: &'static str, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        if self.symbol(end) {
            return Ok(items);
        }
        loop {
            items.push(self.deeper(&item)?);
            if self.symbol(end) {
                return Ok(items);
            }
            self.expect(",", "Expected comma")?;
        }
    }

    /// An expression.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let mut all = vec![self.conjunction()?];
        while self.keyword("OR") {
            all.push(self.right(Self::conjunction)?);
        }
        Ok(joined(at, all, Kind::Any))
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let mut all = vec![self.negation()?];
        while self.keyword("AND") {
            all.push(self.right(Self::negation)?);
        }
        Ok(joined(at, all, Kind::All))
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let at = self.at();
        if self.keyword("NOT") {
            let inner = self.deeper(Self::negation)?;
            return Ok(Expr { at, kind: Kind::Not(Box::new(inner)) });
        }
        self.comparison()
    }

    /// What stands to the right of an operator.
    fn right<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        match self.peek() {
            Token::End | Token::Symbol(";") => {
                Err(Fault::Form("Missing right-hand side expression of infix operator"))
            }
            _ => read(self),
        }
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let left = self.sum()?;
        for (symbol, comparator) in COMPARATORS {
            if self.symbol(symbol) {
                let right = self.right(Self::sum)?;
                return Ok(Expr { at, kind: Kind::Compare(comparator, Box::new(left), Box::new(right)) });
            }
        }
        let negated = self.keyword("NOT");
        let kind = match () {
            () if self.keyword("IS") && !negated => return self.is(at, left),
            () if self.keyword("BETWEEN") => {
                let low = self.right(Self::sum)?;
                if !self.keyword("AND") {
                    return Err(Fault::Form("Expected AND after BETWEEN"));
                }
                Kind::Between(Box::new(left), Box::new(low), Box::new(self.right(Self::sum)?))
            }
            () if self.keyword("IN") => Kind::In(Box::new(left), Box::new(self.right(Self::members)?)),
            () if self.keyword("LIKE") => self.right(Self::sum).map(|_| Kind::Like)?,
            () if negated => return Err(Fault::Form("Unexpected token after expression")),
            () => return Ok(left),
        };
        let found = Expr { at, kind };
        Ok(if negated { Expr { at, kind: Kind::Not(Box::new(found)) } } else { found })
    }

    /// What a value is looked for in: a list, whatever its brackets.
    fn members(&mut self) -> Parsed<Expr> {
        let at = self.at();
        if self.symbol("(") {
            let members = self.list(")", Self::expression)?;
            return Ok(Expr { at, kind: Kind::List(members) });
        }
        self.sum()
    }

    fn is(&mut self, at: Place, left: Expr) -> Parsed<Expr> {
        let negated = self.keyword("NOT");
        let Token::Word(kind) = self.next() else { return Err(Fault::Form("Expected type name")) };
        if !is_type(&kind) {
            return Err(Fault::Form("Expected type name"));
        }
        // Types of two words.
        if !self.keyword("PRECISION") {
            self.keyword("VARYING");
        }
        let found = Expr { at, kind: Kind::Is(Box::new(left), kind.to_ascii_uppercase()) };
        Ok(if negated { Expr { at, kind: Kind::Not(Box::new(found)) } } else { found })
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let mut sum = self.term()?;
        for _ in 0..DEEPEST {
            let make: fn(Box<Expr>, Box<Expr>) -> Kind = match () {
                () if self.symbol("+") => Kind::Plus,
                () if self.symbol("-") => Kind::Minus,
                () => return Ok(sum),
            };
            let right = self.right(Self::term)?;
            sum = Expr { at, kind: make(Box::new(sum), Box::new(right)) };
        }
        Err(Fault::Form("Expression is nested too deep"))
    }

    /// What has a sign, or none: only numbers that are written out can have one.
    fn term(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let negative = match () {
            () if self.symbol("-") => true,
            () if self.symbol("+") => false,
            () => return self.primary(at),
        };
        match self.deeper(Self::term)?.kind {
            Kind::Number(number) if negative => {
                let turned = number.strip_prefix('-').map_or_else(|| format!("-{number}"), str::to_owned);
                Ok(Expr { at, kind: Kind::Number(turned) })
            }
            Kind::Number(number) => Ok(Expr { at, kind: Kind::Number(number) }),
            _ => Err(Fault::Operation(if negative { "NEG" } else { "POS" })),
        }
    }

    fn primary(&mut self, at: Place) -> Parsed<Expr> {
        if matches!(self.peek(), Token::Word(_)) {
            return self.word(at);
        }
        if let Some(name) = self.name()? {
            return self.path(name).map(|path| Expr { at, kind: Kind::Path(path) });
        }
        let kind = match self.next() {
            Token::Text(text) => Kind::Text(text),
            Token::Number(number) => Kind::Number(number),
            Token::Ion(text) => Kind::Ion(text),
            Token::Symbol("?") => Kind::Parameter(self.parameters.next().ok_or(Fault::Parameters)?),
            Token::Symbol("[") => Kind::List(self.list("]", Self::expression)?),
            Token::Symbol("<<") => Kind::Bag(self.list(">>", Self::expression)?),
            Token::Symbol("{") => Kind::Tuple(self.list("}", Self::pair)?),
            Token::Symbol("(") => {
                let inner = self.deeper(Self::expression)?;
                self.expect(")", "Expected right parenthesis")?;
                inner.kind
            }
            Token::Symbol(symbol) if COMPARATORS.iter().any(|(known, _)| *known == symbol) => {
                return Err(Fault::Form("Unexpected operator"));
            }
            _ => return Err(Fault::Form("Unexpected term")),
        };
        Ok(Expr { at, kind })
    }

    fn pair(&mut self) -> Parsed<(Expr, Expr)> {
        let name = self.sum()?;
        self.expect(":", "Expected colon")?;
        Ok((name, self.expression()?))
    }

    /// What begins with a word: a literal, a function, or a path.
    fn word(&mut self, at: Place) -> Parsed<Expr> {
        if let Some(name) = self.name()? {
            if self.symbol("(") {
                return self.call(at, &name);
            }
            return self.path(name).map(|path| Expr { at, kind: Kind::Path(path) });
        }
        let Token::Word(word) = self.next() else { return Err(Fault::Form("Unexpected term")) };
        let kind = match word.to_ascii_uppercase().as_str() {
            "TRUE" => Kind::Bool(true),
            "FALSE" => Kind::Bool(false),
            "NULL" => Kind::Null,
            "MISSING" => Kind::Missing,
            _ if is_operator(&word) => return Err(Fault::Form("Unexpected operator")),
            "SIZE" | "EXISTS" if self.symbol("(") => return self.call(at, &word),
            _ => return Err(Fault::Form("Unexpected keyword")),
        };
        Ok(Expr { at, kind })
    }

    fn call(&mut self, at: Place, function: &str) -> Parsed<Expr> {
        let operands = self.list(")", Self::expression)?;
        Ok(Expr { at, kind: Kind::Call(function.to_ascii_lowercase(), operands) })
    }

    /// The path that begins with this name.
    pub(super) fn path(&mut self, head: String) -> Parsed<Path> {
        let mut path = Path::top(head);
        loop {
            if self.symbol(".") {
                let at_star = self.symbol("*");
                let name = self.name()?;
                match name {
                    _ if at_star => return Err(Fault::Unpivot),
                    Some(name) => path.below.push(Step::Name(name)),
                    None => return Err(Fault::Form("Invalid path dot component")),
                }
            } else if self.symbol("[") {
                path.below.push(self.step()?);
                self.expect("]", "Expected right bracket")?;
            } else {
                return Ok(path);
            }
        }
    }

    /// What stands in a path's brackets: a place, or a name in single quotes.
    fn step(&mut self) -> Parsed<Step> {
        if self.symbol("*") {
            return Err(Fault::Wildcard);
        }
        let negative = self.symbol("-");
        let at = self.at();
        match self.next() {
            Token::Text(name) if !negative && name.is_empty() => Err(Fault::EmptyName),
            Token::Text(name) if !negative => Ok(Step::Name(name)),
            Token::Number(number) => {
                let place = number.parse::<i32>().ok().filter(|place| !negative || *place == 0);
                let place = place.and_then(|place| usize::try_from(place).ok());
                let sign = if negative { "-" } else { "" };
                place.map(Step::Index).ok_or_else(|| Fault::ListIndex(format!("{sign}{number}"), at))
            }
            _ => Err(Fault::Form("Invalid path component")),
        }
    }
}

fn joined(at: Place, mut all: Vec<Expr>, make: fn(Vec<Expr>) -> Kind) -> Expr {
    match all.len() {
        1 => all.remove(0),
        _ => Expr { at, kind: make(all) },
    }
}
