//! What a `SELECT` reads: one partition after another, or all items.

use std::cmp::Ordering;

use super::{
    Refusal, Search, SearchDraft, check_test,
    search::{self, Kind, Range},
};
use crate::{
    attribute::{Attribute, Item},
    definition::{KeyAttribute, KeySchema},
    expression::{Comparator, Condition, KeyTest, Operand},
    facts::TableFacts,
    partiql,
};

/// The most partitions, and ranges of them, that one statement reads.
///
/// Source: DynamoDB Developer Guide, "PartiQL arithmetic, comparison, and logical operators for DynamoDB", `IN`.
const READS: usize = 50;

/// The reads of a statement, one after another.
pub struct Select {
    pub(crate) reads: Vec<Search>,
}

impl Select {
    /// The values of the partition keys that are read; `None` where all may be.
    pub(crate) fn partitions(&self) -> Option<Vec<&[Attribute]>> {
        fn partition(read: &Search) -> Option<&[Attribute]> {
            match &read.kind {
                Kind::Partition(partition, _) => Some(partition),
                Kind::All(_) => None,
            }
        }
        self.reads.iter().map(partition).collect()
    }
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Statement(message.into()))
}

/// What a statement asks for, of which table.
pub(crate) fn select(
    facts: &TableFacts,
    asked: &partiql::Select,
    draft: impl Fn() -> Result<SearchDraft, Refusal>,
) -> Result<Select, Refusal> {
    let index = asked.from.index.as_deref().and_then(|name| facts.definition.index(name));
    let schema = index.map_or(&facts.definition.key, |index| &index.key);
    let branches = asked.condition.as_ref().and_then(|condition| branches(condition, schema));
    let Some(branches) = branches else {
        check_order(asked, schema, None)?;
        return Ok(Select { reads: vec![draft()?.scan(facts, None)?] });
    };
    if branches.len() > READS {
        return refuse("Too many decomposed read operations for a given query.");
    }
    check_types(&branches, schema)?;
    let apart = apart(branches, draft()?.shelf(), has_several(schema))?;
    check_order(asked, schema, Some(&apart))?;
    if let (Some(index), Some(condition)) = (index, &asked.condition) {
        check_filter(condition, schema, &|name| index.has(&facts.definition.key, name), &index.name)?;
    }
    let reads = sorted(asked, schema, apart).into_iter().map(|branch| {
        let draft = SearchDraft { forward: !descends(asked, schema), ..draft()? };
        draft.part(facts, branch.partition, branch.range)
    });
    Ok(Select { reads: reads.collect::<Result<_, _>>()? })
}

/// The one item that a condition names, if it asks for nothing but a whole key.
pub(crate) fn only_key(condition: Option<&Condition>, schema: &KeySchema) -> Option<Item> {
    let mut key = Item::new();
    for part in parts(condition?) {
        let (name, value) = fixed(part)?;
        if !schema.has(name) || key.get(name).is_some_and(|known| !known.equals(value)) {
            return None;
        }
        key.insert(name.to_owned(), value.clone());
    }
    (key.len() == schema.attributes().count()).then_some(key)
}

/// A key attribute and the one value that it must have.
fn fixed(part: &Condition) -> Option<(&str, &Attribute)> {
    match part {
        Condition::In(Operand::Path(path), all) if !path.is_nested() => match all.as_slice() {
            [Operand::Value(value)] => Some((&path.head, value)),
            _ => None,
        },
        _ => equal(part),
    }
}

/// An attribute and the value that it must be equal to.
pub(super) fn equal(part: &Condition) -> Option<(&str, &Attribute)> {
    match part {
        Condition::Compare(Comparator::Equal, Operand::Path(path), Operand::Value(value))
        | Condition::Compare(Comparator::Equal, Operand::Value(value), Operand::Path(path))
            if !path.is_nested() =>
        {
            Some((&path.head, value))
        }
        _ => None,
    }
}

