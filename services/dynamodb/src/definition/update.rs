//! What UpdateTable changes.

use std::collections::BTreeSet;

use super::{
    Definition, Index, Throughput,
    create::{GLOBAL, attributes, check_indexes, index_schema, index_throughput, projected, throughput},
    describe::time,
};
use crate::{
    Error,
    error::invalid_values,
    model::{
        BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, ProvisionedThroughput,
        UpdateTableInput,
    },
};

/// A table's new definition, while it is made.
struct Updated {
    definition: Definition,
}

/// The definition after the update.
pub(crate) fn update(before: &Definition, input: &UpdateTableInput, now: i64) -> Result<Definition, Error> {
    let mut updated = Updated { definition: before.clone() };
    let on_demand = match input.billing_mode {
        Some(mode) => mode == BillingMode::PayPerRequest,
        None => before.on_demand,
    };
    billing(&mut updated.definition, input, on_demand, now)?;
    if let Some(given) = &input.attribute_definitions {
        let mut known = attributes(given)?;
        known.extend(
            before
                .attributes
                .iter()
                .filter(|old| !given.iter().any(|new| new.attribute_name == old.name))
                .cloned(),
        );
        updated.definition.attributes = known;
    }
    for one in input.global_secondary_index_updates.iter().flatten() {
        updated.index(one, on_demand, now)?;
    }
    let definition = &mut updated.definition;
    let (key, indexes) = (definition.key.clone(), definition.indexes.clone());
    if input.attribute_definitions.is_none() {
        definition
            .attributes
            .retain(|one| key.has(&one.name) || indexes.iter().any(|index| index.key.has(&one.name)));
    } else {
        let used = |name: &str| key.has(name) || indexes.iter().any(|index| index.key.has(name));
        definition.attributes.retain(|one| {
            used(&one.name)
                || input.attribute_definitions.iter().flatten().any(|new| new.attribute_name == one.name)
        });
        check_indexes(&key, &definition.attributes, &indexes)?;
    }
    if let Some(protected) = input.deletion_protection_enabled {
        definition.protected = protected;
    }
    if let Some(class) = input.table_class {
        definition.class = Some(class.as_str().to_owned());
    }
    Ok(updated.definition)
}

/// That an update asks for something, and for nothing that contradicts itself.
pub(crate) fn check_asked(input: &UpdateTableInput) -> Result<(), Error> {
    let updates = input.global_secondary_index_updates.as_deref().unwrap_or_default();
    let asks = input.provisioned_throughput.is_some()
        || input.billing_mode.is_some()
        || !updates.is_empty()
        || input.sse_specification.is_some()
        || input.stream_specification.is_some()
        || input.table_class.is_some()
        || input.deletion_protection_enabled.is_some();
    if !asks {
        return Err(Error::validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required",
        ));
    }
    if input.global_secondary_index_updates.as_ref().is_some_and(Vec::is_empty) {
        return Err(invalid_values("List of GlobalSecondaryIndexUpdates is empty"));
    }
    if input.billing_mode == Some(BillingMode::Provisioned) && input.provisioned_throughput.is_none() {
        return Err(invalid_values(
            "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
        ));
    }
    if let Some(given) = &input.provisioned_throughput {
        throughput(given, None)?;
    }
    let mut seen = BTreeSet::new();
    for one in updates {
        let name = index_name(one)?;
        if !seen.insert(name) {
            return Err(invalid_values(format!(
                "Only one global secondary index update per index is allowed simultaneously. Index: {name}"
            )));
        }
        if one.create.is_some() && input.attribute_definitions.is_none() {
            return Err(invalid_values(format!("AttributeDefinitions is not specified for index: {name}")));
        }
    }
    check_together(input, updates)?;
    if updates.iter().filter(|one| one.create.is_some() || one.delete.is_some()).count() > 1 {
        return Err(one_at_a_time());
    }
    Ok(())
}

