use super::{
    ast::{Aggregate, Expr, Item, Name, Projection, Query, Step},
    lexer::{Token, tokens},
    words,
};
use crate::{MOST_EXPRESSION, SelectError};

/// The most expressions in one another.
const DEEPEST: usize = 32;
/// The most operators, in all, that follow another one of their kind: each is one deeper.
const MOST_LINKS: usize = 100;
/// The most operators in all; those of a chain of AND or OR count as one.
const MOST_OPERATORS: usize = 2_000;

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    operators: usize,
    links: usize,
    pub(super) aggregates: Vec<(Aggregate, Option<Expr>)>,
    /// Whether aggregates may stand here.
    pub(super) aggregating: bool,
}

pub(super) fn parse(text: &str) -> Result<Query, SelectError> {
    if text.len() > MOST_EXPRESSION {
        return Err(SelectError::ExpressionTooLong);
    }
    let tokens = tokens(text)?;
    Parser { tokens, at: 0, depth: 0, operators: 0, links: 0, aggregates: Vec::new(), aggregating: true }
        .query()
}

impl Parser {
    fn query(mut self) -> Result<Query, SelectError> {
        if !self.take_word("SELECT") {
            return Err(SelectError::ParseUnexpectedToken);
        }
        if self.is_word("FROM") {
            return Err(SelectError::ParseEmptySelect);
        }
        if self.is_word("DISTINCT") || self.is_word("ALL") || self.is_word("VALUE") {
            return Err(SelectError::ParseUnsupportedSelect);
        }
        let projection = self.projection()?;
        if !self.take_word("FROM") {
            return Err(SelectError::ParseSelectMissingFrom);
        }
        self.aggregating = false;
        let (from, wild, alias) = self.source()?;
        let condition = if self.take_word("WHERE") { Some(self.expression()?) } else { None };
        self.unsupported_clauses()?;
        let limit = if self.take_word("LIMIT") { Some(self.limit()?) } else { None };
        self.take_symbol(";");
        match self.peek() {
            Token::End => {}
            Token::Symbol(_) => return Err(SelectError::ParseUnexpectedOperator),
            _ => return Err(SelectError::ParseUnexpectedToken),
        }
        let query = Query { projection, from, wild, alias, condition, limit, aggregates: self.aggregates };
        query.check()
    }

    fn projection(&mut self) -> Result<Projection, SelectError> {
        if self.take_symbol("*") {
            return match self.is_symbol(",") {
                true => Err(SelectError::ParseAsteriskIsNotAloneInSelectList),
                false => Ok(Projection::All),
            };
        }
        let mut items = Vec::new();
        loop {
            if self.is_symbol("*") {
                return Err(SelectError::ParseAsteriskIsNotAloneInSelectList);
            }
            let value = self.expression()?;
            let name = match self.alias()? {
                Some(alias) => alias.text,
                None => named(&value).unwrap_or_else(|| format!("_{}", items.len() + 1)),
            };
            items.push(Item { value, name });
            if !self.take_symbol(",") {
                return Ok(Projection::Items(items));
            }
        }
    }

    /// `S3Object`, with a path below `[*]` and another name.
    fn source(&mut self) -> Result<(Vec<Step>, bool, Name), SelectError> {
        let table = self.name().ok_or(SelectError::ParseExpectedIdentForAlias)?;
        if !table.text.eq_ignore_ascii_case("s3object") {
            return Err(SelectError::InvalidDataSource);
        }
        let mut path = self.steps(true)?;
        let wild = path.first() == Some(&Step::Elements);
        if !path.is_empty() && !wild {
            return Err(SelectError::InvalidKeyPath);
        }
        path.drain(..usize::from(wild));
        let default = match path.last() {
            Some(Step::Name(name)) => name.clone(),
            Some(_) => Name { text: "_1".into(), exact: false },
            None if wild => Name { text: "_1".into(), exact: false },
            None => table,
        };
        let alias = self.alias()?.unwrap_or(default);
        if self.is_symbol(",") || ["JOIN", "INNER", "LEFT", "CROSS"].iter().any(|word| self.is_word(word)) {
            return Err(SelectError::ParseMalformedJoin);
        }
        Ok((path, wild, alias))
    }

