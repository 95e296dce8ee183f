//! A table's definition, as it is stored.

mod backup;
mod create;
mod describe;
mod restore;
#[cfg(test)]
mod sample;
mod update;

use serde::{Deserialize, Serialize};

pub(crate) use backup::{features, parameters, source};
pub(crate) use create::{Fresh, create};
pub(crate) use describe::{Counts, describe, status};
pub(crate) use restore::{Filling, Overrides, Restored, restore};
#[cfg(test)]
pub(crate) use sample::sample;
pub(crate) use update::{check_asked, update};

use crate::{
    attribute::{Item, Type},
    encryption::{Crossing, Protection},
    streams::TableStream,
};

/// A table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Definition {
    /// The table's id, as AWS shows it.
    pub(crate) id: String,
    /// Where its items lie.
    pub(crate) contents: u64,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    /// Every attribute that some key names, in the order of the request.
    pub(crate) attributes: Vec<KeyAttribute>,
    pub(crate) key: KeySchema,
    pub(crate) on_demand: bool,
    /// Since when it is on demand, in milliseconds since 1970; `None` for a table that never was.
    pub(crate) on_demand_since: Option<i64>,
    pub(crate) throughput: Throughput,
    pub(crate) indexes: Vec<Index>,
    /// The number of the next index.
    pub(crate) next_index: u32,
    pub(crate) protected: bool,
    pub(crate) class: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) policy: Option<ResourcePolicy>,
    /// The attribute that says when an item expires.
    pub(crate) expiry: Option<String>,
    /// The numbers of indexes that are gone, and whose copies of items are still being deleted.
    #[serde(default)]
    pub(crate) clearing: Vec<u32>,
    /// What it was restored from.
    #[serde(default)]
    pub(crate) restored: Option<Restored>,
    /// The id of the import that still fills it.
    #[serde(default)]
    pub(crate) importing: Option<String>,
    /// Whether it is deleted, and its items still are being.
    #[serde(default)]
    pub(crate) deleting: bool,
    /// The latest stream, also one that was disabled.
    #[serde(default)]
    pub(crate) stream: Option<TableStream>,
    /// The key of KMS that it is under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protection: Option<Protection>,
    /// Whether it is on its way under that key, or away from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) crossing: Option<Crossing>,
    /// Since when KMS does not use that key, in milliseconds since 1970, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inaccessible: Option<i64>,
}

/// The policy attached to a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ResourcePolicy {
    /// As it was given.
    pub(crate) text: String,
    /// The same, with the unique ids of the users and roles that it names: what decides.
    #[serde(default)]
    pub(crate) bound: Option<String>,
    pub(crate) revision: String,
}

impl ResourcePolicy {
    /// The text that decides.
    pub(crate) fn deciding(&self) -> &str {
        self.bound.as_deref().unwrap_or(&self.text)
    }
}

/// An attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyAttribute {
    pub(crate) name: String,
    #[serde(with = "kind")]
    pub(crate) kind: Type,
}

mod kind {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::attribute::Type;

    pub(super) fn serialize<S: Serializer>(kind: &Type, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(kind.name())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Type, D::Error> {
        let name = String::deserialize(from)?;
        Type::parse(&name).ok_or_else(|| D::Error::custom("no type of an attribute"))
    }
}

/// The attributes that a key is made of. Only global indexes have more than one of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeySchema {
    /// The partition key, or the first attribute of it.
    pub(crate) hash: KeyAttribute,
    /// The other attributes of the partition key, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) more_hash: Vec<KeyAttribute>,
    /// The sort key, or the first attribute of it.
    pub(crate) range: Option<KeyAttribute>,
    /// The other attributes of the sort key, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) more_range: Vec<KeyAttribute>,
}

impl KeySchema {
    /// A key of one attribute, or of one of each kind.
    pub(crate) fn new(hash: KeyAttribute, range: Option<KeyAttribute>) -> Self {
        Self { hash, more_hash: Vec::new(), range, more_range: Vec::new() }
    }

