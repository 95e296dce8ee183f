use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{
    aggregate::{Aggregate, Kind},
    command::{Command, Named, Order},
    expression::{Expression, Operator},
    extract::{Extraction, glob},
    functions::Function,
    value::Value,
};
use crate::scan::{Fault, Scanner};

/// How deep expressions may be.
const DEEPEST: usize = 64;
/// How many operators one expression may have between operands of one kind: each is one deeper.
const LONGEST: usize = 400;
/// Bytes that a compiled regular expression may take.
const LARGEST: usize = 1 << 20;
/// Commands of AWS that Kurodo does not have.
const UNKNOWN: [&str; 10] = [
    "pattern",
    "diff",
    "anomaly",
    "unmask",
    "unnest",
    "lookup",
    "source",
    "filterIndex",
    "join",
    "addtotals",
];

/// The commands of a query.
pub(super) fn commands(text: &str) -> Result<Vec<Command>, Fault> {
    let mut parser = Parser { scanner: Scanner::new(text), aggregates: None, depth: 0 };
    let mut commands = Vec::new();
    while parser.more() {
        commands.push(parser.command()?);
        if parser.more() && !parser.scanner.eat("|") {
            return Err(parser.scanner.fault("expected `|` or the end of the query"));
        }
    }
    Ok(commands)
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    /// The aggregates of the command that is read, where it may have some.
    aggregates: Option<Vec<Aggregate>>,
    depth: usize,
}

