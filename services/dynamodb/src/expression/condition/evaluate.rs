use std::{borrow::Cow, cmp::Ordering};

use super::{Comparator, Condition, Operand};
use crate::{
    attribute::{Attribute, Item},
    number::Number,
};

impl Condition {
    /// Whether it holds for an item; one that is not there has no attributes.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        match self {
            Self::Or(a, b) => a.holds(item) || b.holds(item),
            Self::And(a, b) => a.holds(item) && b.holds(item),
            Self::Not(condition) => !condition.holds(item),
            Self::Compare(comparator, a, b) => comparator.holds(a.value(item), b.value(item)),
            Self::Between(a, low, high) => {
                let value = a.value(item);
                Comparator::GreaterOrEqual.holds(value.clone(), low.value(item))
                    && Comparator::LessOrEqual.holds(value, high.value(item))
            }
            Self::In(a, all) => {
                let value = a.value(item);
                all.iter().any(|one| Comparator::Equal.holds(value.clone(), one.value(item)))
            }
            Self::Exists(path) => path.find(item).is_some(),
            Self::NotExists(path) => path.find(item).is_none(),
            Self::HasType(operand, kind) => operand.value(item).is_some_and(|value| value.type_of() == *kind),
            Self::BeginsWith(a, b) => both(a, b, item, begins_with),
            Self::Contains(a, b) => both(a, b, item, contains),
            Self::Size(_) => false,
        }
    }
}

fn both(a: &Operand, b: &Operand, item: &Item, test: fn(&Attribute, &Attribute) -> bool) -> bool {
    match (a.value(item), b.value(item)) {
        (Some(a), Some(b)) => test(&a, &b),
        _ => false,
    }
}

/// Whether a string or binary begins with another.
pub(crate) fn begins_with(value: &Attribute, beginning: &Attribute) -> bool {
    match (value, beginning) {
        (Attribute::String(a), Attribute::String(b)) => a.starts_with(b.as_str()),
        (Attribute::Binary(a), Attribute::Binary(b)) => a.starts_with(b),
        _ => false,
    }
}

/// Whether a string or binary has another in it, or a set or list a member.
pub(crate) fn contains(whole: &Attribute, part: &Attribute) -> bool {
    match (whole, part) {
        (Attribute::String(a), Attribute::String(b)) => a.contains(b.as_str()),
        (Attribute::Binary(a), Attribute::Binary(b)) => memchr::memmem::find(a, b).is_some(),
        (Attribute::Strings(all), Attribute::String(one)) => all.contains(one),
        (Attribute::Numbers(all), Attribute::Number(one)) => all.contains(one),
        (Attribute::Binaries(all), Attribute::Binary(one)) => all.contains(one),
        (Attribute::List(all), one) => all.iter().any(|member| member.equals(one)),
        _ => false,
    }
}

impl Comparator {
    /// Whether it holds between two values. What is not there differs from everything.
    pub(crate) fn holds(self, a: Option<Cow<'_, Attribute>>, b: Option<Cow<'_, Attribute>>) -> bool {
        let (Some(a), Some(b)) = (a, b) else { return self == Self::NotEqual };
        match self {
            Self::Equal => a.equals(&b),
            Self::NotEqual => !a.equals(&b),
            Self::Less => a.order(&b) == Some(Ordering::Less),
            Self::LessOrEqual => a.order(&b).is_some_and(Ordering::is_le),
            Self::Greater => a.order(&b) == Some(Ordering::Greater),
            Self::GreaterOrEqual => a.order(&b).is_some_and(Ordering::is_ge),
        }
    }
}

impl Operand {
    fn value<'v>(&'v self, item: &'v Item) -> Option<Cow<'v, Attribute>> {
        match self {
            Self::Path(path) => path.find(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(operand) => size(&*operand.value(item)?).map(Attribute::Number).map(Cow::Owned),
        }
    }
}

/// What `size` gives: characters, bytes or members.
fn size(value: &Attribute) -> Option<Number> {
    let size = match value {
        Attribute::String(text) => text.encode_utf16().count(),
        Attribute::Binary(bytes) => bytes.len(),
        Attribute::Strings(all) => all.len(),
        Attribute::Numbers(all) => all.len(),
        Attribute::Binaries(all) => all.len(),
        Attribute::List(all) => all.len(),
        Attribute::Map(pairs) => pairs.len(),
        Attribute::Number(_) | Attribute::Bool(_) | Attribute::Null => return None,
    };
    u32::try_from(size).ok().map(Number::from)
}
