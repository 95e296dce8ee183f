use std::collections::BTreeSet;

use kurodo_authz::{Action, Need};
use kurodo_policy::Values;

use crate::{
    attribute::Item,
    definition::{Index, KeySchema},
    expression::{Condition, Path, Projection, Update},
    model::{ReturnConsumedCapacity, ReturnValue},
    plan::{self, Kind, leading},
};

/// Values of partition keys: of their first attributes, then of their second ones, and so on.
pub(super) type Partitions = Vec<Vec<String>>;

/// The condition keys of the attributes of partition keys. `dynamodb:LeadingKeys` is another name of the first.
const PARTITIONS: [&str; 4] = [
    "dynamodb:FirstPartitionKeyValues",
    "dynamodb:SecondPartitionKeyValues",
    "dynamodb:ThirdPartitionKeyValues",
    "dynamodb:FourthPartitionKeyValues",
];

/// The values of partition keys that a plan touches; none where it may touch all.
pub(super) trait Leading {
    fn leading(&self, schema: &KeySchema) -> Option<Partitions>;

    /// Whether all items are read.
    fn scans(&self) -> bool {
        false
    }

    /// Attributes that tell something although the request does not name them.
    fn tells(&self, _: &KeySchema) -> Vec<String> {
        Vec::new()
    }
}

/// The attributes of the key of an index: only items that have them are in it, and it sorts them so.
fn keys_of(index: Option<&Index>) -> Vec<String> {
    index.into_iter().flat_map(|index| index.key.attributes()).map(|key| key.name.clone()).collect()
}

impl Leading for plan::Lookup {
    fn leading(&self, schema: &KeySchema) -> Option<Partitions> {
        Some(vec![self.key.leading(schema).into_iter().collect()])
    }
}

impl Leading for plan::Lookups {
    fn leading(&self, schema: &KeySchema) -> Option<Partitions> {
        Some(vec![distinct(self.keys.iter().filter_map(|key| key.leading(schema)))])
    }
}

impl Leading for plan::Change {
    fn leading(&self, schema: &KeySchema) -> Option<Partitions> {
        Some(vec![self.key.leading(schema).into_iter().collect()])
    }
}

impl Leading for plan::Changes {
    fn leading(&self, schema: &KeySchema) -> Option<Partitions> {
        Some(vec![distinct(self.0.iter().filter_map(|change| change.key.leading(schema)))])
    }
}

impl Leading for plan::Search {
    /// What the partition key of the table or index is asked for.
    fn leading(&self, _: &KeySchema) -> Option<Partitions> {
        match &self.kind {
            Kind::Partition(partition, _) => {
                Some(partition.iter().map(|value| vec![leading(value)]).collect())
            }
            Kind::All(_) => None,
        }
    }

    /// Beside those of the index, the attributes of the table's key: where a page ends, they are told.
    fn tells(&self, schema: &KeySchema) -> Vec<String> {
        let table = schema.attributes().map(|key| key.name.clone());
        keys_of(self.index.as_ref()).into_iter().chain(table).collect()
    }
}

impl Leading for plan::Select {
    fn leading(&self, _: &KeySchema) -> Option<Partitions> {
        let partitions = self.partitions()?;
        let most = partitions.iter().map(|partition| partition.len()).max().unwrap_or_default();
        let of = |at| distinct(partitions.iter().filter_map(|partition| partition.get(at)).map(leading));
        Some((0..most).map(of).collect())
    }

    fn scans(&self) -> bool {
        self.partitions().is_none()
    }

    fn tells(&self, _: &KeySchema) -> Vec<String> {
        keys_of(self.reads.first().and_then(|read| read.index.as_ref()))
    }
}

/// A partition key that no policy names: it has a control character.
const EVERY: &str = "\u{7}every partition";

impl Leading for plan::Every {
    fn leading(&self, _: &KeySchema) -> Option<Partitions> {
        Some(vec![vec![EVERY.to_owned()]; PARTITIONS.len()])
    }

