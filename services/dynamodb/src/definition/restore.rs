//! The definition of a table that is made of a backup, or of what another table was.

use serde::{Deserialize, Serialize};

use super::{
    Definition, Fresh, Index, Throughput,
    create::{billing, index_schema, index_throughput, projected, schema},
};
use crate::{
    Error,
    encryption::{Crossing, Protection},
    error::{invalid_request, invalid_values},
    history::Cut,
    model::{
        BillingMode, GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex, Projection,
        ProvisionedThroughput, RestoreTableFromBackupInput, RestoreTableToPointInTimeInput,
    },
};

/// What a table was restored from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Restored {
    /// The backup's ARN.
    pub(crate) backup: Option<String>,
    /// The ARN of the table that it was.
    pub(crate) table: String,
    /// The point in time, in milliseconds since 1970.
    pub(crate) at: i64,
    /// What is still to be copied.
    pub(crate) filling: Option<Filling>,
}

/// A restore that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filling {
    /// Where the items lie.
    pub(crate) contents: u64,
    /// Which state of them.
    pub(crate) cut: Cut,
    /// The name of the table that it was.
    pub(crate) table: String,
    /// The id of the backup.
    pub(crate) backup: Option<String>,
    /// Whether the items are sealed otherwise than where they lie, for the table comes under a key of KMS, or leaves it.
    #[serde(default)]
    pub(crate) reseals: bool,
    /// What opens them then, if they lie under a key of KMS, bound to the name of the new table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) opens: Option<Protection>,
    /// Where the table was when it was deleted on its way under a key of KMS, or away from it: it lies either way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) crossing: Option<Crossing>,
}

impl Filling {
    /// One that has still everything to copy.
    pub(crate) fn new(contents: u64, cut: Cut, table: String, backup: Option<String>) -> Self {
        Self { contents, cut, table, backup, reseals: false, opens: None, crossing: None }
    }
}

/// What is to be different from the table that it was.
pub(crate) struct Overrides<'i> {
    billing: Option<BillingMode>,
    throughput: Option<&'i ProvisionedThroughput>,
    global: Option<&'i [GlobalSecondaryIndex]>,
    local: Option<&'i [LocalSecondaryIndex]>,
}

macro_rules! overrides {
    ($($input:ty),*) => { $(
        impl<'i> From<&'i $input> for Overrides<'i> {
            fn from(input: &'i $input) -> Self {
                Self {
                    billing: input.billing_mode_override,
                    throughput: input.provisioned_throughput_override.as_ref(),
                    global: input.global_secondary_index_override.as_deref(),
                    local: input.local_secondary_index_override.as_deref(),
                }
            }
        }
    )* };
}
overrides!(RestoreTableFromBackupInput, RestoreTableToPointInTimeInput);

/// The definition of the new table. It has no tags, policy, expiry or protection: those are not restored.
pub(crate) fn restore(
    before: &Definition,
    overrides: &Overrides<'_>,
    fresh: Fresh,
    restored: Restored,
) -> Result<Definition, Error> {
    let on_demand = overrides.billing.map_or(before.on_demand, |mode| mode == BillingMode::PayPerRequest);
    let mut definition = Definition {
        id: fresh.id,
        contents: fresh.contents,
        created: fresh.now,
        on_demand,
        on_demand_since: on_demand.then_some(fresh.now),
        throughput: throughput(before, on_demand, overrides.throughput)?,
        indexes: indexes(before, on_demand, overrides)?,
        protected: false,
        tags: fresh.tags,
        policy: fresh.policy,
        expiry: None,
        stream: None,
        protection: None,
        crossing: None,
        inaccessible: None,
        clearing: Vec::new(),
        restored: Some(restored),
        importing: None,
        deleting: false,
        ..before.clone()
    };
    let (key, indexes) = (&definition.key, &definition.indexes);
    let used = |name: &str| key.has(name) || indexes.iter().any(|index| index.key.has(name));
    let attributes = before.attributes.iter().filter(|attribute| used(&attribute.name)).cloned().collect();
    definition.attributes = attributes;
    Ok(definition)
}

/// What is said of capacity that a table on demand is to have.
const FOR_ON_DEMAND: &str =
    "Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST";

fn throughput(
    before: &Definition,
    on_demand: bool,
    given: Option<&ProvisionedThroughput>,
) -> Result<Throughput, Error> {
    match given {
        None if on_demand == before.on_demand => Ok(units(&before.throughput)),
        Some(_) if on_demand => Err(invalid_request(FOR_ON_DEMAND)),
        None if !on_demand => Err(invalid_request(
            "Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED",
        )),
        given => billing(on_demand, given),
    }
}

/// The same units, without a past.
fn units(throughput: &Throughput) -> Throughput {
    Throughput { read: throughput.read, write: throughput.write, ..Throughput::default() }
}

fn indexes(before: &Definition, on_demand: bool, overrides: &Overrides<'_>) -> Result<Vec<Index>, Error> {
    let mut kept = Vec::new();
    match overrides.local {
        None => kept.extend(before.indexes_of(false).cloned()),
        Some(given) => {
            for one in given {
                kept.push(same(before, false, &one.index_name, &one.key_schema, &one.projection)?.clone());
            }
        }
    }
    match overrides.global {
        None => {
            for index in before.indexes_of(true) {
                kept.push(with_units(index, before.on_demand, on_demand, None)?);
            }
        }
        Some(given) => {
            for one in given {
                let index = same(before, true, &one.index_name, &one.key_schema, &one.projection)?;
                let units = one.provisioned_throughput.as_ref();
                kept.push(with_units(index, before.on_demand, on_demand, units)?);
            }
        }
    }
    once(&kept)?;
    Ok(kept.into_iter().map(|index| Index { building: false, ..index }).collect())
}