/// The conditions that must all hold.
pub(super) fn parts(condition: &Condition) -> Vec<&Condition> {
    let (mut parts, mut left) = (Vec::new(), vec![condition]);
    while let Some(next) = left.pop() {
        match next {
            Condition::And(a, b) => left.extend([&**b, &**a]),
            other => parts.push(other),
        }
    }
    parts
}

/// A partition, as far as a condition tells it, and what is asked of each attribute of the sort key there.
#[derive(Debug, Clone, PartialEq)]
struct Branch {
    hash: Vec<Option<Attribute>>,
    sorts: Vec<Sort>,
}

/// Whether the partition key or the sort key has more than one attribute.
fn has_several(schema: &KeySchema) -> bool {
    !schema.more_hash.is_empty() || !schema.more_range.is_empty()
}

/// What is asked of an attribute of a sort key.
#[derive(Debug, Clone, PartialEq)]
enum Sort {
    Any,
    Test(KeyTest),
    /// Something that no range says, such as `<>`.
    Other,
}

impl Sort {
    /// The test that it is, if a range can say it.
    fn test(&self) -> Option<&KeyTest> {
        if let Self::Test(test) = self { Some(test) } else { None }
    }
}

/// The partitions that hold all that a condition can let through; `None` where that may be all. Those past the
/// first that are too many are left out.
fn branches(condition: &Condition, schema: &KeySchema) -> Option<Vec<Branch>> {
    let found = known(condition, schema)?;
    found.iter().all(|branch| branch.hash.iter().all(Option::is_some)).then_some(found)
}

/// The same, where a condition may also tell some attributes of the partition key only.
fn known(condition: &Condition, schema: &KeySchema) -> Option<Vec<Branch>> {
    let place = |name: &str| schema.hashes().position(|key| key.name == name);
    let one = |at: usize, value: &Attribute| Branch {
        hash: (0..schema.hashes().count()).map(|other| (other == at).then(|| value.clone())).collect(),
        sorts: vec![Sort::Any; schema.ranges().count()],
    };
    match condition {
        Condition::Or(a, b) => {
            let (a, b) = (known(a, schema)?, known(b, schema)?);
            Some(a.into_iter().chain(b).take(READS + 1).collect())
        }
        Condition::And(a, b) => match (known(a, schema), known(b, schema)) {
            (Some(found), other) => {
                let narrowed = narrowed(found, b, schema);
                Some(completed(narrowed, other.unwrap_or_default()))
            }
            (None, Some(found)) => Some(narrowed(found, a, schema)),
            (None, None) => None,
        },
        Condition::In(Operand::Path(path), all) if !path.is_nested() => {
            let at = place(&path.head)?;
            let values = all.iter().map(|operand| match operand {
                Operand::Value(value) => Some(one(at, value)),
                _ => None,
            });
            values.take(READS + 1).collect()
        }
        part => {
            let (name, value) = equal(part)?;
            Some(vec![one(place(name)?, value)])
        }
    }
}

/// The branches, each with what the condition asks of the sort key as well.
fn narrowed(branches: Vec<Branch>, condition: &Condition, schema: &KeySchema) -> Vec<Branch> {
    schema.ranges().enumerate().fold(branches, |branches, (at, key)| {
        let sorts = sorts(condition, key);
        let each = branches.into_iter().flat_map(|branch| {
            let open = branch.sorts.get(at) == Some(&Sort::Any);
            let taken =
                if open { sorts.clone() } else { branch.sorts.get(at).cloned().into_iter().collect() };
            taken.into_iter().map(move |sort| {
                let mut branch = branch.clone();
                branch.sorts.iter_mut().skip(at).take(1).for_each(|known| *known = sort.clone());
                branch
            })
        });
        each.take(READS + 1).collect()
    })
}

