//! From a request to a table's definition, with AWS's checks in AWS's order.

use std::collections::BTreeSet;

use super::{Definition, Index, KeyAttribute, KeySchema, Projected, ResourcePolicy, Throughput};
use crate::{
    Error,
    attribute::Type,
    error::invalid_values,
    model::{
        AttributeDefinition, BillingMode, CreateTableInput, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        LocalSecondaryIndex, Projection, ProjectionType, ProvisionedThroughput, ScalarAttributeType,
        StreamSpecification,
    },
    streams::{self, TableStream},
};

/// The most units of capacity.
pub(super) const UNITS: i64 = 1_000_000_000_000;
/// The most local indexes of a table.
const LOCAL: usize = 5;
/// The most attributes of a kind in the key of a global index.
///
/// Source: DynamoDB API Reference, GlobalSecondaryIndex, KeySchema.
const OF_A_KIND: usize = 4;
/// The most global indexes of a table.
pub(super) const GLOBAL: usize = 20;
/// The most attributes that the indexes of a table name beside keys.
pub(super) const PROJECTED: usize = 100;

/// What is new about a new table.
pub(crate) struct Fresh {
    pub(crate) id: String,
    pub(crate) contents: u64,
    pub(crate) policy: Option<ResourcePolicy>,
    pub(crate) tags: Vec<(String, String)>,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
}

/// The definition that a request asks for.
pub(crate) fn create(input: &CreateTableInput, fresh: Fresh) -> Result<Definition, Error> {
    let on_demand = input.billing_mode == Some(BillingMode::PayPerRequest);
    let throughput = billing(on_demand, input.provisioned_throughput.as_ref())?;
    let definitions = required(input.attribute_definitions.as_deref(), "attributeDefinitions")?;
    let elements = required(input.key_schema.as_deref(), "keySchema")?;
    let attributes = attributes(definitions)?;
    let key = table_key(elements, &attributes)?;
    let (local, global) = (&input.local_secondary_indexes, &input.global_secondary_indexes);
    if local.is_none() && global.is_none() && elements.len() != attributes.len() {
        return Err(invalid_values(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        ));
    }
    let mut indexes = local_indexes(local.as_deref(), &key, &attributes)?;
    global_indexes(global.as_deref(), &attributes, on_demand, &mut indexes)?;
    check_indexes(&key, &attributes, &indexes)?;
    Ok(Definition {
        id: fresh.id,
        contents: fresh.contents,
        created: fresh.now,
        attributes,
        key,
        on_demand,
        on_demand_since: on_demand.then_some(fresh.now),
        throughput,
        next_index: u32::try_from(indexes.len()).unwrap_or(u32::MAX),
        indexes,
        protected: input.deletion_protection_enabled.unwrap_or(false),
        class: input.table_class.map(|class| class.as_str().to_owned()),
        tags: fresh.tags,
        policy: fresh.policy,
        expiry: None,
        clearing: Vec::new(),
        restored: None,
        importing: None,
        deleting: false,
        stream: stream(input.stream_specification.as_ref(), fresh.now)?,
        protection: None,
        crossing: None,
        inaccessible: None,
    })
}

fn stream(given: Option<&StreamSpecification>, now: i64) -> Result<Option<TableStream>, Error> {
    let view = given.map(streams::asked).transpose()?.flatten();
    Ok(view.map(|view| TableStream { created: now, view, enabled: true }))
}