fn once(indexes: &[Index]) -> Result<(), Error> {
    for (at, index) in indexes.iter().enumerate() {
        if indexes.iter().take(at).any(|earlier| earlier.name == index.name) {
            return Err(invalid_values(format!("Duplicate index name: {}", index.name)));
        }
    }
    Ok(())
}

/// The index that an override names. It can be left out, but not be another one.
fn same<'d>(
    before: &'d Definition,
    global: bool,
    name: &str,
    key: &[KeySchemaElement],
    projection: &Projection,
) -> Result<&'d Index, Error> {
    let known = before.indexes_of(global).find(|index| index.name == name);
    let matches = |index: &&Index| -> bool {
        let given = if global {
            index_schema(key, &before.attributes)
        } else {
            schema(key, &before.attributes, "keySchema")
        };
        let key = given.is_ok_and(|key| key == index.key);
        key && projected(projection).is_ok_and(|projected| projected == index.projected)
    };
    known.filter(matches).ok_or_else(|| {
        invalid_request(format!(
            "Index {name} does not match a secondary index that existed in the source table and cannot be created during the restore operation"
        ))
    })
}

fn with_units(
    index: &Index,
    was_on_demand: bool,
    on_demand: bool,
    given: Option<&ProvisionedThroughput>,
) -> Result<Index, Error> {
    let throughput = match given {
        None if was_on_demand == on_demand => units(&index.throughput),
        Some(_) if on_demand => {
            return Err(invalid_request(format!("{FOR_ON_DEMAND} for index {}", index.name)));
        }
        None if !on_demand => {
            let message = format!("Must specify provisioned throughput for index {}", index.name);
            return Err(invalid_request(message));
        }
        given => index_throughput(&index.name, on_demand, given)?,
    };
    Ok(Index { throughput, ..index.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::Type,
        definition::{KeyAttribute, KeySchema, Projected},
        model::{KeyType, ProjectionType},
    };

    fn key(name: &str) -> KeySchema {
        KeySchema::new(KeyAttribute { name: name.into(), kind: Type::S }, None)
    }

    fn before() -> Definition {
        let attributes = ["h", "g"].map(|name| KeyAttribute { name: name.into(), kind: Type::S }).to_vec();
        let throughput = Throughput { read: 5, write: 6, decreases_today: 3, ..Throughput::default() };
        let index = Index {
            number: 4,
            name: "by-g".into(),
            global: true,
            key: key("g"),
            projected: Projected::All,
            throughput,
            building: true,
        };
        Definition {
            id: "old".into(),
            contents: 1,
            created: 2,
            attributes,
            key: key("h"),
            on_demand: false,
            on_demand_since: None,
            throughput,
            indexes: vec![index],
            next_index: 5,
            protected: true,
            class: None,
            tags: vec![("a".into(), "b".into())],
            policy: None,
            expiry: Some("e".into()),
            clearing: vec![3],
            stream: None,
            protection: None,
            crossing: None,
            inaccessible: None,
            restored: None,
            importing: None,
            deleting: false,
        }
    }

    fn restored(overrides: &Overrides<'_>) -> Result<Definition, Error> {
        let fresh = Fresh { id: "new".into(), contents: 9, policy: None, tags: Vec::new(), now: 10 };
        let restored = Restored { backup: None, table: "arn".into(), at: 3, filling: None };
        restore(&before(), overrides, fresh, restored)
    }

    fn none<'i>() -> Overrides<'i> {
        Overrides { billing: None, throughput: None, global: None, local: None }
    }

    fn given(projection: ProjectionType) -> GlobalSecondaryIndex {
        GlobalSecondaryIndex {
            index_name: "by-g".into(),
            key_schema: vec![KeySchemaElement { attribute_name: "g".into(), key_type: KeyType::Hash }],
            projection: Projection { projection_type: Some(projection), non_key_attributes: None },
            provisioned_throughput: None,
            on_demand_throughput: None,
            warm_throughput: None,
        }
    }

    #[test]
    fn a_restored_table_has_the_keys_and_capacity_but_not_the_rest() {
        let found = restored(&none()).unwrap();
        assert_eq!((found.throughput.read, found.throughput.decreases_today), (5, 0));
        assert_eq!(found.indexes.len(), 1);
        assert!(!found.indexes[0].building);
        assert!(found.tags.is_empty() && !found.protected && found.expiry.is_none());
        assert_eq!((found.contents, found.created), (9, 10));
    }

    #[test]
    fn indexes_can_be_left_out_but_not_changed() {
        let found = restored(&Overrides { global: Some(&[]), ..none() }).unwrap();
        assert!(found.indexes.is_empty());
        assert_eq!(found.attributes.len(), 1);
        let (same, other) = ([given(ProjectionType::All)], [given(ProjectionType::KeysOnly)]);
        assert!(restored(&Overrides { global: Some(&same), ..none() }).is_ok());
        assert!(restored(&Overrides { global: Some(&other), ..none() }).is_err());
    }

    #[test]
    fn another_billing_mode_asks_for_its_capacity() {
        let on_demand = Overrides { billing: Some(BillingMode::PayPerRequest), ..none() };
        let found = restored(&on_demand).unwrap();
        assert!(found.on_demand && found.throughput == Throughput::default());
        let units = ProvisionedThroughput { read_capacity_units: 1, write_capacity_units: 1 };
        assert!(restored(&Overrides { throughput: Some(&units), ..on_demand }).is_err());
        assert_eq!(restored(&Overrides { throughput: Some(&units), ..none() }).unwrap().throughput.read, 1);
    }
}