/// The branches, in which attributes of the partition key that they lack are as in one of the others.
fn completed(branches: Vec<Branch>, others: Vec<Branch>) -> Vec<Branch> {
    // Where some were left out, what is left stays too much.
    let whole = branches.len() <= READS && others.len() <= READS;
    let mut all: Vec<Branch> = Vec::new();
    for branch in branches {
        if others.is_empty() || branch.hash.iter().all(Option::is_some) {
            all.push(branch);
            continue;
        }
        for other in &others {
            let hash =
                branch.hash.iter().zip(&other.hash).map(|(mine, other)| mine.as_ref().or(other.as_ref()));
            let next = Branch {
                hash: hash.map(Option::<&Attribute>::cloned).collect(),
                sorts: branch.sorts.clone(),
            };
            if !whole || !all.contains(&next) {
                all.push(next);
            }
        }
    }
    all.truncate(READS + 1);
    all
}

/// What a condition asks of an attribute of the sort key: one of these.
fn sorts(condition: &Condition, key: &KeyAttribute) -> Vec<Sort> {
    if !looks_at(condition, key) {
        return vec![Sort::Any];
    }
    match condition {
        Condition::Or(a, b) => sorts(a, key).into_iter().chain(sorts(b, key)).take(READS + 1).collect(),
        Condition::And(a, b) => match sorts(a, key) {
            all if all.iter().all(|sort| matches!(sort, Sort::Test(_))) => all,
            all => match sorts(b, key) {
                others if others == [Sort::Any] => all,
                others => others,
            },
        },
        Condition::In(Operand::Path(path), all) if !path.is_nested() => {
            let values = all.iter().map(|operand| match operand {
                Operand::Value(value) => Sort::Test(KeyTest::Equal(value.clone())),
                _ => Sort::Other,
            });
            values.take(READS + 1).collect()
        }
        part => match part.key_test() {
            Some((name, test)) if name == key.name => vec![Sort::Test(test)],
            _ => vec![Sort::Other],
        },
    }
}

fn looks_at(condition: &Condition, key: &KeyAttribute) -> bool {
    let mut found = false;
    condition.paths(&mut |path| found |= path.head == key.name);
    found
}

/// That what is asked of keys can be: values of their types, and none that no key has.
fn check_types(branches: &[Branch], schema: &KeySchema) -> Result<(), Refusal> {
    let check = |key: &KeyAttribute, test: &KeyTest, partition| {
        if test.values().iter().any(|value| value.type_of() != key.kind) {
            let name = &key.name;
            return refuse(format!(
                "Key attribute's data type should match its data type in table's schema: Key {name}"
            ));
        }
        check_test(key, test, partition)
    };
    for branch in branches {
        for (key, value) in schema.hashes().zip(&branch.hash) {
            let Some(value) = value else { continue };
            check(key, &KeyTest::Equal(value.clone()), true)?;
        }
        for (key, sort) in schema.ranges().zip(&branch.sorts) {
            if let Sort::Test(test) = sort {
                check(key, test, false)?;
            }
        }
    }
    Ok(())
}

/// A partition, and the range of it that is read.
#[derive(Debug, Clone)]
struct Part {
    partition: Vec<Attribute>,
    range: Range,
    /// Whether the range is all of it, for want of a better one.
    wide: bool,
}

/// The parts, none of which has an item that another one has. Where keys have several attributes, parts that meet
/// become one.
fn apart(branches: Vec<Branch>, shelf: crate::layout::Shelf, joins: bool) -> Result<Vec<Part>, Refusal> {
    let mut apart: Vec<Part> = Vec::new();
    for Branch { hash, sorts } in branches {
        let Some(partition) = hash.into_iter().collect::<Option<Vec<_>>>() else { continue };
        let tests: Vec<&KeyTest> = sorts.iter().map_while(Sort::test).collect();
        let wide = sorts.first() == Some(&Sort::Other);
        let part = Part { range: search::range(shelf, &partition, &tests), partition, wide };
        let meets = |other: &Part| other.range.within == part.range.within && meet(&other.range, &part.range);
        if joins && apart.iter().any(|other| other.range == part.range) {
            continue;
        }
        if !apart.iter().any(meets) {
            apart.push(part);
        } else if joins || part.wide || apart.iter().any(|other| other.wide && meets(other)) {
            apart.retain(|other| other.range.within != part.range.within);
            let range = search::range(shelf, &part.partition, &[]);
            apart.push(Part { range, wide: true, ..part });
        } else {
            return refuse("Overlapping conditions with range keys are not supported in where clause");
        }
    }
    Ok(apart)
}

