use super::{
    Expression, Fault,
    function::Function,
    scan::{Token, tokens},
    tree::{Node, Operator},
};

/// How deep an expression may be nested.
const DEPTH: usize = 40;

/// Operators by how tightly they bind, the loosest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("||", Operator::Or), ("OR", Operator::Or)],
    &[("&&", Operator::And), ("AND", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("=", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<>", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
];

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`Fault`]: where it is none, and functions that are not there.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, end: text.len() + 1, depth: 0 };
        let node = parser.level(0)?;
        match parser.tokens {
            [] => Ok(Self(node)),
            [(at, _), ..] => Err(Fault::Syntax(*at)),
        }
    }
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.first().map(|(_, token)| token)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let ((_, token), rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(token)
    }

    fn wrong(&self) -> Fault {
        Fault::Syntax(self.tokens.first().map_or(self.end, |(at, _)| *at))
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    /// One step deeper.
    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::Depth);
        }
        let found = inside(self);
        self.depth -= 1;
        found
    }

    /// Operators that bind at least as tightly as this level.
    fn level(&mut self, level: usize) -> Result<Node, Fault> {
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.level(level + 1)?;
        let mut length = 0;
        while let Some(operator) = self.operator(operators) {
            self.next();
            length += 1;
            // A long row of operators nests to the left.
            if length > DEPTH * 8 {
                return Err(Fault::Depth);
            }
            left = Node::Binary(operator, Box::new(left), Box::new(self.level(level + 1)?));
        }
        Ok(left)
    }

    fn operator(&self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let word = match self.peek()? {
            Token::Sign(sign) => sign,
            Token::Name(name) => name.as_str(),
            _ => return None,
        };
        operators.iter().find(|(text, _)| *text == word).map(|(_, operator)| *operator)
    }

    fn power(&mut self) -> Result<Node, Fault> {
        let base = self.unary()?;
        if !self.take("^") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::power)?;
        Ok(Node::Binary(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    fn unary(&mut self) -> Result<Node, Fault> {
        if self.take("-") {
            return Ok(Node::Negative(Box::new(self.deeper(Self::unary)?)));
        }
        if self.take("+") {
            return self.deeper(Self::unary);
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Node, Fault> {
        let wrong = self.wrong();
        match self.next().ok_or_else(|| wrong.clone())? {
            Token::Number(number) => Ok(Node::Number(*number)),
            Token::Text(text) => Ok(Node::Text(text.clone())),
            Token::Name(name) if self.take("(") => {
                let function = Function::find(name)?;
                Ok(Node::Call(function, self.list(")")?))
            }
            Token::Name(name) => Ok(Node::Name(name.clone())),
            Token::Sign("(") => {
                let node = self.deeper(|parser| parser.level(0))?;
                self.expect(")")?;
                Ok(node)
            }
            Token::Sign("[") => Ok(Node::List(self.list("]")?)),
            Token::Sign(_) => Err(wrong),
        }
    }

    /// Expressions with commas between them, up to the sign that ends them.
    fn list(&mut self, end: &str) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        if self.take(end) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.deeper(|parser| parser.level(0))?);
            if self.take(end) {
                return Ok(nodes);
            }
            self.expect(",")?;
        }
    }
}