    fn scans(&self) -> bool {
        true
    }
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What a request touches, as condition keys of the decision.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    /// `dynamodb:LeadingKeys`, and its other names
    pub(super) leading: Option<Partitions>,
    /// `dynamodb:Attributes`
    attributes: BTreeSet<String>,
    /// `dynamodb:Select`
    select: Option<&'static str>,
    /// `dynamodb:ReturnValues`
    returns: Option<&'static str>,
    /// `dynamodb:ReturnConsumedCapacity`
    capacity: Option<&'static str>,
    /// `dynamodb:EnclosingOperation`
    enclosing: Option<&'static str>,
    /// `dynamodb:FullTableScan`
    scans: bool,
}

impl Touched {
    /// A request that asks for its consumed capacity so.
    pub(super) fn new(capacity: Option<ReturnConsumedCapacity>) -> Self {
        Self { capacity: capacity.map(ReturnConsumedCapacity::as_str), ..Self::default() }
    }

    /// The same, as part of a transaction.
    pub(super) fn within(self, operation: &'static str) -> Self {
        Self { enclosing: Some(operation), ..self }
    }

    /// The attributes of a key or an item.
    pub(super) fn item(&mut self, item: &Item) {
        self.names(item.keys());
    }

    /// These attributes.
    pub(super) fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) {
        for name in names {
            if !self.attributes.contains(name) {
                self.attributes.insert(name.clone());
            }
        }
    }

    fn path(&mut self, path: &Path) {
        self.names([&path.head]);
    }

    /// The attributes that a condition or filter looks at.
    pub(super) fn condition(&mut self, condition: Option<&Condition>) {
        if let Some(condition) = condition {
            condition.paths(&mut |path| self.path(path));
        }
    }

    /// The attributes that an update writes or reads.
    pub(super) fn update(&mut self, update: &Update) {
        update.paths(&mut |path| self.path(path));
    }

    /// The attributes that are asked for, or all.
    pub(super) fn projection(&mut self, projection: Option<&Projection>) {
        match projection {
            Some(projection) => {
                projection.paths.iter().for_each(|path| self.path(path));
                self.select = Some("SPECIFIC_ATTRIBUTES");
            }
            None => self.select = Some("ALL_ATTRIBUTES"),
        }
    }

    /// What is selected.
    pub(super) fn select(&mut self, select: &'static str) {
        self.select = Some(select);
    }

    /// What is returned: where a failed condition may return the item, that it may return all of it.
    pub(super) fn returns(&mut self, returns: ReturnValue, shows_on_failure: bool) {
        let all = matches!(returns, ReturnValue::AllNew | ReturnValue::AllOld);
        let most = if shows_on_failure && !all { ReturnValue::AllOld } else { returns };
        self.returns = Some(most.as_str());
    }

    /// That all items are read.
    pub(super) fn scan(&mut self) {
        self.scans = true;
    }

    /// The need with all this as its condition keys.
    pub(super) fn describe<A: Action>(self, need: Need<A>) -> Need<A> {
        let attributes: Vec<String> = self.attributes.into_iter().collect();
        let leading = self.leading.unwrap_or_default();
        let need = need.with_some("dynamodb:LeadingKeys", leading.first().cloned());
        let need =
            PARTITIONS.into_iter().zip(leading).fold(need, |need, (key, values)| need.with(key, values));
        let need = need
            .with("dynamodb:Attributes", attributes)
            .with_some("dynamodb:Select", self.select.map(Values::Word))
            .with_some("dynamodb:ReturnValues", self.returns.map(Values::Word))
            .with_some("dynamodb:ReturnConsumedCapacity", self.capacity.map(Values::Word))
            .with_some("dynamodb:EnclosingOperation", self.enclosing.map(Values::Word));
        if self.scans { need.with("dynamodb:FullTableScan", true) } else { need }
    }
}
