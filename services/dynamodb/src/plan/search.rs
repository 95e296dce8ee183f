//! Queries and scans.

use std::{cmp::Ordering, collections::BTreeSet};

use kurodo_store::{Key, after_prefix};

use super::{Refusal, check::key_value, check_key_paths, key};
use crate::{
    attribute::{Attribute, Item},
    definition::{Index, KeyAttribute, KeySchema},
    expression::{Condition, KeyConditionFault, KeyTest, KeyTests, Path, Projection, begins_with},
    facts::TableFacts,
    layout::{self, Shelf},
    model::Select,
};

/// A query or a scan.
#[derive(Clone)]
pub struct Search {
    /// The index that is searched; `None` for the table itself.
    pub(crate) index: Option<Index>,
    pub(crate) kind: Kind,
    pub(crate) filter: Option<Condition>,
    /// `None` for all attributes.
    pub(crate) projection: Option<Projection>,
    /// Whether only the count is asked for.
    pub(crate) count: bool,
    /// Whether attributes that the index lacks are to be fetched from the table.
    pub(crate) fetches: bool,
    /// The most items to be looked at.
    pub(crate) limit: Option<usize>,
    /// Where the last page ended.
    pub(crate) start: Option<Key>,
    pub(crate) forward: bool,
    pub(crate) consistent: bool,
}

/// What is searched.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The items of one partition, which has these values of the partition key's attributes.
    Partition(Vec<Attribute>, Range),
    /// All items, or those of a segment.
    All(Range),
}

/// The keys from one to before another; where one is missing, the range goes to the end of what it is within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) within: Key,
    pub(crate) from: Option<Vec<u8>>,
    pub(crate) before: Option<Vec<u8>>,
}

impl Search {
    /// What is searched.
    pub(crate) fn range(&self) -> &Range {
        match &self.kind {
            Kind::Partition(_, range) | Kind::All(range) => range,
        }
    }

    /// The same from behind this item on, and with this limit.
    pub(crate) fn resumed(&self, table: &KeySchema, last: Option<&Item>, limit: Option<usize>) -> Self {
        let start = last.and_then(|last| match &self.index {
            Some(index) => layout::indexed(index.number, &index.key, table, last),
            None => layout::item(table, last),
        });
        Self { start, limit, ..self.clone() }
    }

    /// Where the first record that it may find lies.
    pub(crate) fn place(&self) -> &[u8] {
        let range = self.range();
        range.from.as_deref().unwrap_or(&range.within)
    }

    /// The key with which the next page begins after this item.
    pub(crate) fn key_after(&self, table: &KeySchema, item: &Item) -> Item {
        let mut key = table.of(item);
        if let Some(index) = &self.index {
            key.extend(index.key.of(item));
        }
        key
    }
}

/// A search that is being checked against the table.
pub(crate) struct SearchDraft {
    pub(crate) index: Option<Index>,
    pub(crate) filter: Option<Condition>,
    /// The filter's name in messages.
    pub(crate) filter_parameter: &'static str,
    pub(crate) projection: Option<Projection>,
    pub(crate) select: Option<Select>,
    pub(crate) start: Option<Item>,
    pub(crate) limit: Option<usize>,
    pub(crate) forward: bool,
    pub(crate) consistent: bool,
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Validation(message.into()))
}

const BAD_START: &str = "The provided starting key is invalid";

impl SearchDraft {
    /// A search of the table, or of this index of it.
    pub(crate) fn new(facts: &TableFacts, index: Option<&str>, consistent: bool) -> Result<Self, Refusal> {
        let found = match index {
            None => None,
            Some(name) => match facts.definition.index(name) {
                Some(index) if index.global && consistent => {
                    return refuse("Consistent reads are not supported on global secondary indexes");
                }
                Some(index) if index.building => {
                    return refuse(format!("Cannot read from backfilling global secondary index: {name}"));
                }
                Some(index) => Some(index.clone()),
                None => return refuse(format!("The table does not have the specified index: {name}")),
            },
        };
        Ok(Self {
            index: found,
            filter: None,
            filter_parameter: "",
            projection: None,
            select: None,
            start: None,
            limit: None,
            forward: true,
            consistent,
        })
    }

