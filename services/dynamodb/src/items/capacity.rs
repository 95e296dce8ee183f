//! Capacity that requests consume.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB read and write operations".

use std::collections::BTreeMap;

use super::Written;
use crate::{
    attribute::{Item, item_size},
    definition::Index,
    facts::TableFacts,
    layout,
    model::{Capacity, ConsumedCapacity, ReturnConsumedCapacity},
};

/// Bytes of a unit of reading.
const READ: usize = 4 << 10;
/// Bytes of a unit of writing.
const WRITE: usize = 1 << 10;

/// Whether the answer has the consumed capacity.
pub(crate) fn wants(asked: Option<ReturnConsumedCapacity>) -> bool {
    matches!(asked, Some(ReturnConsumedCapacity::Indexes | ReturnConsumedCapacity::Total))
}

#[expect(clippy::cast_precision_loss, reason = "units are far below what a double counts exactly")]
fn units(bytes: usize, unit: usize) -> f64 {
    bytes.div_ceil(unit).max(1) as f64
}

/// The units of reading so many bytes.
pub(crate) fn read_units(bytes: usize, consistent: bool) -> f64 {
    units(bytes, READ) * if consistent { 1.0 } else { 0.5 }
}

/// The units of writing so many bytes.
pub(crate) fn write_units(bytes: usize) -> f64 {
    units(bytes, WRITE)
}

/// What a request consumed of a table and its indexes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Consumed {
    pub(crate) table: f64,
    pub(crate) local: BTreeMap<String, f64>,
    pub(crate) global: BTreeMap<String, f64>,
}

impl Consumed {
    /// What reading from the table itself consumed.
    pub(crate) fn read(units: f64) -> Self {
        Self { table: units, ..Self::default() }
    }

    /// What a write consumed.
    pub(crate) fn written(facts: &TableFacts, written: &Written) -> Self {
        let size = |item: &Option<Item>| item.as_ref().map_or(0, item_size);
        let mut consumed = Self::read(write_units(size(&written.old).max(size(&written.new))));
        for index in &facts.definition.indexes {
            consumed.add_index(index, index_units(facts, index, written));
        }
        consumed
    }

    /// Adds what an index consumed.
    pub(crate) fn add_index(&mut self, index: &Index, units: f64) {
        if units > 0.0 {
            let indexes = if index.global { &mut self.global } else { &mut self.local };
            *indexes.entry(index.name.clone()).or_default() += units;
        }
    }

    /// The sum of both.
    pub(crate) fn add(&mut self, other: &Self) {
        self.table += other.table;
        for (mine, others) in [(&mut self.local, &other.local), (&mut self.global, &other.global)] {
            for (name, units) in others {
                *mine.entry(name.clone()).or_default() += units;
            }
        }
    }

    /// So many times as much: what is done in a transaction counts twice.
    pub(crate) fn times(mut self, factor: f64) -> Self {
        self.table *= factor;
        self.local.values_mut().chain(self.global.values_mut()).for_each(|units| *units *= factor);
        self
    }

    /// As the answer has it, where it is asked for.
    pub(crate) fn view(self, asked: Option<ReturnConsumedCapacity>, table: &str) -> Option<ConsumedCapacity> {
        if !wants(asked) {
            return None;
        }
        let total = self.table + self.local.values().sum::<f64>() + self.global.values().sum::<f64>();
        let mut view = ConsumedCapacity {
            table_name: Some(table.to_owned()),
            capacity_units: Some(total),
            ..ConsumedCapacity::default()
        };
        if asked == Some(ReturnConsumedCapacity::Indexes) {
            let capacity = |units: f64| Capacity { capacity_units: Some(units), ..Capacity::default() };
            let all = |indexes: BTreeMap<String, f64>| {
                let each = indexes.into_iter().map(|(name, units)| (name, capacity(units)));
                Some(each.collect::<BTreeMap<_, _>>()).filter(|all| !all.is_empty())
            };
            view.table = Some(capacity(self.table));
            view.local_secondary_indexes = all(self.local);
            view.global_secondary_indexes = all(self.global);
        }
        Some(view)
    }
}

/// What keeping up an index takes: a write for what is new or changed, and one for what is gone.
fn index_units(facts: &TableFacts, index: &Index, written: &Written) -> f64 {
    let table = &facts.definition.key;
    let copy = |item: &Option<Item>| {
        let item = item.as_ref()?;
        let key = layout::indexed(index.number, &index.key, table, item)?;
        Some((key, index.copy(table, item)))
    };
    let write = |copy: &Item| write_units(item_size(copy));
    match (copy(&written.old), copy(&written.new)) {
        (None, None) => 0.0,
        (Some((_, copy)), None) | (None, Some((_, copy))) => write(&copy),
        (Some((was, old)), Some((is, new))) if was == is => {
            if old == new {
                0.0
            } else {
                write(&old).max(write(&new))
            }
        }
        (Some((_, old)), Some((_, new))) => write(&old) + write(&new),
    }
}
