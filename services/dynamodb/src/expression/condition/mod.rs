//! Conditions and filters.

mod check;
mod evaluate;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use evaluate::begins_with;
pub(crate) use parse::{Leaf, Tree};

use super::{Fault, Path, Placeholders};
use crate::attribute::{Attribute, Type};

/// A checked condition, ready to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Or(Box<Condition>, Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare(Comparator, Operand, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    HasType(Operand, Type),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
    /// `size(..)` where a condition should be; only a key condition gets to see it.
    Size(Operand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Value(Attribute),
    Size(Box<Operand>),
}

impl Operand {
    pub(crate) fn as_path(&self) -> Option<&Path> {
        if let Self::Path(path) = self { Some(path) } else { None }
    }

    fn paths<'c>(&'c self, each: &mut impl FnMut(&'c Path)) {
        match self {
            Self::Path(path) => each(path),
            Self::Size(operand) => operand.paths(each),
            Self::Value(_) => {}
        }
    }
}

impl Condition {
    /// The condition that a text says.
    pub(crate) fn parse(text: &str, placeholders: &Placeholders) -> Result<Self, Fault> {
        let tree = parse::parse(text)?;
        check::check(&tree, placeholders)
    }

    /// The condition that a statement says.
    pub(crate) fn from_tree(tree: Tree, placeholders: &Placeholders) -> Result<Self, Fault> {
        check::check(&parse::Parse { tree, redundant: false }, placeholders)
    }

    /// That both hold.
    pub(crate) fn and(self, other: Option<Self>) -> Self {
        match other {
            Some(other) => Self::And(Box::new(self), Box::new(other)),
            None => self,
        }
    }

    /// Visits every path that is looked at.
    pub(crate) fn paths<'c>(&'c self, each: &mut impl FnMut(&'c Path)) {
        match self {
            Self::Or(a, b) | Self::And(a, b) => {
                a.paths(each);
                b.paths(each);
            }
            Self::Not(condition) => condition.paths(each),
            Self::Exists(path) | Self::NotExists(path) => each(path),
            Self::HasType(operand, _) | Self::Size(operand) => operand.paths(each),
            Self::Compare(_, a, b) | Self::BeginsWith(a, b) | Self::Contains(a, b) => {
                a.paths(each);
                b.paths(each);
            }
            Self::Between(a, b, c) => [a, b, c].into_iter().for_each(|operand| operand.paths(each)),
            Self::In(a, all) => {
                a.paths(each);
                all.iter().for_each(|operand| operand.paths(each));
            }
        }
    }
}