impl Parser<'_> {
    /// Skips blanks and comments; false at the end.
    fn more(&mut self) -> bool {
        self.scanner.skip_space();
        while self.scanner.eat("#") {
            self.scanner.take_while(|next| next != '\n');
            self.scanner.skip_space();
        }
        !self.scanner.rest().is_empty()
    }

    fn eat(&mut self, text: &str) -> bool {
        self.more();
        self.scanner.eat(text)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.more();
        self.scanner.eat_word(word)
    }

    fn expect(&mut self, text: &str) -> Result<(), Fault> {
        if self.eat(text) { Ok(()) } else { Err(self.scanner.fault(format!("expected `{text}`"))) }
    }

    fn command(&mut self) -> Result<Command, Fault> {
        if self.eat_word("fields") {
            return Ok(Command::Fields(self.list(Self::named)?));
        }
        if self.eat_word("display") {
            return Ok(Command::Display(self.list(Self::named)?));
        }
        if self.eat_word("filter") {
            return Ok(Command::Filter(self.expression()?));
        }
        if self.eat_word("parse") {
            return self.extraction().map(Command::Parse);
        }
        if self.eat_word("stats") {
            return self.stats();
        }
        if self.eat_word("sort") || self.eat_word("order by") {
            return Ok(Command::Sort(self.list(Self::ordered)?));
        }
        if self.eat_word("limit") || self.eat_word("head") {
            return self.count().map(Command::Limit);
        }
        if self.eat_word("dedup") {
            return Ok(Command::Dedup(self.list(Self::expression)?));
        }
        if let Some(word) = UNKNOWN.into_iter().find(|word| self.eat_word(word)) {
            return Err(self.scanner.fault(format!("Kurodo does not do `{word}`")));
        }
        Err(self.scanner.fault("expected a command"))
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut all = vec![one(self)?];
        while self.eat(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn count(&mut self) -> Result<usize, Fault> {
        self.more();
        let digits = self.scanner.take_while(|next| next.is_ascii_digit());
        digits.parse().map_err(|_| self.scanner.fault("expected a number"))
    }

    /// An expression with the name that `as` gives it, or else its own text.
    fn named(&mut self) -> Result<Named, Fault> {
        self.more();
        let start = self.scanner.rest();
        let expression = self.expression()?;
        let length = start.len() - self.scanner.rest().len();
        if self.eat_word("as") {
            return Ok(Named { name: self.name()?, expression });
        }
        let name = match &expression {
            Expression::Field(name) => name.to_string(),
            _ => start.get(..length).unwrap_or_default().trim().to_owned(),
        };
        Ok(Named { name, expression })
    }

    fn name(&mut self) -> Result<String, Fault> {
        self.more();
        if self.scanner.eat("`") {
            return self.scanner.until('`');
        }
        let name = self.scanner.take_while(|next| next.is_alphanumeric() || "_.@$".contains(next));
        if name.is_empty() { Err(self.scanner.fault("expected a name")) } else { Ok(name.to_owned()) }
    }

    fn ordered(&mut self) -> Result<(Expression, Order), Fault> {
        let expression = self.expression()?;
        let descending = self.eat_word("desc");
        if !descending {
            self.eat_word("asc");
        }
        Ok((expression, if descending { Order::Descending } else { Order::Ascending }))
    }

    fn stats(&mut self) -> Result<Command, Fault> {
        self.aggregates = Some(Vec::new());
        let shown = self.list(Self::named)?;
        let aggregates = self.aggregates.take().unwrap_or_default();
        let by = if self.eat_word("by") { self.list(Self::named)? } else { Vec::new() };
        Ok(Command::Stats { shown, aggregates, by })
    }

    fn extraction(&mut self) -> Result<Extraction, Fault> {
        self.more();
        let named = !matches!(self.scanner.peek(), Some('"' | '\'' | '/'));
        let of = if named { self.operand()? } else { Expression::Field(Arc::from("@message")) };
        self.more();
        let start = self.scanner.clone();
        match self.scanner.next() {
            Some('/') => {
                let regex = regex(&mut self.scanner)?;
                let names: Vec<_> = regex.capture_names().flatten().map(Arc::from).collect();
                if names.is_empty() || regex.captures_len() != names.len() + 1 {
                    return Err(start.fault("every group of the expression must have a name"));
                }
                Ok(Extraction { of, regex, names })
            }
            Some(mark @ ('"' | '\'')) => {
                let pattern = self.scanner.until(mark)?;
                self.expect("as")?;
                let names = self.list(|parser| parser.name().map(Arc::from))?;
                if pattern.matches('*').count() != names.len() {
                    return Err(start.fault("there must be as many names as there are `*`"));
                }
                Ok(Extraction {
                    of,
                    regex: compile(&glob(&pattern)).map_err(|what| start.fault(what))?,
                    names,
                })
            }
            _ => Err(start.fault("expected a pattern")),
        }
    }

    fn expression(&mut self) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.scanner.fault("the expression is too deep"));
        }
        let found = self
            .chain(&[("or", Operator::Or)], |parser| parser.chain(&[("and", Operator::And)], Self::negated));
        self.depth -= 1;
        found
    }

    /// Operands with words between them.
    fn chain(
        &mut self,
        words: &[(&str, Operator)],
        next: impl Fn(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let (mut all, mut length) = (next(self)?, 0);
        while let Some((_, operator)) = words.iter().find(|(word, _)| self.eat_word(word)) {
            self.longer(&mut length)?;
            all = Expression::Binary(*operator, Box::new(all), Box::new(next(self)?));
        }
        Ok(all)
    }

    fn longer(&self, length: &mut usize) -> Result<(), Fault> {
        *length += 1;
        if *length > LONGEST { Err(self.scanner.fault("the expression is too long")) } else { Ok(()) }
    }

    fn negated(&mut self) -> Result<Expression, Fault> {
        let mut times = 0;
        while self.eat_word("not") {
            times += 1;
        }
        let inner = self.comparison()?;
        Ok(if times % 2 == 1 { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn comparison(&mut self) -> Result<Expression, Fault> {
        let one = self.sum()?;
        let not = self.eat_word("not");
        if self.eat_word("like") || self.eat("=~") {
            return Ok(negate(not, Expression::Like(Box::new(one), self.likeness()?)));
        }
        if self.eat_word("in") {
            self.expect("[")?;
            let list = self.list(Self::expression)?;
            self.expect("]")?;
            return Ok(negate(not, Expression::In(Box::new(one), list)));
        }
        if not {
            return Err(self.scanner.fault("expected `like` or `in`"));
        }
        let operators = [
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        match operators.into_iter().find(|(word, _)| self.eat(word)) {
            Some((_, operator)) => {
                self.scanner.eat("=");
                Ok(Expression::Binary(operator, Box::new(one), Box::new(self.sum()?)))
            }
            None => Ok(one),
        }
    }

    /// What `like` compares with: a part of the text, or a regular expression.
    fn likeness(&mut self) -> Result<Regex, Fault> {
        self.more();
        let start = self.scanner.clone();
        match self.scanner.next() {
            Some('/') => regex(&mut self.scanner),
            Some(mark @ ('"' | '\'')) => {
                let text = self.scanner.until(mark)?;
                compile(&regex::escape(&text)).map_err(|what| start.fault(what))
            }
            _ => Err(start.fault("expected a text or a regular expression")),
        }
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        self.arithmetic(&[("+", Operator::Plus), ("-", Operator::Minus)], |parser| {
            let words = [("*", Operator::Times), ("/", Operator::Divide), ("%", Operator::Modulo)];
            parser.arithmetic(&words, |parser| parser.arithmetic(&[("^", Operator::Power)], Self::operand))
        })
    }

    fn arithmetic(
        &mut self,
        words: &[(&str, Operator)],
        next: impl Fn(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let (mut all, mut length) = (next(self)?, 0);
        while let Some((_, operator)) = words.iter().find(|(word, _)| self.eat(word)) {
            self.longer(&mut length)?;
            all = Expression::Binary(*operator, Box::new(all), Box::new(next(self)?));
        }
        Ok(all)
    }

    fn operand(&mut self) -> Result<Expression, Fault> {
        self.more();
        match self.scanner.peek() {
            Some('(') => {
                self.scanner.next();
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some('-') => {
                self.scanner.next();
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(self.scanner.fault("the expression is too deep"));
                }
                let inner = self.operand()?;
                self.depth -= 1;
                Ok(Expression::Negative(Box::new(inner)))
            }
            Some(mark @ ('"' | '\'')) => {
                self.scanner.next();
                self.scanner.until(mark).map(|text| Expression::Constant(Value::Text(text)))
            }
            Some(digit) if digit.is_ascii_digit() => self.number(),
            _ => self.named_operand(),
        }
    }

    /// A number, or a span of time in milliseconds.
    fn number(&mut self) -> Result<Expression, Fault> {
        let start = self.scanner.clone();
        let digits = self.scanner.take_while(|next| next.is_ascii_digit() || next == '.');
        let number: f64 = digits.parse().map_err(|_| start.fault("this is no number"))?;
        let unit = match self.scanner.take_while(char::is_alphabetic) {
            "" => 1.0,
            unit => milliseconds(unit).ok_or_else(|| start.fault("this is no span of time"))?,
        };
        Ok(Expression::Constant(Value::Number(number * unit)))
    }

    fn named_operand(&mut self) -> Result<Expression, Fault> {
        let start = self.scanner.clone();
        let quoted = self.scanner.peek() == Some('`');
        let name = self.name()?;
        if quoted || !self.eat("(") {
            return Ok(match name.as_str() {
                "true" if !quoted => Expression::Constant(Value::Truth(true)),
                "false" if !quoted => Expression::Constant(Value::Truth(false)),
                _ => Expression::Field(Arc::from(name)),
            });
        }
        if let (Some(kind), Some(_)) = (Kind::find(&name), &self.aggregates) {
            return self.aggregate(kind, &start);
        }
        let arguments = if self.eat(")") { Vec::new() } else { self.arguments()? };
        let function = Function::find(&name, arguments.len());
        let function = function.ok_or_else(|| start.fault(format!("there is no such function: {name}")))?;
        Ok(Expression::Call(function, arguments))
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, Fault> {
        let arguments = self.list(Self::expression)?;
        self.expect(")")?;
        Ok(arguments)
    }

    fn aggregate(&mut self, kind: Kind, start: &Scanner<'_>) -> Result<Expression, Fault> {
        let all = self.aggregates.take().unwrap_or_default();
        let of = if self.eat("*") || self.scanner.rest().starts_with(')') {
            None
        } else {
            Some(self.expression()?)
        };
        let kind = match kind {
            Kind::Percentile(_) if self.eat(",") => Kind::Percentile(self.percent()?),
            kind => kind,
        };
        self.expect(")")?;
        if of.is_none() && kind != Kind::Count {
            return Err(start.fault("this needs something to be computed of"));
        }
        let (number, aggregates) = (all.len(), self.aggregates.insert(all));
        aggregates.push(Aggregate { kind, of });
        Ok(Expression::Aggregate(number))
    }

    fn percent(&mut self) -> Result<f64, Fault> {
        self.more();
        let start = self.scanner.clone();
        let digits = self.scanner.take_while(|next| next.is_ascii_digit() || next == '.');
        let percent = digits.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
        percent.ok_or_else(|| start.fault("expected a number from 0 to 100"))
    }
}

fn negate(not: bool, inner: Expression) -> Expression {
    if not { Expression::Not(Box::new(inner)) } else { inner }
}

/// The regular expression up to the slash that ends it; the one that begins it was read.
fn regex(scanner: &mut Scanner<'_>) -> Result<Regex, Fault> {
    let start = scanner.clone();
    let text = scanner.until('/')?;
    compile(&text).map_err(|what| start.fault(what))
}

fn compile(text: &str) -> Result<Regex, &'static str> {
    RegexBuilder::new(text).size_limit(LARGEST).build().map_err(|_| "this is not a regular expression")
}

fn milliseconds(unit: &str) -> Option<f64> {
    const SECOND: f64 = 1000.0;
    Some(match unit {
        "ms" | "msec" | "milliseconds" | "millisecond" => 1.0,
        "s" | "sec" | "second" | "seconds" => SECOND,
        "m" | "min" | "minute" | "minutes" => 60.0 * SECOND,
        "h" | "hr" | "hour" | "hours" => 3600.0 * SECOND,
        "d" | "day" | "days" => 86_400.0 * SECOND,
        "w" | "week" | "weeks" => 7.0 * 86_400.0 * SECOND,
        _ => return None,
    })
}