fn required<'i, T>(given: Option<&'i [T]>, member: &str) -> Result<&'i [T], Error> {
    given.ok_or_else(|| {
        Error::Validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

pub(super) fn billing(on_demand: bool, given: Option<&ProvisionedThroughput>) -> Result<Throughput, Error> {
    match (on_demand, given) {
        (true, Some(_)) => Err(invalid_values(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        )),
        (true, None) => Ok(Throughput::default()),
        (false, None) => Err(invalid_values(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        )),
        (false, Some(given)) => throughput(given, None),
    }
}

/// Capacity within bounds.
pub(super) fn throughput(given: &ProvisionedThroughput, index: Option<&str>) -> Result<Throughput, Error> {
    let (read, write) = (given.read_capacity_units, given.write_capacity_units);
    let place = index.map(|name| format!(" for index {name}")).unwrap_or_default();
    for (units, name) in [(read, "ReadCapacityUnits"), (write, "WriteCapacityUnits")] {
        if units > UNITS {
            return Err(Error::Validation(format!("Given value {units} for {name} is out of bounds{place}")));
        }
    }
    Ok(Throughput { read, write, ..Throughput::default() })
}

/// The attributes that keys are made of.
pub(super) fn attributes(definitions: &[AttributeDefinition]) -> Result<Vec<KeyAttribute>, Error> {
    let mut attributes: Vec<KeyAttribute> = Vec::new();
    for definition in definitions {
        let name = &definition.attribute_name;
        if attributes.iter().any(|known| known.name == *name) {
            return Err(Error::Validation(format!("Attribute Name is duplicated: {name}")));
        }
        let kind = match definition.attribute_type {
            ScalarAttributeType::S => Type::S,
            ScalarAttributeType::N => Type::N,
            ScalarAttributeType::B => Type::B,
        };
        attributes.push(KeyAttribute { name: name.clone(), kind });
    }
    Ok(attributes)
}

fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    format!("[{}]", names.into_iter().collect::<Vec<_>>().join(", "))
}

/// That a key has no more attributes than the keys of tables and of local indexes may have.
fn check_length(elements: &[KeySchemaElement], place: &str) -> Result<(), Error> {
    if elements.len() <= 2 {
        return Ok(());
    }
    let shown = elements.iter().map(|element| {
        format!("KeySchemaElement(attributeName={}, keyType={})", element.attribute_name, element.key_type)
    });
    Err(Error::Validation(format!(
        "1 validation error detected: Value '[{}]' at '{place}' failed to satisfy constraint: Member must have length less than or equal to 2",
        shown.collect::<Vec<_>>().join(", ")
    )))
}

fn table_key(elements: &[KeySchemaElement], attributes: &[KeyAttribute]) -> Result<KeySchema, Error> {
    check_length(elements, "keySchema")?;
    if elements.len() > attributes.len() {
        return Err(Error::validation("Invalid KeySchema: Some index key attribute have no definition"));
    }
    schema(elements, attributes, "keySchema")
}

/// The key of a global index that these elements are: up to four attributes of each kind.
pub(super) fn index_schema(
    elements: &[KeySchemaElement],
    attributes: &[KeyAttribute],
) -> Result<KeySchema, Error> {
    let several = |kind: KeyType| elements.iter().filter(|element| element.key_type == kind).count() > 1;
    if !several(KeyType::Hash) && elements.len() <= 2 {
        return schema(elements, attributes, "keySchema");
    }
    let found = defined(elements, attributes)?;
    if elements.first().is_none_or(|element| element.key_type != KeyType::Hash) {
        return Err(Error::validation(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ));
    }
    let mut names = BTreeSet::new();
    if !found.iter().all(|key| names.insert(&key.name)) {
        return Err(Error::validation("The KeySchema contains multiple key attributes with the same name"));
    }
    if !elements.is_sorted_by_key(|element| element.key_type == KeyType::Range) {
        return Err(invalid_values(
            "All HASH key attributes must precede RANGE key attributes in the KeySchema",
        ));
    }
    let of = |kind: KeyType| {
        let each = elements.iter().zip(&found).filter(move |(element, _)| element.key_type == kind);
        each.map(|(_, key)| key.clone())
    };
    for kind in [KeyType::Hash, KeyType::Range] {
        if of(kind).count() > OF_A_KIND {
            return Err(invalid_values(format!(
                "The KeySchema exceeds the maximum allowed number of {kind} key attributes"
            )));
        }
    }
    let (mut hashes, mut ranges) = (of(KeyType::Hash), of(KeyType::Range));
    let (hash, range) = (hashes.next().ok_or_else(no_definition)?, ranges.next());
    Ok(KeySchema { hash, more_hash: hashes.collect(), range, more_range: ranges.collect() })
}

/// The attributes of these elements, each of which is defined.
fn defined(elements: &[KeySchemaElement], attributes: &[KeyAttribute]) -> Result<Vec<KeyAttribute>, Error> {
    let find = |element: &KeySchemaElement| {
        attributes.iter().find(|known| known.name == element.attribute_name).cloned()
    };
    elements.iter().map(find).collect::<Option<_>>().ok_or_else(|| {
        invalid_values(format!(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: {}, AttributeDefinitions: {}",
            list(elements.iter().map(|element| element.attribute_name.as_str())),
            list(attributes.iter().map(|known| known.name.as_str()))
        ))
    })
}

/// The key of a table or a local index that these elements, in this place of the request, are.
pub(super) fn schema(
    elements: &[KeySchemaElement],
    attributes: &[KeyAttribute],
    place: &str,
) -> Result<KeySchema, Error> {
    check_length(elements, place)?;
    let found = defined(elements, attributes)?;
    let (first, second) = (elements.first(), elements.get(1));
    let same = |a: &KeySchemaElement, b: &KeySchemaElement| a.attribute_name == b.attribute_name;
    if matches!((first, second), (Some(a), Some(b)) if same(a, b)) {
        return Err(Error::validation(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ));
    }
    if first.is_none_or(|element| element.key_type != KeyType::Hash) {
        return Err(Error::validation(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ));
    }
    if second.is_some_and(|element| element.key_type != KeyType::Range) {
        return Err(Error::validation(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ));
    }
    let mut found = found.into_iter();
    Ok(KeySchema::new(found.next().ok_or_else(no_definition)?, found.next()))
}

fn no_definition() -> Error {
    invalid_values("a key attribute has no definition")
}

fn local_indexes(
    given: Option<&[LocalSecondaryIndex]>,
    key: &KeySchema,
    attributes: &[KeyAttribute],
) -> Result<Vec<Index>, Error> {
    let Some(given) = given else { return Ok(Vec::new()) };
    if given.is_empty() {
        return Err(invalid_values("List of LocalSecondaryIndexes is empty"));
    }
    if key.range.is_none() {
        return Err(invalid_values(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
        ));
    }
    let mut indexes = Vec::new();
    for (at, index) in given.iter().enumerate() {
        let name = &index.index_name;
        let place = format!("localSecondaryIndexes.{}.member.keySchema", at + 1);
        let index_key = schema(&index.key_schema, attributes, &place)?;
        if index_key.range.is_none() {
            return Err(invalid_values(format!(
                "Index KeySchema does not have a range key for index: {name}"
            )));
        }
        if index_key.hash.name != key.hash.name {
            return Err(invalid_values(format!(
                "Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. index hash key: {}, table hash key: {}",
                index_key.hash.name, key.hash.name
            )));
        }
        let projected = projected(&index.projection)?;
        add(
            &mut indexes,
            Index {
                number: 0,
                name: name.clone(),
                global: false,
                key: index_key,
                projected,
                throughput: Throughput::default(),
                building: false,
            },
        )?;
    }
    if indexes.len() > LOCAL {
        return Err(invalid_values("Number of LocalSecondaryIndexes exceeds per-table limit of 5"));
    }
    Ok(indexes)
}

fn add(indexes: &mut Vec<Index>, index: Index) -> Result<(), Error> {
    if indexes.iter().any(|known| known.name == index.name) {
        return Err(invalid_values(format!("Duplicate index name: {}", index.name)));
    }
    let number = u32::try_from(indexes.len()).unwrap_or(u32::MAX);
    indexes.push(Index { number, ..index });
    Ok(())
}

/// What of an item an index has.
pub(super) fn projected(given: &Projection) -> Result<Projected, Error> {
    let Some(kind) = given.projection_type else {
        return Err(invalid_values("Unknown ProjectionType: null"));
    };
    match (kind, &given.non_key_attributes) {
        (ProjectionType::Include, Some(names)) => {
            let mut seen = BTreeSet::new();
            match names.iter().find(|name| !seen.insert(*name)) {
                Some(twice) => Err(invalid_values(format!("Duplicate element in NonKeyAttributes: {twice}"))),
                None => Ok(Projected::Include(names.clone())),
            }
        }
        (ProjectionType::Include, None) => {
            Err(invalid_values("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"))
        }
        (kind, Some(_)) => {
            Err(invalid_values(format!("ProjectionType is {kind}, but NonKeyAttributes is specified")))
        }
        (ProjectionType::All, None) => Ok(Projected::All),
        (ProjectionType::KeysOnly, None) => Ok(Projected::Keys),
    }
}

fn global_indexes(
    given: Option<&[GlobalSecondaryIndex]>,
    attributes: &[KeyAttribute],
    on_demand: bool,
    indexes: &mut Vec<Index>,
) -> Result<(), Error> {
    let Some(given) = given else { return Ok(()) };
    if given.is_empty() {
        return Err(invalid_values("List of GlobalSecondaryIndexes is empty"));
    }
    for index in given {
        let name = &index.index_name;
        let key = index_schema(&index.key_schema, attributes)?;
        let projected = projected(&index.projection)?;
        let throughput = index_throughput(name, on_demand, index.provisioned_throughput.as_ref())?;
        let (global, number, building) = (true, 0, false);
        add(indexes, Index { number, name: name.clone(), global, key, projected, throughput, building })?;
    }
    if given.len() > GLOBAL {
        return Err(invalid_values("GlobalSecondaryIndex count exceeds the per-table limit of 20"));
    }
    Ok(())
}

/// The capacity of a global index.
pub(super) fn index_throughput(
    name: &str,
    on_demand: bool,
    given: Option<&ProvisionedThroughput>,
) -> Result<Throughput, Error> {
    match (on_demand, given) {
        (true, Some(_)) => Err(invalid_values(format!(
            "ProvisionedThroughput should not be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
        ))),
        (true, None) => Ok(Throughput::default()),
        (false, Some(given)) => throughput(given, Some(name)),
        (false, None) => {
            Err(invalid_values(format!("ProvisionedThroughput is not specified for index: {name}")))
        }
    }
}

/// That every attribute is one of a key, and indexes project no more than they may.
pub(super) fn check_indexes(
    key: &KeySchema,
    attributes: &[KeyAttribute],
    indexes: &[Index],
) -> Result<(), Error> {
    let used = |name: &str| key.has(name) || indexes.iter().any(|index| index.key.has(name));
    if attributes.iter().any(|attribute| !used(&attribute.name)) {
        let mut keys: Vec<&str> = key.attributes().map(|key| key.name.as_str()).collect();
        keys.extend(indexes.iter().flat_map(|index| index.key.attributes()).map(|key| key.name.as_str()));
        keys.sort_unstable();
        keys.dedup();
        return Err(invalid_values(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
            list(attributes.iter().map(|known| known.name.as_str())),
            list(keys)
        )));
    }
    let included: usize = indexes
        .iter()
        .map(|index| if let Projected::Include(names) = &index.projected { names.len() } else { 0 })
        .sum();
    if included > PROJECTED {
        return Err(invalid_values(format!(
            "NonKeyAttributes of all indexes are {included}, which exceeds the per-table limit of {PROJECTED}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(hashes: &str, ranges: &str) -> Vec<KeySchemaElement> {
        let element =
            |key_type| move |name: char| KeySchemaElement { attribute_name: name.to_string(), key_type };
        hashes
            .chars()
            .map(element(KeyType::Hash))
            .chain(ranges.chars().map(element(KeyType::Range)))
            .collect()
    }

    fn defined() -> Vec<KeyAttribute> {
        "abcdefghi".chars().map(|name| KeyAttribute { name: name.into(), kind: Type::S }).collect()
    }

    #[test]
    fn global_indexes_have_up_to_four_attributes_of_a_kind() {
        for (hashes, ranges) in [("a", ""), ("a", "b"), ("ab", ""), ("a", "bcde"), ("abcd", "efgh")] {
            let found = index_schema(&key(hashes, ranges), &defined()).unwrap();
            let names =
                |keys: Vec<&KeyAttribute>| keys.iter().map(|key| key.name.as_str()).collect::<String>();
            assert_eq!(names(found.hashes().collect()), hashes);
            assert_eq!(names(found.ranges().collect()), ranges);
            assert_eq!(
                schema(&key(hashes, ranges), &defined(), "").is_ok(),
                hashes.len() == 1 && ranges.len() < 2
            );
        }
        let told =
            |elements: &[KeySchemaElement]| index_schema(elements, &defined()).unwrap_err().to_string();
        assert!(told(&key("abcde", "")).contains("number of HASH key attributes"));
        assert!(told(&key("a", "bcdef")).contains("number of RANGE key attributes"));
        assert!(told(&key("ab", "ca")).contains("multiple key attributes with the same name"));
        assert!(told(&key("", "abc")).contains("first KeySchemaElement is not a HASH"));
        assert!(
            told(&[key("a", "b"), key("c", "")].concat()).contains("All HASH key attributes must precede")
        );
        assert!(told(&key("ax", "b")).contains("Keys: [a, x, b]"));
        // Where it has one of each, the words are those of tables' keys.
        assert!(told(&key("a", "a")).contains("Both the Hash Key and the Range Key"));
    }

    #[test]
    fn keys_of_one_attribute_are_stored_as_they_always_were() {
        let one = index_schema(&key("a", "b"), &defined()).unwrap();
        let stored = serde_json::to_value(&one).unwrap();
        let b = serde_json::json!({"name": "b", "kind": "S"});
        assert_eq!(stored, serde_json::json!({"hash": {"name": "a", "kind": "S"}, "range": b}));
        for key in [one, index_schema(&key("abc", "de"), &defined()).unwrap()] {
            let stored = serde_json::to_string(&key).unwrap();
            assert_eq!(serde_json::from_str::<KeySchema>(&stored).unwrap(), key);
        }
    }
}
