use super::function::Function;

/// Why an expression cannot be read or evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no expression.
    #[error("Syntax error at character {0}")]
    Syntax(usize),
    /// It is nested too deeply.
    #[error("The expression is nested too deeply")]
    Depth,
    /// There is no such function.
    #[error("Unknown function: {0}")]
    Unknown(String),
    /// AWS has the function, and Kurodo has not.
    #[error("The function {0} is not implemented by Kurodo")]
    Refused(&'static str),
    /// A function or an operator cannot be used with what it is given.
    #[error("{0}")]
    Type(String),
    /// A name stands for nothing.
    #[error("Unknown reference: {0}")]
    Reference(String),
    /// An expression that needs itself.
    #[error("Circular reference: {0}")]
    Circle(String),
    /// More time series than an expression may have.
    #[error("The expression has more than {0} time series")]
    Many(usize),
    /// More datapoints than a request may be about.
    #[error(
        "The queries are about more than {0} datapoints: ask for less time, longer periods or fewer metrics"
    )]
    Datapoints(usize),
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression(pub(super) Node);

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Text(String),
    /// The id of a metric or of another expression, or a word of a function: `REPEAT`.
    Name(String),
    List(Vec<Node>),
    Negative(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

impl Operator {
    /// What it gives; comparisons give 1 or 0.
    pub(super) fn apply(self, a: f64, b: f64) -> f64 {
        let truth = |is: bool| if is { 1.0 } else { 0.0 };
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Equal => truth(a == b),
            Self::NotEqual => truth(a != b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::And => truth(a != 0.0 && b != 0.0),
            Self::Or => truth(a != 0.0 || b != 0.0),
        }
    }
}

impl Expression {
    /// The ids that the expression names.
    pub fn references(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.0.references(&mut found);
        found
    }

    /// Whether it takes all metrics of the request.
    pub fn takes_all(&self) -> bool {
        self.0.any(&|node| matches!(node, Node::Call(Function::Metrics, _)))
    }

    /// Whether it searches for metrics.
    pub fn searches(&self) -> bool {
        self.0.any(&|node| matches!(node, Node::Call(Function::Search, _)))
    }
}

impl Node {
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Text(_) | Self::Name(_) => Vec::new(),
            Self::List(parts) | Self::Call(_, parts) => parts.iter().collect(),
            Self::Negative(part) => vec![part],
            Self::Binary(_, left, right) => vec![left, right],
        }
    }

    fn references<'n>(&'n self, found: &mut Vec<&'n str>) {
        match self {
            Self::Name(name) if name.starts_with(|c: char| c.is_ascii_lowercase()) => found.push(name),
            _ => self.parts().into_iter().for_each(|part| part.references(found)),
        }
    }

    fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self) || self.parts().into_iter().any(|part| part.any(is))
    }
}
