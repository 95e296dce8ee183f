//! Patterns of events whose fields stand between blanks: `[ip, user, ..., status = 4*, bytes]`.

use std::borrow::Cow;

use super::{
    Extracted, Fault,
    value::{Comparison, comparison, operator},
};
use crate::scan::Scanner;

/// What an event's fields must be.
#[derive(Debug)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
enum Field {
    /// Any number of fields: `...`.
    Rest,
    One {
        name: String,
        /// Comparisons of which all of one must hold.
        any: Vec<Vec<Comparison>>,
    },
}

pub(super) fn parse(scanner: &mut Scanner<'_>) -> Result<Fields, Fault> {
    scanner.expect("[")?;
    let mut fields = Vec::new();
    loop {
        scanner.skip_space();
        if scanner.eat("...") || scanner.eat("…") {
            if fields.iter().any(|field| matches!(field, Field::Rest)) {
                return Err(scanner.fault("`...` can stand for fields only once"));
            }
            fields.push(Field::Rest);
        } else {
            fields.push(field(scanner)?);
        }
        scanner.skip_space();
        if scanner.eat("]") {
            return Ok(Fields(fields));
        }
        scanner.expect(",")?;
    }
}

fn field(scanner: &mut Scanner<'_>) -> Result<Field, Fault> {
    let name = name(scanner).to_owned();
    let mut any = Vec::new();
    scanner.skip_space();
    if let Some(first) = operator(scanner) {
        let ends = |next: char| ",]&|()".contains(next);
        any.push(vec![comparison(scanner, first, ends)?]);
        loop {
            scanner.skip_space();
            let together = scanner.eat("&&");
            if !together && !scanner.eat("||") {
                break;
            }
            scanner.skip_space();
            let other = self::name(scanner);
            if other != name {
                return Err(scanner.fault("a field's comparisons are of that field alone"));
            }
            scanner.skip_space();
            let operator = operator(scanner).ok_or_else(|| scanner.fault("expected a comparison"))?;
            let next = comparison(scanner, operator, ends)?;
            match any.last_mut().filter(|_| together) {
                Some(all) => all.push(next),
                None => any.push(vec![next]),
            }
        }
    }
    Ok(Field::One { name, any })
}

fn name<'t>(scanner: &mut Scanner<'t>) -> &'t str {
    scanner.take_while(|next| next.is_alphanumeric() || "_-.:/@#".contains(next))
}

/// What a field is called: by its number where it has no name.
fn called(name: &str, at: usize) -> Cow<'_, str> {
    if name.is_empty() { (at + 1).to_string().into() } else { name.into() }
}

/// The fields of an event. What stands in brackets or quotation marks is one.
pub(super) fn split(message: &str) -> Vec<&str> {
    let (mut fields, mut rest) = (Vec::new(), message.trim());
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '[' => Some(']'),
            '"' => Some('"'),
            _ => None,
        };
        let inner = rest.get(first.len_utf8()..).unwrap_or_default();
        let (field, after) = close.and_then(|close| inner.split_once(close)).unwrap_or_else(|| {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest.split_at_checked(end).unwrap_or((rest, ""))
        });
        fields.push(field);
        rest = after.trim_start();
    }
    fields
}

impl Fields {
    /// How many of the fields stand before `...`, and how many behind; `None` where there is none.
    fn around(&self) -> Option<(usize, usize)> {
        let before = self.0.iter().position(|field| matches!(field, Field::Rest))?;
        Some((before, self.0.len() - before - 1))
    }

    /// The parts that the fields stand for, if there are as many as needed.
    fn aligned<'f, 'm>(&'f self, parts: &'f [&'m str]) -> Option<Vec<(&'f Field, &'m str)>> {
        let Some((before, behind)) = self.around() else {
            let all = || self.0.iter().zip(parts.iter().copied()).collect();
            return (self.0.len() == parts.len()).then(all);
        };
        let last = parts.len().checked_sub(behind).filter(|last| *last >= before)?;
        let first = self.0.iter().take(before).zip(parts.iter().copied());
        let rest = self.0.iter().skip(before + 1).zip(parts.iter().skip(last).copied());
        Some(first.chain(rest).collect())
    }

    /// Whether a field has this name, or this number where it has no name.
    pub(super) fn has(&self, wanted: &str) -> bool {
        let names = self.0.iter().filter_map(|field| match field {
            Field::Rest => None,
            Field::One { name, .. } => Some(name),
        });
        names.enumerate().any(|(at, name)| called(name, at) == wanted)
    }

    /// The part that a field stands for.
    pub(super) fn part<'m>(&self, wanted: &str, parts: &[&'m str]) -> Option<&'m str> {
        let mut pairs = self.aligned(parts)?.into_iter().enumerate();
        pairs.find_map(|(at, (field, part))| match field {
            Field::One { name, .. } if called(name, at) == wanted => Some(part),
            Field::One { .. } | Field::Rest => None,
        })
    }

    pub(super) fn matches(&self, parts: &[&str]) -> bool {
        let holds = |(field, part): &(&Field, &str)| match field {
            Field::Rest => true,
            Field::One { any, .. } => {
                any.is_empty() || any.iter().any(|all| all.iter().all(|one| one.holds(part)))
            }
        };
        self.aligned(parts).is_some_and(|pairs| pairs.iter().all(holds))
    }

    /// The parts by the names of their fields, or by their numbers where those have none.
    pub(super) fn extract(&self, parts: &[&str]) -> Extracted {
        let pairs = self.aligned(parts).unwrap_or_default().into_iter().enumerate();
        let named = pairs.filter_map(|(at, (field, part))| match field {
            Field::Rest => None,
            Field::One { name, .. } => Some((format!("${}", called(name, at)), part.to_owned())),
        });
        named.collect()
    }
}