/// That what is asked for can be done together: AWS changes one thing at a time.
fn check_together(input: &UpdateTableInput, updates: &[GlobalSecondaryIndexUpdate]) -> Result<(), Error> {
    let units = input.provisioned_throughput.is_some();
    let stream = input.stream_specification.is_some();
    let indexes = updates.iter().any(|one| one.create.is_some() || one.delete.is_some());
    let alone = [
        (input.sse_specification.is_some(), "Server-Side Encryption"),
        (input.deletion_protection_enabled.is_some(), "DeletionProtection"),
        (input.table_class.is_some(), "TableClass"),
    ];
    let others = units || stream || input.billing_mode.is_some() || !updates.is_empty();
    let several = others || alone.iter().filter(|(asked, _)| *asked).count() > 1;
    if let Some((_, what)) = alone.iter().find(|(asked, _)| *asked && several) {
        return Err(invalid_values(format!("{what} modification must be the only operation in the request")));
    }
    let cannot = match (units, stream, indexes) {
        (true, true, _) => "You cannot modify stream status while updating table IOPS",
        (true, _, true) => "You cannot create or delete index while updating table IOPS",
        (_, true, true) => "You cannot create or delete index while changing stream status",
        _ => return Ok(()),
    };
    Err(invalid_values(cannot))
}

fn one_at_a_time() -> Error {
    let limit = "Only 1 online index can be created or deleted simultaneously per table";
    Error::LimitExceeded(format!("Subscriber limit exceeded: {limit}"))
}

fn index_name(one: &GlobalSecondaryIndexUpdate) -> Result<&str, Error> {
    match (&one.update, &one.create, &one.delete) {
        (Some(update), None, None) => Ok(&update.index_name),
        (None, Some(create), None) => Ok(&create.index_name),
        (None, None, Some(delete)) => Ok(&delete.index_name),
        (None, None, None) => Err(invalid_values(
            "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
        )),
        _ => Err(invalid_values(
            "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
        )),
    }
}

fn billing(
    definition: &mut Definition,
    input: &UpdateTableInput,
    on_demand: bool,
    now: i64,
) -> Result<(), Error> {
    let was = std::mem::replace(&mut definition.on_demand, on_demand);
    if let Some(given) = &input.provisioned_throughput {
        if on_demand {
            return Err(invalid_values(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
            ));
        }
        change(&mut definition.throughput, given, "table", now)?;
    }
    if on_demand && !was {
        definition.on_demand_since = Some(now);
        definition.throughput = Throughput { decreases_today: 0, ..Throughput::default() };
        for index in &mut definition.indexes {
            index.throughput = Throughput::default();
        }
    }
    if was && !on_demand {
        let given = |name: &str| {
            let updates = input.global_secondary_index_updates.iter().flatten();
            updates.filter_map(|one| one.update.as_ref()).any(|update| update.index_name == name)
        };
        let left: Vec<&str> = definition
            .indexes_of(true)
            .map(|index| index.name.as_str())
            .filter(|name| !given(name))
            .collect();
        if !left.is_empty() {
            return Err(invalid_values(format!(
                "ProvisionedThroughput must be specified for index: {}",
                left.join(",")
            )));
        }
    }
    Ok(())
}

fn change(known: &mut Throughput, given: &ProvisionedThroughput, of: &str, now: i64) -> Result<(), Error> {
    let (read, write) = (given.read_capacity_units, given.write_capacity_units);
    if (known.read, known.write) == (read, write) {
        return Err(Error::Validation(format!(
            "The provisioned throughput for the {of} will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the {of}: {read}. Requested ReadCapacityUnits: {read}. Current WriteCapacityUnits provisioned for the {of}: {write}. Requested WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
        )));
    }
    if read > known.read || write > known.write {
        known.increased = Some(now);
    }
    if read < known.read || write < known.write {
        known.decreases_today = decreased_again(known, now)?;
        known.decreased = Some(now);
    }
    (known.read, known.write) = (read, write);
    Ok(())
}

