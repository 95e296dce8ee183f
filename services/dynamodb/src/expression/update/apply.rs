use std::collections::BTreeSet;

use super::{Action, Source, Update};
use crate::{
    attribute::{Attribute, Item},
    expression::{Path, Step},
    number::NumberError,
};

/// Why an update cannot be applied to an item, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpdateFault {
    #[error("The provided expression refers to an attribute that does not exist in the item")]
    NoAttribute,
    #[error("An operand in the update expression has an incorrect data type")]
    OperandType,
    #[error("The document path provided in the update expression is invalid for update")]
    Path,
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl Update {
    /// The item after the update. Every value is computed from the item before it.
    pub(crate) fn apply(&self, before: &Item) -> Result<Item, UpdateFault> {
        let mut after = before.clone();
        let (mut written, mut removed): (Vec<(&Path, Attribute)>, Vec<&Path>) = Default::default();
        for action in &self.actions {
            match action {
                Action::Set(path, source) => written.push((path, source.value(before)?)),
                Action::Remove(path) => removed.push(path),
                Action::Add(path, value) => written.push((path, add(path.find(before), value)?)),
                Action::Delete(path, value) => {
                    let Some(set) = path.find(before) else {
                        check_place(&mut after, path)?;
                        continue;
                    };
                    match subtract(set, value)? {
                        Some(left) => written.push((path, left)),
                        None => removed.push(path),
                    }
                }
            }
        }
        // What is written past the end of a list is appended, in the order of its places.
        written.sort_by_key(|(path, _)| place(path));
        for (path, value) in written {
            put(&mut after, path, value)?;
        }
        // Places in a list are those before the update: the last ones go first.
        removed.sort_by_key(|path| std::cmp::Reverse(place(path)));
        for path in removed {
            remove(&mut after, path)?;
        }
        Ok(after)
    }
}

fn place(path: &Path) -> usize {
    match path.below.last() {
        Some(Step::Index(index)) => *index,
        _ => 0,
    }
}

impl Source {
    fn value(&self, item: &Item) -> Result<Attribute, UpdateFault> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Path(path) => path.find(item).cloned().ok_or(UpdateFault::NoAttribute),
            Self::IfNotExists(path, otherwise) => match path.find(item) {
                Some(value) => Ok(value.clone()),
                None => otherwise.value(item),
            },
            Self::ListAppend(a, b) => match (a.value(item)?, b.value(item)?) {
                (Attribute::List(mut a), Attribute::List(b)) => {
                    a.extend(b);
                    Ok(Attribute::List(a))
                }
                _ => Err(UpdateFault::OperandType),
            },
            Self::Plus(a, b) => match (a.value(item)?, b.value(item)?) {
                (Attribute::Number(a), Attribute::Number(b)) => Ok(Attribute::Number(a.plus(b)?)),
                _ => Err(UpdateFault::OperandType),
            },
            Self::Minus(a, b) => match (a.value(item)?, b.value(item)?) {
                (Attribute::Number(a), Attribute::Number(b)) => Ok(Attribute::Number(a.minus(b)?)),
                _ => Err(UpdateFault::OperandType),
            },
        }
    }
}

/// The sum of two numbers, or the union of two sets.
fn add(known: Option<&Attribute>, value: &Attribute) -> Result<Attribute, UpdateFault> {
    Ok(match (known, value) {
        (None, value) => value.clone(),
        (Some(Attribute::Number(a)), Attribute::Number(b)) => Attribute::Number(a.plus(*b)?),
        (Some(Attribute::Strings(a)), Attribute::Strings(b)) => Attribute::Strings(union(a, b)),
        (Some(Attribute::Numbers(a)), Attribute::Numbers(b)) => Attribute::Numbers(union(a, b)),
        (Some(Attribute::Binaries(a)), Attribute::Binaries(b)) => Attribute::Binaries(union(a, b)),
        _ => return Err(UpdateFault::OperandType),
    })
}

/// The set without these members; `None` where none is left.
fn subtract(known: &Attribute, value: &Attribute) -> Result<Option<Attribute>, UpdateFault> {
    Ok(match (known, value) {
        (Attribute::Strings(a), Attribute::Strings(b)) => without(a, b).map(Attribute::Strings),
        (Attribute::Numbers(a), Attribute::Numbers(b)) => without(a, b).map(Attribute::Numbers),
        (Attribute::Binaries(a), Attribute::Binaries(b)) => without(a, b).map(Attribute::Binaries),
        _ => return Err(UpdateFault::OperandType),
    })
}

fn union<T: Clone + Ord>(a: &[T], b: &[T]) -> Vec<T> {
    a.iter().chain(others(b, a)).cloned().collect()
}

fn without<T: Clone + Ord>(a: &[T], b: &[T]) -> Option<Vec<T>> {
    let left: Vec<T> = others(a, b).cloned().collect();
    (!left.is_empty()).then_some(left)
}

/// The members of a set that another one has not. Both may be large.
fn others<'m, T: Ord>(of: &'m [T], but: &[T]) -> impl Iterator<Item = &'m T> {
    let but: BTreeSet<&T> = but.iter().collect();
    of.iter().filter(move |member| !but.contains(member))
}

/// The value that holds the path's last step.
fn parent<'i>(item: &'i mut Item, path: &'i Path) -> Result<(&'i mut Attribute, &'i Step), UpdateFault> {
    let (last, between) = path.below.split_last().ok_or(UpdateFault::Path)?;
    let head = item.get_mut(&path.head).ok_or(UpdateFault::Path)?;
    let parent = between.iter().try_fold(head, |value, step| match (value, step) {
        (Attribute::Map(pairs), Step::Name(name)) => pairs.get_mut(name),
        (Attribute::List(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    });
    Ok((parent.ok_or(UpdateFault::Path)?, last))
}

/// That something could be at the path.
fn check_place(item: &mut Item, path: &Path) -> Result<(), UpdateFault> {
    if !path.is_nested() {
        return Ok(());
    }
    match parent(item, path)? {
        (Attribute::Map(_), Step::Name(_)) | (Attribute::List(_), Step::Index(_)) => Ok(()),
        _ => Err(UpdateFault::Path),
    }
}

fn put(item: &mut Item, path: &Path, value: Attribute) -> Result<(), UpdateFault> {
    if !path.is_nested() {
        item.insert(path.head.clone(), value);
        return Ok(());
    }
    match parent(item, path)? {
        (Attribute::Map(pairs), Step::Name(name)) => _ = pairs.insert(name.clone(), value),
        (Attribute::List(items), Step::Index(index)) => match items.get_mut(*index) {
            Some(place) => *place = value,
            None => items.push(value),
        },
        _ => return Err(UpdateFault::Path),
    }
    Ok(())
}

fn remove(item: &mut Item, path: &Path) -> Result<(), UpdateFault> {
    if !path.is_nested() {
        item.remove(&path.head);
        return Ok(());
    }
    match parent(item, path)? {
        (Attribute::Map(pairs), Step::Name(name)) => _ = pairs.remove(name),
        (Attribute::List(items), Step::Index(index)) if *index < items.len() => _ = items.remove(*index),
        (Attribute::List(_), Step::Index(_)) => {}
        _ => return Err(UpdateFault::Path),
    }
    Ok(())
}
