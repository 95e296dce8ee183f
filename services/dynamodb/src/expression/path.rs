use std::fmt;

use crate::attribute::{Attribute, Item};

/// A step into an item: an attribute's name, or a place in a list, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

/// Where in an item: an attribute and the steps below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// The attribute of the item.
    pub(crate) head: String,
    /// The steps from there.
    pub(crate) below: Vec<Step>,
}

impl Path {
    /// An attribute of the item itself.
    pub(crate) fn top(name: impl Into<String>) -> Self {
        Self { head: name.into(), below: Vec::new() }
    }

    /// Whether it goes into an attribute.
    pub(crate) fn is_nested(&self) -> bool {
        !self.below.is_empty()
    }

    /// What is there.
    pub(crate) fn find<'i>(&self, item: &'i Item) -> Option<&'i Attribute> {
        self.below.iter().try_fold(item.get(&self.head)?, |value, step| match (value, step) {
            (Attribute::Map(pairs), Step::Name(name)) => pairs.get(name),
            (Attribute::List(items), Step::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// The name of a statement's column: the last name, with the places in lists behind it.
    pub(crate) fn column(&self) -> String {
        let last = self.below.iter().rposition(|step| matches!(step, Step::Name(_)));
        let (name, behind) = match last.and_then(|last| self.below.get(last..)?.split_first()) {
            Some((Step::Name(name), behind)) => (name, behind),
            _ => (&self.head, self.below.as_slice()),
        };
        behind.iter().fold(name.clone(), |column, step| match step {
            Step::Index(index) => format!("{column}[{index}]"),
            Step::Name(_) => column,
        })
    }

    fn steps(&self) -> impl Iterator<Item = StepRef<'_>> {
        let below = self.below.iter().map(|step| match step {
            Step::Name(name) => StepRef::Name(name),
            Step::Index(index) => StepRef::Index(*index),
        });
        std::iter::once(StepRef::Name(&self.head)).chain(below)
    }

    /// How two paths get in each other's way, if they do.
    pub(crate) fn clash(&self, other: &Self) -> Option<Clash> {
        for (a, b) in self.steps().zip(other.steps()) {
            match (a, b) {
                (StepRef::Name(_), StepRef::Index(_)) | (StepRef::Index(_), StepRef::Name(_)) => {
                    return Some(Clash::Conflict);
                }
                (a, b) if a != b => return None,
                _ => {}
            }
        }
        Some(Clash::Overlap)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepRef<'p> {
    Name(&'p str),
    Index(usize),
}

/// How two paths get in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash {
    /// One is the other, or leads to it.
    Overlap,
    /// One takes for a list what the other takes for a map.
    Conflict,
}

/// As messages show it: `[a, [1], b]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.head)?;
        for step in &self.below {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}