    pub(super) fn shelf(&self) -> Shelf {
        self.index.as_ref().map_or(Shelf::Items, |index| Shelf::Index(index.number))
    }

    fn schema<'s>(&'s self, facts: &'s TableFacts) -> &'s KeySchema {
        self.index.as_ref().map_or(&facts.definition.key, |index| &index.key)
    }

    /// The query for what these tests let through.
    pub(crate) fn query(self, facts: &TableFacts, tests: &KeyTests) -> Result<Search, Refusal> {
        let schema = self.schema(facts).clone();
        self.check_start_names(facts, BAD_START)?;
        let (partition, sorts) = self.key_tests(&schema, tests)?;
        self.check_start(facts)?;
        self.start_within(&schema, &partition, &sorts)?;
        self.check_paths(facts, true)?;
        let range = range(self.shelf(), &partition, &sorts);
        self.finish(facts, Kind::Partition(partition, range))
    }

    /// The read of a range of one partition that a statement is, or is made of: its filter may look at the key too.
    pub(super) fn part(
        self,
        facts: &TableFacts,
        partition: Vec<Attribute>,
        range: Range,
    ) -> Result<Search, Refusal> {
        self.check_paths(facts, false)?;
        self.finish(facts, Kind::Partition(partition, range))
    }

    /// The partition key's values, and the tests of the sort key's first attributes: all but the last are equalities.
    fn key_tests<'t>(
        &self,
        schema: &KeySchema,
        tests: &'t KeyTests,
    ) -> Result<(Vec<Attribute>, Vec<&'t KeyTest>), Refusal> {
        let (attributes, hashes) = (schema.attributes().count(), schema.hashes().count());
        if attributes <= 2 && tests.len() > 2 {
            return refuse(KeyConditionFault::Count.to_string());
        }
        let several = schema.range.is_none() && tests.len() > hashes;
        let mut partition = Vec::with_capacity(hashes);
        for key in schema.hashes() {
            match self.key_test(key, tests, true, several)? {
                Some(KeyTest::Equal(value)) => partition.push(value.clone()),
                _ => return refuse("Query key condition not supported"),
            }
        }
        let mut sorts = Vec::new();
        for key in schema.ranges() {
            sorts.push((key, self.key_test(key, tests, false, false)?));
        }
        check_sorts(&sorts, tests.len() - hashes.min(tests.len()))?;
        Ok((partition, sorts.into_iter().map_while(|(_, test)| test).collect()))
    }

    /// The test of one attribute of the key, and that the starting key has a value for it.
    fn key_test<'t>(
        &self,
        key: &KeyAttribute,
        tests: &'t KeyTests,
        partition: bool,
        several: bool,
    ) -> Result<Option<&'t KeyTest>, Refusal> {
        if let Some(start) = &self.start {
            if !start.contains_key(&key.name) {
                return refuse(BAD_START);
            }
            key_value(key, start.get(&key.name), partition)?;
        }
        if several {
            return refuse("Query key condition not supported");
        }
        match tests.iter().find(|(known, _)| *known == key.name).map(|(_, test)| test) {
            Some(test) => check_test(key, test, partition).map(|()| Some(test)),
            None if partition => missed(key),
            None => Ok(None),
        }
    }

    /// That the starting key has as many attributes as the keys have.
    fn check_start_names(&self, facts: &TableFacts, message: &str) -> Result<(), Refusal> {
        let Some(start) = &self.start else { return Ok(()) };
        let table = facts.definition.key.attributes();
        let names: BTreeSet<&str> =
            table.chain(self.schema(facts).attributes()).map(|key| key.name.as_str()).collect();
        if start.len() == names.len() { Ok(()) } else { refuse(message) }
    }

    /// That the starting key has a value for each attribute of the index's key.
    fn check_start_values(&self) -> Result<(), Refusal> {
        let (Some(start), Some(index)) = (&self.start, &self.index) else { return Ok(()) };
        for key in index.key.attributes() {
            if !start.contains_key(&key.name) {
                return refuse(BAD_START);
            }
            key_value(key, start.get(&key.name), index.key.is_hash(&key.name))?;
        }
        Ok(())
    }

    fn check_start(&self, facts: &TableFacts) -> Result<(), Refusal> {
        let Some(start) = &self.start else { return Ok(()) };
        match key(&facts.definition.key, facts.definition.key.of(start)) {
            Err(Refusal::Validation(message)) => refuse(format!("{BAD_START}: {message}")),
            Err(other) => Err(other),
            Ok(_) => Ok(()),
        }
    }

    /// That the query could have ended at the starting key.
    fn start_within(
        &self,
        schema: &KeySchema,
        partition: &[Attribute],
        sorts: &[&KeyTest],
    ) -> Result<(), Refusal> {
        let Some(start) = &self.start else { return Ok(()) };
        let value = |key: &KeyAttribute| start.get(&key.name);
        let mut hashes = schema.hashes().zip(partition);
        let same = hashes.all(|(key, known)| value(key).is_some_and(|value| value.equals(known)));
        let mut ranges = schema.ranges().zip(sorts);
        if !ranges.all(|(key, test)| value(key).is_some_and(|value| lets_through(test, value))) {
            return refuse("The provided starting key does not match the range key predicate");
        }
        match (same, sorts.is_empty()) {
            (true, _) => Ok(()),
            (false, false) => refuse("The query can return at most one row and cannot be restarted"),
            (false, true) => {
                refuse("The provided starting key is outside query boundaries based on provided conditions")
            }
        }
    }

    /// That filter and projection go into no key; and, for a query, that the filter looks at none.
    fn check_paths(&self, facts: &TableFacts, query: bool) -> Result<(), Refusal> {
        if let Some(projection) = &self.projection {
            check_key_paths(&facts.definition, &projection.paths)?;
        }
        let mut paths: Vec<&Path> = Vec::new();
        if let Some(filter) = &self.filter {
            filter.paths(&mut |path| paths.push(path));
        }
        let schema = self.schema(facts);
        let in_key = schema.attributes().find(|key| paths.iter().any(|path| path.head == key.name));
        if let Some(key) = in_key.filter(|_| query) {
            return refuse(format!(
                "{} can only contain non-primary key attributes: Primary key attribute: {}",
                self.filter_parameter, key.name
            ));
        }
        self.check_projected()?;
        check_key_paths(&facts.definition, paths)
    }

    fn check_projected(&self) -> Result<(), Refusal> {
        let Some(index) = self.index.as_ref().filter(|index| index.global) else { return Ok(()) };
        let all = index.projected == crate::definition::Projected::All;
        if self.select == Some(Select::AllAttributes) && !all {
            return Err(Refusal::invalid_values(format!(
                "Select type ALL_ATTRIBUTES is not supported for global secondary index {} because its projection type is not ALL",
                index.name
            )));
        }
        Ok(())
    }

    /// Attributes that a global index lacks cannot be asked of it; those that a local one lacks are fetched.
    fn fetches(&self, facts: &TableFacts) -> Result<bool, Refusal> {
        let Some(index) = &self.index else { return Ok(false) };
        let has = |name: &str| index.has(&facts.definition.key, name);
        let paths = self.projection.iter().flat_map(|projection| &projection.paths);
        let missing: Vec<&str> = paths.map(|path| path.head.as_str()).filter(|name| !has(name)).collect();
        if missing.is_empty() {
            let all = index.projected == crate::definition::Projected::All;
            return Ok(self.select == Some(Select::AllAttributes) && !all);
        }
        if index.global {
            return Err(Refusal::invalid_values(format!(
                "Global secondary index {} does not project [{}]",
                index.name,
                missing.join(", ")
            )));
        }
        Ok(true)
    }

    /// The scan of everything, or of a segment of so many.
    pub(crate) fn scan(self, facts: &TableFacts, segment: Option<(u32, u32)>) -> Result<Search, Refusal> {
        let by_table = format!("{BAD_START}: The provided key element does not match the schema");
        self.check_start_names(facts, if self.index.is_some() { BAD_START } else { &by_table })?;
        self.check_start_values()?;
        self.check_projected()?;
        self.check_start(facts)?;
        let shelf = self.shelf();
        let whole = Range { within: shelf.all(), from: None, before: None };
        let range = segment.map_or(whole, |(segment, total)| segment_range(shelf, segment, total));
        if let (Some(start), Some((segment, total))) = (self.start_key(facts), segment)
            && !(range.from.as_ref().is_none_or(|from| start[..] >= from[..])
                && range.before.as_ref().is_none_or(|before| start[..] < before[..]))
        {
            return refuse(format!(
                "{BAD_START}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: {total} Segment: {segment}"
            ));
        }
        self.check_paths(facts, false)?;
        self.finish(facts, Kind::All(range))
    }

    fn start_key(&self, facts: &TableFacts) -> Option<Key> {
        let (start, table) = (self.start.as_ref()?, &facts.definition.key);
        match &self.index {
            Some(index) => layout::indexed(index.number, &index.key, table, start),
            None => layout::item(table, start),
        }
    }

    fn finish(self, facts: &TableFacts, kind: Kind) -> Result<Search, Refusal> {
        let (fetches, start) = (self.fetches(facts)?, self.start_key(facts));
        Ok(Search {
            index: self.index,
            kind,
            filter: self.filter,
            projection: self.projection,
            count: self.select == Some(Select::Count),
            fetches,
            limit: self.limit,
            start,
            forward: self.forward,
            consistent: self.consistent,
        })
    }
}

