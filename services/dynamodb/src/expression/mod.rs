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

pub(crate) use condition::{Comparator, Condition, Operand, begins_with};
pub(crate) use fault::{Fault, Part};
pub(crate) use key::{KeyConditionFault, KeyTest, KeyTests};
pub(crate) use path::{Path, Step};
pub(crate) use placeholders::{PlaceholderFault, Placeholders};
pub(crate) use projection::{Projection, only};
pub(crate) use update::{Action as UpdateAction, Source as UpdateSource, Update, UpdateFault};