    /// The attributes of the partition key.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(&self.more_hash)
    }

    /// The attributes of the sort key.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.range.iter().chain(&self.more_range)
    }

    /// The attributes of the partition key, then those of the sort key.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.hashes().chain(self.ranges())
    }

    /// Whether the partition key has this attribute.
    pub(crate) fn is_hash(&self, name: &str) -> bool {
        self.hashes().any(|key| key.name == name)
    }

    /// Whether the key has this attribute.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes().any(|key| key.name == name)
    }

    /// The key's attributes of an item.
    pub(crate) fn of(&self, item: &Item) -> Item {
        let found =
            self.attributes().filter_map(|key| Some((key.name.clone(), item.get(&key.name)?.clone())));
        found.collect()
    }
}

/// Capacity that is provisioned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Throughput {
    pub(crate) read: i64,
    pub(crate) write: i64,
    /// In milliseconds since 1970.
    pub(crate) increased: Option<i64>,
    /// In milliseconds since 1970.
    pub(crate) decreased: Option<i64>,
    /// On the day of the last one, in UTC.
    pub(crate) decreases_today: i64,
}

impl Throughput {
    /// How often it was decreased on the day of this time, in milliseconds since 1970.
    pub(crate) fn decreases_on(&self, now: i64) -> i64 {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let same = self.decreased.is_some_and(|last| last.div_euclid(DAY) == now.div_euclid(DAY));
        if same { self.decreases_today } else { 0 }
    }
}

/// A secondary index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Index {
    /// Where its copies of items lie; never given to another index of the table.
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) global: bool,
    pub(crate) key: KeySchema,
    pub(crate) projected: Projected,
    pub(crate) throughput: Throughput,
    /// Whether items that were there before the index are still being copied.
    #[serde(default)]
    pub(crate) building: bool,
}

/// What of an item an index has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Projected {
    All,
    Keys,
    /// The keys and these.
    Include(Vec<String>),
}

impl Index {
    /// Whether the index has this attribute of each of its items.
    pub(crate) fn has(&self, table: &KeySchema, name: &str) -> bool {
        match &self.projected {
            Projected::All => true,
            Projected::Keys => self.key.has(name) || table.has(name),
            Projected::Include(more) => {
                self.key.has(name) || table.has(name) || more.iter().any(|known| known == name)
            }
        }
    }

    /// What of an item the index has.
    pub(crate) fn copy(&self, table: &KeySchema, item: &Item) -> Item {
        let kept = item.iter().filter(|(name, _)| self.has(table, name));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

impl Definition {
    /// The restore that still fills the table.
    pub(crate) fn filling(&self) -> Option<&Filling> {
        self.restored.as_ref().and_then(|restored| restored.filling.as_ref())
    }

    /// Whether a restore or an import still fills the table.
    pub(crate) fn is_filled(&self) -> bool {
        self.filling().is_some() || self.importing.is_some()
    }

    /// Whether items can be read and written.
    pub(crate) fn is_usable(&self) -> bool {
        !self.deleting && !self.is_filled()
    }

    /// Whether an index is being filled, or one that is gone is being cleared.
    pub(crate) fn is_indexing(&self) -> bool {
        !self.clearing.is_empty() || self.indexes.iter().any(|index| index.building)
    }

    /// What is under way with the table, in AWS's words, where something is.
    pub(crate) fn under_way(&self) -> Option<&'static str> {
        match (self.deleting, self.is_filled()) {
            (true, _) => Some("deleted"),
            (false, true) => Some("created"),
            (false, false) => self.crossing.map(|_| "updated"),
        }
    }

    /// The index of this name.
    pub(crate) fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The indexes over all partitions, or those within one.
    pub(crate) fn indexes_of(&self, global: bool) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter(move |index| index.global == global)
    }
}
