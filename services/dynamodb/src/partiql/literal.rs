//! Values that are written out.

use super::{
    Fault,
    parser::Parsed,
    tree::{Expr, Kind},
};
use crate::{
    attribute::{Attribute, DEEPEST, Invalid, Item},
    number::Number,
};

/// What messages call an attribute's value.
const ROOT: &str = "root";

/// The value of an attribute: one that is written out, or a parameter.
pub(super) fn value(expr: Expr) -> Parsed<Attribute> {
    match expr.kind {
        Kind::Parameter(value) => Ok(value),
        _ => written(expr, ROOT, 0),
    }
}

/// The item that an insertion is of.
pub(super) fn item(expr: Expr) -> Parsed<Item> {
    match expr.kind {
        Kind::Tuple(pairs) => tuple(pairs, ROOT, |value_of, _| value(value_of)),
        Kind::Bag(_) | Kind::List(_) => Err(Fault::SeveralItems),
        _ => Err(Fault::ItemSyntax),
    }
}

fn written(Expr { at, kind }: Expr, under: &str, depth: usize) -> Parsed<Attribute> {
    if depth > DEEPEST {
        return Err(Fault::Nesting(under.to_owned()));
    }
    Ok(match kind {
        Kind::Text(text) => Attribute::String(text),
        Kind::Number(text) => Attribute::Number(number(&text, under)?),
        Kind::Bool(flag) => Attribute::Bool(flag),
        Kind::Null => Attribute::Null,
        Kind::Missing => return Err(Fault::Missing),
        Kind::Ion(text) => return Err(Fault::Ion(text, under.to_owned())),
        Kind::List(members) => {
            let each = members.into_iter().enumerate();
            let list = each.map(|(place, member)| written(member, &format!("{under}[{place}]"), depth + 1));
            Attribute::List(list.collect::<Parsed<_>>()?)
        }
        Kind::Tuple(pairs) => Attribute::Map(tuple(pairs, under, |value, name| {
            written(value, &format!("{under}.{name}"), depth + 1)
        })?),
        Kind::Bag(members) => bag(members, under)?,
        kind => {
            let what = if let Kind::Call(function, _) = kind { function } else { kind.name().to_owned() };
            return Err(Fault::DataType { what, under: under.to_owned(), at });
        }
    })
}

fn tuple(
    pairs: Vec<(Expr, Expr)>,
    under: &str,
    value: impl Fn(Expr, &str) -> Parsed<Attribute>,
) -> Parsed<Item> {
    let mut item = Item::new();
    for (name, of) in pairs {
        let name = match name.kind {
            Kind::Text(name) => name,
            other => return Err(Fault::TupleKey(other.name(), under.to_owned())),
        };
        let value = value(of, &name)?;
        if item.contains_key(&name) {
            return Err(Fault::SameKeys(name, under.to_owned()));
        }
        item.insert(name, value);
    }
    Ok(item)
}

fn number(text: &str, under: &str) -> Parsed<Number> {
    text.parse().map_err(|fault| Fault::Number { fault, under: under.to_owned() })
}

/// The set of texts or of numbers.
fn bag(members: Vec<Expr>, under: &str) -> Parsed<Attribute> {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for member in members {
        match member.kind {
            Kind::Text(text) => texts.push(text),
            Kind::Number(number) => numbers.push(number),
            _ => return Err(Fault::BagType),
        }
    }
    match (texts.is_empty(), numbers.is_empty()) {
        (true, true) => Err(Fault::EmptyBag),
        (false, false) => Err(Fault::BagType),
        (false, true) if has_twice(&texts) => {
            Err(Invalid::Duplicates(format!("[{}]", texts.join(", "))).into())
        }
        (false, true) => Ok(Attribute::Strings(texts)),
        (true, false) => {
            let set = numbers.iter().map(|text| number(text, under)).collect::<Parsed<Vec<_>>>()?;
            if has_twice(&set) {
                return Err(Fault::SameNumbers(numbers.join(", "), under.to_owned()));
            }
            Ok(Attribute::Numbers(set))
        }
    }
}

fn has_twice<T: PartialEq>(all: &[T]) -> bool {
    all.iter().enumerate().any(|(at, one)| all.iter().take(at).any(|earlier| earlier == one))
}