/// How many decreases that makes today: after some, one an hour.
///
/// Source: DynamoDB Developer Guide, "Quotas", "Decreasing provisioned throughput".
fn decreased_again(known: &Throughput, now: i64) -> Result<i64, Error> {
    const AT_ANY_TIME: i64 = 4;
    const HOUR: i64 = 60 * 60 * 1000;
    let (today, last) = (known.decreases_on(now), known.decreased.unwrap_or_default());
    if today < AT_ANY_TIME || now - last >= HOUR {
        return Ok(today + 1);
    }
    let shown = |ms: i64| time(ms).strftime("%A, %B %-d, %Y %-I:%M:%S %p UTC").to_string();
    Err(Error::LimitExceeded(format!(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: {today}. Last decrease at {}. Next decrease can be made at {}",
        shown(last),
        shown(last + HOUR),
    )))
}

impl Updated {
    fn index(&mut self, one: &GlobalSecondaryIndexUpdate, on_demand: bool, now: i64) -> Result<(), Error> {
        let missing = |name: &str| {
            Error::ResourceNotFound(format!("Requested resource not found: No such index: {name}"))
        };
        if let Some(create) = &one.create {
            return self.create(create, on_demand);
        }
        if let Some(delete) = &one.delete {
            let found = self.definition.index(&delete.index_name).filter(|index| index.global);
            let number = found.map(|index| index.number).ok_or_else(|| missing(&delete.index_name))?;
            self.definition.indexes.retain(|index| index.number != number);
            self.definition.clearing.push(number);
        }
        if let Some(update) = &one.update {
            let found = self
                .definition
                .indexes
                .iter_mut()
                .find(|index| index.global && index.name == update.index_name);
            let index = found.ok_or_else(|| missing(&update.index_name))?;
            let Some(given) = &update.provisioned_throughput else { return Ok(()) };
            index_throughput(&index.name, on_demand, Some(given))?;
            change(&mut index.throughput, given, &format!("index {}", update.index_name), now)?;
        }
        Ok(())
    }

    fn create(&mut self, create: &CreateGlobalSecondaryIndexAction, on_demand: bool) -> Result<(), Error> {
        let (definition, name) = (&mut self.definition, &create.index_name);
        if definition.indexes.iter().any(|index| index.building) {
            return Err(one_at_a_time());
        }
        if definition.index(name).is_some() {
            return Err(invalid_values(format!(
                "Attempting to create an index which already exists: {name}"
            )));
        }
        if definition.indexes_of(true).count() >= GLOBAL {
            let limit = "GlobalSecondaryIndex count exceeds the per-table limit of 20";
            return Err(Error::LimitExceeded(limit.to_owned()));
        }
        let index = Index {
            number: definition.next_index,
            name: name.clone(),
            global: true,
            key: index_schema(&create.key_schema, &definition.attributes)?,
            projected: projected(&create.projection)?,
            throughput: index_throughput(name, on_demand, create.provisioned_throughput.as_ref())?,
            building: true,
        };
        definition.next_index += 1;
        definition.indexes.push(index);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_four_decreases_there_is_one_an_hour() {
        const HOUR: i64 = 60 * 60 * 1000;
        let midnight = 20_000 * 24 * HOUR;
        let mut known = Throughput { read: 100, write: 100, ..Throughput::default() };
        let mut lower = |now: i64| {
            let given = ProvisionedThroughput {
                read_capacity_units: known.read - 1,
                write_capacity_units: known.write,
            };
            change(&mut known, &given, "table", now).map(|()| known.decreases_on(now))
        };
        for (minute, today) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
            assert_eq!(lower(midnight + minute * 60_000).unwrap(), today);
        }
        let refused = lower(midnight + 3 * 60_000 + HOUR - 1).unwrap_err();
        let message = refused.to_string();
        assert!(matches!(refused, Error::LimitExceeded(_)), "{message}");
        assert!(
            message.contains("Number of decreases today: 4. Last decrease at Friday, October 4, 2024"),
            "{message}"
        );
        assert_eq!(lower(midnight + 3 * 60_000 + HOUR).unwrap(), 5);
        assert_eq!(lower(midnight + 24 * HOUR).unwrap(), 1);
        assert_eq!(known.decreases_on(midnight + 48 * HOUR), 0);
    }
}
