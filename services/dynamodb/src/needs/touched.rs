use std::collections::BTreeSet;

use kurodo_authz::{Action, Need};
use kurodo_policy::Values;

use crate::{
    attribute::Item,
    definition::KeySchema,
    expression::{Condition, Path, Projection, Update},
    model::{ReturnConsumedCapacity, ReturnValue},
    plan::{self, Kind, leading},
};

/// The values of partition keys that a plan touches; none where it may touch all.
pub(super) trait Leading {
    fn leading(&self, schema: &KeySchema) -> Option<Vec<String>>;

    /// Whether all items are read.
    fn scans(&self) -> bool {
        false
    }
}

impl Leading for plan::Lookup {
    fn leading(&self, schema: &KeySchema) -> Option<Vec<String>> {
        Some(self.key.leading(schema).into_iter().collect())
    }
}

impl Leading for plan::Lookups {
    fn leading(&self, schema: &KeySchema) -> Option<Vec<String>> {
        Some(distinct(self.keys.iter().filter_map(|key| key.leading(schema))))
    }
}

impl Leading for plan::Change {
    fn leading(&self, schema: &KeySchema) -> Option<Vec<String>> {
        Some(self.key.leading(schema).into_iter().collect())
    }
}

impl Leading for plan::Changes {
    fn leading(&self, schema: &KeySchema) -> Option<Vec<String>> {
        Some(distinct(self.0.iter().filter_map(|change| change.key.leading(schema))))
    }
}

impl Leading for plan::Search {
    /// The value that the partition key of the table or index is asked for.
    fn leading(&self, _: &KeySchema) -> Option<Vec<String>> {
        match &self.kind {
            Kind::Partition(partition, _) => Some(vec![leading(partition)]),
            Kind::All(_) => None,
        }
    }
}

impl Leading for plan::Select {
    fn leading(&self, _: &KeySchema) -> Option<Vec<String>> {
        Some(distinct(self.partitions()?.into_iter().map(leading)))
    }

    fn scans(&self) -> bool {
        self.partitions().is_none()
    }
}

/// A partition key that no policy names: it has a control character.
const EVERY: &str = "\u{7}every partition";

impl Leading for plan::Every {
    fn leading(&self, _: &KeySchema) -> Option<Vec<String>> {
        Some(vec![EVERY.to_owned()])
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
    /// `dynamodb:LeadingKeys`
    pub(super) leading: Option<Vec<String>>,
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
        let need = need
            .with_some("dynamodb:LeadingKeys", self.leading)
            .with("dynamodb:Attributes", attributes)
            .with_some("dynamodb:Select", self.select.map(Values::Word))
            .with_some("dynamodb:ReturnValues", self.returns.map(Values::Word))
            .with_some("dynamodb:ReturnConsumedCapacity", self.capacity.map(Values::Word))
            .with_some("dynamodb:EnclosingOperation", self.enclosing.map(Values::Word));
        if self.scans { need.with("dynamodb:FullTableScan", true) } else { need }
    }
}