/// Whether two ranges of one partition have keys in common.
fn meet(a: &Range, b: &Range) -> bool {
    let before = |a: &Range, b: &Range| match (&a.before, &b.from) {
        (Some(end), Some(start)) => end <= start,
        _ => false,
    };
    !before(a, b) && !before(b, a)
}

/// That the answer can be sorted so.
fn check_order(asked: &partiql::Select, schema: &KeySchema, apart: Option<&[Part]>) -> Result<(), Refusal> {
    if asked.order.is_empty() {
        return Ok(());
    }
    if asked.condition.is_none() {
        return refuse("Must have WHERE clause in the statement when using ORDER BY clause.");
    }
    let Some(apart) = apart else {
        return refuse(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        );
    };
    if let Some(by) = asked.order.iter().find(|by| !schema.has(&by.name)) {
        let name = &by.name;
        return refuse(format!(
            "Variable reference {name} in ORDER BY clause must be part of the primary key"
        ));
    }
    let one = apart.windows(2).all(|pair| matches!(pair, [a, b] if a.range.within == b.range.within));
    let first = asked.order.iter().take_while(|by| schema.is_hash(&by.name)).count();
    if !one && first < schema.hashes().count() {
        return refuse(
            "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
        );
    }
    check_ranges(asked, schema)
}

/// That several attributes of a sort key are ordered by as the index orders them.
fn check_ranges(asked: &partiql::Select, schema: &KeySchema) -> Result<(), Refusal> {
    let by: Vec<_> = asked.order.iter().filter(|by| !schema.is_hash(&by.name)).collect();
    let as_it_is = by.iter().zip(schema.ranges()).all(|(by, key)| by.name == key.name);
    let one_way = by.windows(2).all(|pair| matches!(pair, [a, b] if a.descending == b.descending));
    if schema.more_range.is_empty() || (as_it_is && one_way) {
        return Ok(());
    }
    refuse(
        "ORDER BY clause must have the attributes of the sort key in their order, from the first on and in one direction.",
    )
}

/// Whether the sort key is to go down.
fn descends(asked: &partiql::Select, schema: &KeySchema) -> bool {
    asked.order.iter().any(|by| by.descending && !schema.is_hash(&by.name))
}

/// The parts in the order that is asked for.
fn sorted(asked: &partiql::Select, schema: &KeySchema, mut parts: Vec<Part>) -> Vec<Part> {
    if asked.order.is_empty() {
        return parts;
    }
    let turned = |order: Ordering, turn: bool| if turn { order.reverse() } else { order };
    let down = descends(asked, schema);
    parts.sort_by(|a, b| {
        let by_hash = asked.order.iter().filter_map(|by| {
            let at = schema.hashes().position(|key| key.name == by.name)?;
            Some(turned(a.partition.get(at)?.order(b.partition.get(at)?)?, by.descending))
        });
        let hash = by_hash.fold(Ordering::Equal, Ordering::then);
        hash.then_with(|| turned(a.range.from.cmp(&b.range.from), down))
    });
    parts
}

/// That what is filtered by, beside the partition key, is in the index.
fn check_filter(
    condition: &Condition,
    schema: &KeySchema,
    has: &dyn Fn(&str) -> bool,
    index: &str,
) -> Result<(), Refusal> {
    let mut missing: Vec<&str> = Vec::new();
    for part in parts(condition).into_iter().filter(|part| known(part, schema).is_none()) {
        part.paths(&mut |path| {
            if !has(&path.head) && !missing.contains(&path.head.as_str()) {
                missing.push(&path.head);
            }
        });
    }
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join(", ");
    Err(Refusal::invalid_values(format!(
        "Secondary index {index} does not project one or more filter attributes: [{missing}]"
    )))
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