fn missed<T>(key: &KeyAttribute) -> Result<T, Refusal> {
    refuse(format!("Query condition missed key schema element: {}", key.name))
}

/// That the tests of a sort key's attributes, of which the request has so many, leave no gap, and that no other than the
/// last is anything but an equality.
fn check_sorts(sorts: &[(&KeyAttribute, Option<&KeyTest>)], asked: usize) -> Result<(), Refusal> {
    let tested = sorts.iter().filter(|(_, test)| test.is_some()).count();
    if tested < asked {
        // What is tested beside the partition key is no attribute of the key.
        return match sorts.iter().find(|(_, test)| test.is_none()) {
            Some((key, _)) => missed(key),
            None => refuse("Query key condition not supported"),
        };
    }
    for (at, (later, _)) in sorts.iter().enumerate().filter(|(_, (_, test))| test.is_some()) {
        let open = |(_, test): &&(&KeyAttribute, Option<&KeyTest>)| !matches!(test, Some(KeyTest::Equal(_)));
        if let Some((earlier, _)) = sorts.iter().take(at).find(open) {
            return refuse(format!(
                "RANGE key attributes {} must have equality conditions specified in the query because a condition is present on key attribute {}",
                earlier.name, later.name
            ));
        }
    }
    Ok(())
}

