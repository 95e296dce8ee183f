//! The expressions of requests: parsed, checked as AWS checks them, and evaluated.
//!
//! An expression is read in three steps: tokens, a tree as it was written, and a checked tree in which every
//! placeholder is replaced by what it stands for.
//!
//! Source: DynamoDB Developer Guide, "Using expressions in DynamoDB".

mod condition;
mod fault;
mod key;
mod path;
mod placeholders;
mod projection;
mod reserved;
mod scan;
mod tree;
mod update;

pub(crate) use condition::{Comparator, Condition, Leaf, Operand, Tree, begins_with};
pub(crate) use fault::{Fault, Part};
pub(crate) use key::{KeyConditionFault, KeyTest, KeyTests};
pub(crate) use path::{Path, Step};
pub(crate) use placeholders::{PlaceholderFault, Placeholders};
pub(crate) use projection::{Projection, only};
pub(crate) use tree::{Call, RawOperand, RawPath, RawStep};
pub(crate) use update::{
    Action as UpdateAction, RawAction, RawSource, Section, Source as UpdateSource, Update, UpdateFault,
};

/// All of them joined, as a tree that is no deeper than it must be; `None` where there are none.
pub(crate) fn joined<T>(mut all: Vec<T>, join: fn(Box<T>, Box<T>) -> T) -> Option<T> {
    while all.len() > 1 {
        let mut left = all.into_iter();
        all = Vec::with_capacity(left.len().div_ceil(2));
        while let Some(one) = left.next() {
            all.push(match left.next() {
                Some(other) => join(Box::new(one), Box::new(other)),
                None => one,
            });
        }
    }
    all.pop()
}