    /// What follows a name: `.name`, `['name']`, `[1]`, and where wildcards may be `[*]` and `.*`.
    pub(super) fn steps(&mut self, wild: bool) -> Result<Vec<Step>, SelectError> {
        let mut steps = Vec::new();
        loop {
            let step = if self.take_symbol(".") {
                if self.take_symbol("*") {
                    Step::Members
                } else {
                    Step::Name(self.name().ok_or(SelectError::ParseInvalidPathComponent)?)
                }
            } else if self.take_symbol("[") {
                let step = self.in_brackets()?;
                self.symbol("]", SelectError::ParseInvalidPathComponent)?;
                step
            } else {
                return Ok(steps);
            };
            if !wild && matches!(step, Step::Elements | Step::Members) {
                return Err(SelectError::ParseInvalidContextForWildcardInSelectList);
            }
            steps.push(step);
        }
    }

    fn in_brackets(&mut self) -> Result<Step, SelectError> {
        match self.next() {
            Token::Symbol("*") => Ok(Step::Elements),
            Token::Text(text) => Ok(Step::Name(Name { text, exact: true })),
            Token::Number(digits) => {
                digits.parse().map(Step::Index).map_err(|_| SelectError::ParseInvalidPathComponent)
            }
            _ => Err(SelectError::ParseInvalidPathComponent),
        }
    }

    /// Another name, with AS or without.
    fn alias(&mut self) -> Result<Option<Name>, SelectError> {
        if self.take_word("AS") {
            return self.name().map(Some).ok_or(SelectError::ParseExpectedIdentForAlias);
        }
        Ok(self.name())
    }

    fn limit(&mut self) -> Result<u64, SelectError> {
        if self.is_symbol("-") {
            return Err(SelectError::EvaluatorNegativeLimit);
        }
        match self.next() {
            Token::Number(digits) => digits.parse().map_err(|_| SelectError::ParseExpectedNumber),
            _ => Err(SelectError::ParseExpectedNumber),
        }
    }

    fn unsupported_clauses(&self) -> Result<(), SelectError> {
        if self.is_word("GROUP") {
            return Err(SelectError::ParseExpectedIdentForGroupName);
        }
        let clauses = ["ORDER", "HAVING", "UNION", "INTERSECT", "EXCEPT"];
        if clauses.iter().any(|word| self.is_word(word)) {
            return Err(SelectError::ParseUnsupportedSyntax);
        }
        Ok(())
    }

    /// A name that is no keyword.
    pub(super) fn name(&mut self) -> Option<Name> {
        let name = match self.peek() {
            Token::Word(word) if !words::is_reserved(word) => Name { text: word.clone(), exact: false },
            Token::Quoted(text) => Name { text: text.clone(), exact: true },
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), SelectError> {
        if self.take_word(word) { Ok(()) } else { Err(SelectError::ParseExpectedKeyword) }
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Token::Symbol(found) if *found == symbol)
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn symbol(&mut self, symbol: &str, otherwise: SelectError) -> Result<(), SelectError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(otherwise) }
    }

    /// Counts an operator.
    pub(super) fn count(&mut self) -> Result<(), SelectError> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS { Err(SelectError::MaxOperatorsExceeded) } else { Ok(()) }
    }

    /// Counts an operator that follows others of its kind.
    pub(super) fn link(&mut self, before: &mut std::ops::RangeFrom<usize>) -> Result<(), SelectError> {
        self.links += usize::from(before.next() > Some(0));
        if self.links > MOST_LINKS { Err(SelectError::MaxOperatorsExceeded) } else { self.count() }
    }

    /// Reads something that lies deeper.
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SelectError>,
    ) -> Result<T, SelectError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SelectError::MaxOperatorsExceeded);
        }
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }
}

/// The name of a column that is a path.
fn named(value: &Expr) -> Option<String> {
    let Expr::Path(path) = value else { return None };
    match path.rest.last() {
        None => Some(path.first.text.clone()),
        Some(Step::Name(name)) => Some(name.text.clone()),
        Some(_) => None,
    }
}

impl Query {
    /// Whether a column stands beside an aggregate: there are no groups that it could be of.
    fn check(mut self) -> Result<Self, SelectError> {
        let Projection::Items(items) = &mut self.projection else { return Ok(self) };
        let loose = items.iter_mut().any(|item| reads_rows(&mut item.value));
        if !self.aggregates.is_empty() && loose {
            return Err(SelectError::UnsupportedSqlStructure);
        }
        Ok(self)
    }
}

fn reads_rows(expr: &mut Expr) -> bool {
    matches!(expr, Expr::Path(_)) || expr.parts().into_iter().any(reads_rows)
}
