//! Which attributes, and parts of attributes, are asked for.

use std::collections::BTreeMap;

use super::{
    Fault, Path, Placeholders, Step,
    path::Clash,
    placeholders::reserved_in,
    scan::{KEYWORDS, Scanner},
};
use crate::attribute::{Attribute, Item};

/// The paths that are asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Projection {
    pub(crate) paths: Vec<Path>,
    /// Whether what is at each path becomes an attribute of its own, as in a statement's answer. Otherwise it stays in
    /// its place, and no path leads to another.
    columns: bool,
}

impl Projection {
    /// The projection that a text says.
    pub(crate) fn parse(text: &str, placeholders: &Placeholders) -> Result<Self, Fault> {
        let raw = Scanner::new(text, KEYWORDS)?.finish(|scanner| scanner.list(Scanner::path))?;
        if let Some(reserved) = raw.iter().find_map(reserved_in) {
            return Err(reserved);
        }
        let paths = raw.iter().map(|path| placeholders.path(path)).collect::<Result<Vec<_>, _>>()?;
        check_apart(&paths)?;
        Ok(Self::of(paths))
    }

    /// What is at these paths, in its place.
    pub(crate) fn of(paths: Vec<Path>) -> Self {
        Self { paths, columns: false }
    }

    /// What is at these paths, each an attribute by the end of its path.
    pub(crate) fn columns(paths: Vec<Path>) -> Self {
        Self { paths, columns: true }
    }

    /// The item, without what was not asked for.
    pub(crate) fn apply(&self, item: &Item) -> Item {
        if self.columns {
            let column = |path: &Path| Some((path.column(), path.find(item)?.clone()));
            return self.paths.iter().filter_map(column).collect();
        }
        only(&self.paths, item)
    }
}

/// The parts of an item at these paths.
pub(crate) fn only<'p>(paths: impl IntoIterator<Item = &'p Path>, item: &Item) -> Item {
    let mut wanted = Wanted::default();
    paths.into_iter().for_each(|path| wanted.add(path));
    wanted.of_item(item)
}

/// That no path leads to another or takes a list for a map.
pub(super) fn check_apart(paths: &[Path]) -> Result<(), Fault> {
    let pairs = || {
        let pairs = paths.iter().enumerate();
        pairs.flat_map(|(at, two)| paths.iter().take(at).map(move |one| (one, two)))
    };
    for clash in [Clash::Overlap, Clash::Conflict] {
        if let Some((one, two)) = pairs().find(|(one, two)| one.clash(two) == Some(clash)) {
            let (one, two) = (one.to_string(), two.to_string());
            return Err(match clash {
                Clash::Overlap => Fault::Overlap { one, two },
                Clash::Conflict => Fault::Conflict { one, two },
            });
        }
    }
    Ok(())
}

/// What is wanted of a value: parts by name or place, or all of it where there are none.
#[derive(Default)]
struct Wanted<'p> {
    names: BTreeMap<&'p str, Wanted<'p>>,
    places: BTreeMap<usize, Wanted<'p>>,
}

impl<'p> Wanted<'p> {
    fn add(&mut self, path: &'p Path) {
        let head = self.names.entry(&path.head).or_default();
        path.below.iter().fold(head, |wanted, step| match step {
            Step::Name(name) => wanted.names.entry(name).or_default(),
            Step::Index(index) => wanted.places.entry(*index).or_default(),
        });
    }

    fn of_item(&self, item: &Item) -> Item {
        let parts = self
            .names
            .iter()
            .filter_map(|(name, wanted)| Some(((*name).to_owned(), wanted.of(item.get(*name)?)?)));
        parts.collect()
    }

    /// The wanted part; `None` where there is nothing of it.
    fn of(&self, value: &Attribute) -> Option<Attribute> {
        if self.names.is_empty() && self.places.is_empty() {
            return Some(value.clone());
        }
        match value {
            Attribute::Map(pairs) if !self.names.is_empty() => {
                let part = self.of_item(pairs);
                (!part.is_empty()).then_some(Attribute::Map(part))
            }
            Attribute::List(items) if !self.places.is_empty() => {
                let part: Vec<_> =
                    self.places.iter().filter_map(|(place, wanted)| wanted.of(items.get(*place)?)).collect();
                (!part.is_empty()).then_some(Attribute::List(part))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Projection, Fault> {
        Projection::parse(text, &Placeholders::default())
    }

    #[test]
    fn parts_are_found() {
        let text = |text: &str| Attribute::String(text.into());
        let list = Attribute::List(vec![text("0"), text("1"), text("2")]);
        let map = Attribute::Map(Item::from([("x".into(), text("x")), ("l".into(), list)]));
        let item = Item::from([("m".into(), map), ("n".into(), text("n"))]);
        let got = parse("m.l[2], m.l[0], n.x, q").unwrap().apply(&item);
        let list = Attribute::List(vec![text("0"), text("2")]);
        let map = Attribute::Map(Item::from([("l".into(), list)]));
        assert_eq!(got, Item::from([("m".into(), map)]));
    }

    #[test]
    fn paths_in_each_others_way_are_refused() {
        let overlap =
            "Two document paths overlap with each other; must remove or rewrite one of these paths; ";
        for (text, message) in [
            ("b[1], b[1]", format!("{overlap}path one: [b, [1]], path two: [b, [1]]")),
            ("a, a.b", format!("{overlap}path one: [a], path two: [a, b]")),
            (
                "a.b, a[1]",
                "Two document paths conflict with each other; must remove or rewrite one of these paths; \
                 path one: [a, b], path two: [a, [1]]"
                    .to_owned(),
            ),
            ("a, name", "Attribute name is a reserved keyword; reserved keyword: name".to_owned()),
            ("a b", "Syntax error; token: \"b\", near: \"a b\"".to_owned()),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }
}
