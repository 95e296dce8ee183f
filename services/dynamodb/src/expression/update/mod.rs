//! Update expressions.

mod apply;
mod check;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use apply::UpdateFault;
pub(crate) use parse::{RawAction, RawSource, Section};

use super::{Fault, Path, Placeholders};
use crate::attribute::Attribute;

/// A checked update: no two of its paths lead to one another.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Update {
    pub(crate) actions: Vec<Action>,
    /// Whether it was said by `AttributeUpdates`, whose messages are others.
    pub(crate) legacy: bool,
}

/// What is done at one path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    Set(Path, Source),
    Remove(Path),
    Add(Path, Attribute),
    Delete(Path, Attribute),
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    Value(Attribute),
    Path(Path),
    IfNotExists(Path, Box<Source>),
    ListAppend(Box<Source>, Box<Source>),
    Plus(Box<Source>, Box<Source>),
    Minus(Box<Source>, Box<Source>),
}

impl Action {
    /// The path that is written.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Add(path, _) | Self::Delete(path, _) => path,
        }
    }
}

impl Source {
    fn paths<'u>(&'u self, each: &mut impl FnMut(&'u Path)) {
        match self {
            Self::Value(_) => {}
            Self::Path(path) => each(path),
            Self::IfNotExists(path, source) => {
                each(path);
                source.paths(each);
            }
            Self::ListAppend(a, b) | Self::Plus(a, b) | Self::Minus(a, b) => {
                a.paths(each);
                b.paths(each);
            }
        }
    }
}

impl Update {
    /// The update that a text says.
    pub(crate) fn parse(text: &str, placeholders: &Placeholders) -> Result<Self, Fault> {
        let sections = parse::parse(text)?;
        check::check(&sections, placeholders)
    }

    /// The update that a statement says.
    pub(crate) fn from_sections(sections: &[Section], placeholders: &Placeholders) -> Result<Self, Fault> {
        check::check(sections, placeholders)
    }

    /// Visits every path that is written or read.
    pub(crate) fn paths<'u>(&'u self, each: &mut impl FnMut(&'u Path)) {
        for action in &self.actions {
            each(action.path());
            if let Action::Set(_, source) = action {
                source.paths(each);
            }
        }
    }
}
