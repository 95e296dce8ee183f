use super::{
    ast::{Binary, Compare, Expr, Path},
    lexer::Token,
    parser::Parser,
    words,
};
use crate::{SelectError, decimal, time::Stamp};

/// Operators by what they bind: from the loosest to the tightest, as the reference has it.
impl Parser {
    pub(super) fn expression(&mut self) -> Result<Expr, SelectError> {
        self.deeper(|parser| {
            parser.chain("OR", Expr::Or, |parser| parser.chain("AND", Expr::And, Self::negation))
        })
    }

    /// Operands between the same word.
    fn chain(
        &mut self,
        word: &str,
        make: fn(Vec<Expr>) -> Expr,
        mut operand: impl FnMut(&mut Self) -> Result<Expr, SelectError>,
    ) -> Result<Expr, SelectError> {
        let first = operand(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take_word(word) {
            self.count()?;
            all.push(operand(self)?);
        }
        Ok(make(all))
    }

    fn negation(&mut self) -> Result<Expr, SelectError> {
        if self.take_word("NOT") {
            return self.deeper(|parser| Ok(Expr::Not(Box::new(parser.negation()?))));
        }
        self.equality()
    }

    /// `=` joins from the right.
    fn equality(&mut self) -> Result<Expr, SelectError> {
        let left = self.relation()?;
        let compare = match self.peek() {
            Token::Symbol("=") => Compare::Equal,
            Token::Symbol("<>" | "!=") => Compare::Unequal,
            _ => return Ok(left),
        };
        self.next();
        self.count()?;
        let right = self.deeper(Self::equality)?;
        Ok(Expr::Compare(compare, Box::new([left, right])))
    }

    fn relation(&mut self) -> Result<Expr, SelectError> {
        let (mut left, mut links) = (self.predicate()?, 0..);
        loop {
            let compare = match self.peek() {
                Token::Symbol("<") => Compare::Less,
                Token::Symbol("<=") => Compare::LessOrEqual,
                Token::Symbol(">") => Compare::Greater,
                Token::Symbol(">=") => Compare::GreaterOrEqual,
                _ => return Ok(left),
            };
            self.next();
            self.link(&mut links)?;
            left = Expr::Compare(compare, Box::new([left, self.predicate()?]));
        }
    }

    /// `IN`, `BETWEEN`, `LIKE` and `IS`, and their opposites.
    fn predicate(&mut self) -> Result<Expr, SelectError> {
        let (mut value, mut links) = (self.sum()?, 0..);
        loop {
            if self.take_word("IS") {
                self.link(&mut links)?;
                value = self.is(value)?;
                continue;
            }
            let not = self.take_word("NOT");
            let found = if self.take_word("IN") {
                self.membership(value)?
            } else if self.take_word("BETWEEN") {
                let low = self.sum()?;
                self.word("AND")?;
                Expr::Between(Box::new([value, low, self.sum()?]))
            } else if self.take_word("LIKE") {
                self.like(value)?
            } else if not {
                return Err(SelectError::ParseUnexpectedToken);
            } else {
                return Ok(value);
            };
            self.link(&mut links)?;
            value = if not { Expr::Not(Box::new(found)) } else { found };
        }
    }

    fn is(&mut self, value: Expr) -> Result<Expr, SelectError> {
        let not = self.take_word("NOT");
        let is = if self.take_word("NULL") {
            Expr::IsNull(Box::new(value))
        } else {
            self.word("MISSING")?;
            Expr::IsMissing(Box::new(value))
        };
        Ok(if not { Expr::Not(Box::new(is)) } else { is })
    }

    fn membership(&mut self, value: Expr) -> Result<Expr, SelectError> {
        let close = if self.take_symbol("[") { "]" } else { ")" };
        if close == ")" {
            self.symbol("(", SelectError::ParseExpectedLeftParenValueConstructor)?;
        }
        let list = self.list(close, SelectError::ParseExpectedTokenType)?;
        Ok(Expr::In(Box::new(value), list))
    }

    fn like(&mut self, text: Expr) -> Result<Expr, SelectError> {
        let pattern = Box::new(self.sum()?);
        let escape = if self.take_word("ESCAPE") { Some(Box::new(self.sum()?)) } else { None };
        Ok(Expr::Like { text: Box::new(text), pattern, escape })
    }

    /// Expressions between commas, up to what closes them.
    pub(super) fn list(
        &mut self,
        close: &'static str,
        otherwise: SelectError,
    ) -> Result<Vec<Expr>, SelectError> {
        let mut list = Vec::new();
        if self.take_symbol(close) {
            return Ok(list);
        }
        loop {
            list.push(self.expression()?);
            if !self.take_symbol(",") {
                self.symbol(close, otherwise)?;
                return Ok(list);
            }
        }
    }

    fn sum(&mut self) -> Result<Expr, SelectError> {
        let signs = [("+", Binary::Add), ("-", Binary::Subtract), ("||", Binary::Concat)];
        self.arithmetic(&signs, Self::product)
    }

    fn product(&mut self) -> Result<Expr, SelectError> {
        let signs = [("*", Binary::Multiply), ("/", Binary::Divide), ("%", Binary::Remainder)];
        self.arithmetic(&signs, Self::signed)
    }

    fn arithmetic(
        &mut self,
        signs: &[(&str, Binary)],
        operand: fn(&mut Self) -> Result<Expr, SelectError>,
    ) -> Result<Expr, SelectError> {
        let (mut left, mut links) = (operand(self)?, 0..);
        loop {
            let Some((_, sign)) = signs.iter().find(|(sign, _)| self.is_symbol(sign)) else {
                return Ok(left);
            };
            self.next();
            self.link(&mut links)?;
            left = Expr::Binary(*sign, Box::new([left, operand(self)?]));
        }
    }

    fn signed(&mut self) -> Result<Expr, SelectError> {
        if self.take_symbol("-") {
            if let Token::Number(digits) = self.peek() {
                let number = number(&format!("-{digits}"))?;
                self.next();
                return Ok(number);
            }
            return self.deeper(|parser| Ok(Expr::Negative(Box::new(parser.signed()?))));
        }
        if self.take_symbol("+") {
            return self.deeper(Self::signed);
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expr, SelectError> {
        match self.peek() {
            Token::Word(word) if words::is_reserved(word) => self.keyword(),
            Token::Word(_) | Token::Quoted(_) => self.path(),
            Token::Symbol("(") => {
                self.next();
                let inner = self.expression()?;
                self.symbol(")", SelectError::ParseExpectedTokenType)?;
                Ok(inner)
            }
            Token::Symbol("[") => Err(SelectError::ParseUnsupportedSyntax),
            Token::Symbol("*") => Err(SelectError::ParseInvalidContextForWildcardInSelectList),
            Token::Symbol(_) => Err(SelectError::ParseUnexpectedOperator),
            Token::End => Err(SelectError::ParseExpectedExpression),
            Token::Text(_) | Token::Number(_) | Token::Ion(_) => self.literal(),
        }
    }

    fn literal(&mut self) -> Result<Expr, SelectError> {
        match self.next() {
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Number(digits) => number(&digits),
            Token::Ion(text) => {
                Stamp::parse(&text).map(Expr::Time).ok_or(SelectError::LexerInvalidIONLiteral)
            }
            _ => Err(SelectError::ParseUnexpectedTerm),
        }
    }

    fn path(&mut self) -> Result<Expr, SelectError> {
        let first = self.name().ok_or(SelectError::ParseUnexpectedToken)?;
        if self.is_symbol("(") {
            return self.other_call(&first.text);
        }
        Ok(Expr::Path(Path { first, rest: self.steps(false)? }))
    }
}

/// A whole number, or one with a point or an exponent, which is decimal.
fn number(digits: &str) -> Result<Expr, SelectError> {
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if let Ok(number) = digits.parse()
        && whole
    {
        return Ok(Expr::Int(number));
    }
    decimal::parse(digits).map(Expr::Decimal).ok_or(SelectError::NumberFormatError)
}