pub(super) fn check_test(key: &KeyAttribute, test: &KeyTest, partition: bool) -> Result<(), Refusal> {
    if *test == KeyTest::Other {
        return refuse("Attempted conditional constraint is not an indexable operation");
    }
    if test.values().iter().any(|value| value.type_of() != key.kind) {
        return Err(Refusal::invalid_values("Condition parameter type does not match schema type"));
    }
    if matches!(test, KeyTest::BeginsWith(Attribute::Number(_))) {
        return Err(Refusal::invalid_values(
            "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ));
    }
    let equal = matches!(test, KeyTest::Equal(_));
    if partition && !equal {
        return refuse("Query key condition not supported");
    }
    if equal {
        for value in test.values() {
            key_value(key, Some(value), partition)?;
        }
    }
    Ok(())
}

fn lets_through(test: &KeyTest, value: &Attribute) -> bool {
    let order = |other: &Attribute| value.order(other);
    match test {
        KeyTest::Equal(other) => value.equals(other),
        KeyTest::Less(other) => order(other) == Some(Ordering::Less),
        KeyTest::LessOrEqual(other) => order(other).is_some_and(Ordering::is_le),
        KeyTest::Greater(other) => order(other) == Some(Ordering::Greater),
        KeyTest::GreaterOrEqual(other) => order(other).is_some_and(Ordering::is_ge),
        KeyTest::Between(low, high) => {
            order(low).is_some_and(Ordering::is_ge) && order(high).is_some_and(Ordering::is_le)
        }
        KeyTest::BeginsWith(other) => begins_with(value, other),
        KeyTest::Other => false,
    }
}

/// The keys of a partition whose sort keys these tests let through: one of each of the first attributes. What is behind
/// the first test that is no equality is left to the filter.
pub(super) fn range(shelf: Shelf, partition: &[Attribute], tests: &[&KeyTest]) -> Range {
    let fixed: Vec<&Attribute> = tests.iter().map_while(|test| test.equal()).collect();
    let within = shelf.partition(partition);
    let at = |value: Option<&Attribute>| shelf.sorted(partition, fixed.iter().copied().chain(value));
    let from = |value: &Attribute| Some(at(Some(value)).to_vec());
    let past = |value: &Attribute| after_prefix(&at(Some(value)));
    let (first, end) =
        if fixed.is_empty() { (None, None) } else { (Some(at(None).to_vec()), after_prefix(&at(None))) };
    let (from, before) = match tests.get(fixed.len()) {
        None | Some(KeyTest::Other | KeyTest::Equal(_)) => (first, end),
        Some(KeyTest::Less(value)) => (first, from(value)),
        Some(KeyTest::LessOrEqual(value)) => (first, past(value)),
        Some(KeyTest::Greater(value)) => (past(value), end),
        Some(KeyTest::GreaterOrEqual(value)) => (from(value), end),
        Some(KeyTest::Between(low, high)) => (from(low), past(high)),
        Some(KeyTest::BeginsWith(beginning)) => {
            let prefix = shelf.beginning(partition, fixed.iter().copied(), beginning);
            (Some(prefix.to_vec()), after_prefix(&prefix))
        }
    };
    Range { within, from, before }
}

/// The keys whose partition keys' hashes lie in a segment. Up to 4096 segments are cut as AWS cuts them.
fn segment_range(shelf: Shelf, segment: u32, total: u32) -> Range {
    let bits = if total <= 4096 { 12 } else { 32 };
    let bound = |segment: u32| {
        let cut = ((1_u64 << bits) * u64::from(segment)).div_ceil(u64::from(total.max(1)));
        u32::try_from(cut << (32 - bits)).ok()
    };
    let at = |segment: u32| bound(segment).map(|hash| shelf.at_hash(hash).to_vec());
    let from = if segment == 0 { None } else { at(segment) };
    Range { within: shelf.all(), from, before: at(segment + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_share_all_keys_out() {
        for total in [1, 2, 3, 4096, 1_000_000] {
            let first = segment_range(Shelf::Items, 0, total);
            assert_eq!(first.from, None);
            let last = segment_range(Shelf::Items, total - 1, total);
            assert_eq!(last.before, None, "{total}");
            for segment in [0, total / 2, total - 1] {
                let (here, next) = (
                    segment_range(Shelf::Items, segment, total),
                    segment_range(Shelf::Items, segment + 1, total),
                );
                if segment + 1 < total {
                    assert_eq!(here.before, next.from);
                }
            }
        }
    }
}
