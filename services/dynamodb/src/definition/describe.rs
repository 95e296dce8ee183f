//! A table as AWS describes it.

use jiff::Timestamp;

use super::{Definition, Index, KeyAttribute, KeySchema, Projected, Restored, Throughput};
use crate::{
    attribute::Type,
    encryption::Protection,
    facts::TableFacts,
    model::{
        AttributeDefinition, BillingMode, BillingModeSummary, GlobalSecondaryIndexDescription, IndexStatus,
        KeySchemaElement, KeyType, LocalSecondaryIndexDescription, Projection, ProjectionType,
        ProvisionedThroughputDescription, RestoreSummary, SSEDescription, SSEStatus, SSEType,
        ScalarAttributeType, StreamSpecification, TableClass, TableClassSummary, TableDescription,
        TableStatus,
    },
    streams::label,
};

/// How many items there are, about, and how many bytes they take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) items: i64,
    pub(crate) bytes: i64,
}

/// The description of a table in this state; `counts` counts the table and each of its indexes.
pub(crate) fn describe(
    facts: &TableFacts,
    status: TableStatus,
    counts: impl Fn(Option<&Index>) -> Counts,
) -> TableDescription {
    let definition = &facts.definition;
    let whole = counts(None);
    TableDescription {
        attribute_definitions: Some(definition.attributes.iter().map(attribute).collect()),
        table_name: Some(facts.name.clone()),
        key_schema: Some(key_schema(&definition.key)),
        table_status: Some(status),
        creation_date_time: Some(time(definition.created)),
        provisioned_throughput: Some(throughput(&definition.throughput)),
        table_size_bytes: Some(whole.bytes),
        item_count: Some(whole.items),
        table_arn: Some(facts.arn()),
        table_id: Some(definition.id.clone()),
        billing_mode_summary: billing(facts),
        local_secondary_indexes: some(definition.indexes_of(false).map(|index| local(facts, index, &counts))),
        global_secondary_indexes: some(
            definition.indexes_of(true).map(|index| global(facts, index, status, &counts)),
        ),
        table_class_summary: definition
            .class
            .as_deref()
            .and_then(TableClass::parse)
            .map(|class| TableClassSummary { table_class: Some(class), ..TableClassSummary::default() }),
        deletion_protection_enabled: Some(definition.protected),
        restore_summary: definition.restored.as_ref().map(summary),
        stream_specification: definition.stream.filter(|stream| stream.enabled).map(|stream| {
            StreamSpecification { stream_enabled: true, stream_view_type: Some(stream.view.kind()) }
        }),
        sse_description: definition.protection.as_ref().map(|protection| crossing(definition, protection)),
        latest_stream_label: definition.stream.map(|stream| label(stream.created)),
        latest_stream_arn: definition.stream.map(|stream| facts.stream(stream).arn()),
        ..TableDescription::default()
    }
}

/// How a table is encrypted that may be on its way under the key, or away from it.
fn crossing(definition: &Definition, protection: &Protection) -> SSEDescription {
    let status = if definition.crossing.is_some() { SSEStatus::Updating } else { SSEStatus::Enabled };
    SSEDescription { status: Some(status), ..encryption(protection) }
}

pub(super) fn encryption(protection: &Protection) -> SSEDescription {
    SSEDescription {
        status: Some(SSEStatus::Enabled),
        sse_type: Some(SSEType::Kms),
        kms_master_key_arn: Some(protection.arn.clone()),
        inaccessible_encryption_date_time: None,
    }
}

fn summary(restored: &Restored) -> RestoreSummary {
    RestoreSummary {
        source_backup_arn: restored.backup.clone(),
        source_table_arn: Some(restored.table.clone()),
        restore_date_time: time(restored.at),
        restore_in_progress: restored.filling.is_some(),
    }
}

/// What a table's state is called.
pub(crate) fn status(definition: &Definition) -> TableStatus {
    match (definition.deleting, definition.is_filled()) {
        (true, _) => TableStatus::Deleting,
        (false, true) => TableStatus::Creating,
        (false, false) if definition.crossing.is_some() => TableStatus::Updating,
        (false, false) => TableStatus::Active,
    }
}

pub(super) fn some<T>(all: impl Iterator<Item = T>) -> Option<Vec<T>> {
    Some(all.collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

pub(super) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

pub(super) fn attribute(attribute: &KeyAttribute) -> AttributeDefinition {
    let attribute_type = match attribute.kind {
        Type::N => ScalarAttributeType::N,
        Type::B => ScalarAttributeType::B,
        _ => ScalarAttributeType::S,
    };
    AttributeDefinition { attribute_name: attribute.name.clone(), attribute_type }
}

pub(super) fn key_schema(key: &KeySchema) -> Vec<KeySchemaElement> {
    let element =
        |key: &KeyAttribute, key_type| KeySchemaElement { attribute_name: key.name.clone(), key_type };
    let ranges = key.ranges().map(|range| element(range, KeyType::Range));
    key.hashes().map(|hash| element(hash, KeyType::Hash)).chain(ranges).collect()
}

fn throughput(throughput: &Throughput) -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription {
        last_increase_date_time: throughput.increased.map(time),
        last_decrease_date_time: throughput.decreased.map(time),
        number_of_decreases_today: Some(throughput.decreases_on(Timestamp::now().as_millisecond())),
        read_capacity_units: Some(throughput.read),
        write_capacity_units: Some(throughput.write),
    }
}

fn billing(facts: &TableFacts) -> Option<BillingModeSummary> {
    let definition = &facts.definition;
    let since = definition.on_demand_since?;
    let mode = if definition.on_demand { BillingMode::PayPerRequest } else { BillingMode::Provisioned };
    Some(BillingModeSummary {
        billing_mode: Some(mode),
        last_update_to_pay_per_request_date_time: Some(time(since)),
    })
}

pub(super) fn projection(index: &Index) -> Projection {
    let (kind, names) = match &index.projected {
        Projected::All => (ProjectionType::All, None),
        Projected::Keys => (ProjectionType::KeysOnly, None),
        Projected::Include(names) => (ProjectionType::Include, Some(names.clone())),
    };
    Projection { projection_type: Some(kind), non_key_attributes: names }
}

fn arn(facts: &TableFacts, index: &Index) -> String {
    format!("{}/index/{}", facts.arn(), index.name)
}

fn local(
    facts: &TableFacts,
    index: &Index,
    counts: &impl Fn(Option<&Index>) -> Counts,
) -> LocalSecondaryIndexDescription {
    let counted = counts(Some(index));
    LocalSecondaryIndexDescription {
        index_name: Some(index.name.clone()),
        key_schema: Some(key_schema(&index.key)),
        projection: Some(projection(index)),
        index_size_bytes: Some(counted.bytes),
        item_count: Some(counted.items),
        index_arn: Some(arn(facts, index)),
    }
}

fn global(
    facts: &TableFacts,
    index: &Index,
    table: TableStatus,
    counts: &impl Fn(Option<&Index>) -> Counts,
) -> GlobalSecondaryIndexDescription {
    let counted = counts(Some(index));
    let status = match table {
        _ if index.building => IndexStatus::Creating,
        TableStatus::Creating => IndexStatus::Creating,
        TableStatus::Deleting => IndexStatus::Deleting,
        _ => IndexStatus::Active,
    };
    GlobalSecondaryIndexDescription {
        index_name: Some(index.name.clone()),
        key_schema: Some(key_schema(&index.key)),
        projection: Some(projection(index)),
        index_status: Some(status),
        backfilling: index.building.then_some(true),
        provisioned_throughput: Some(throughput(&index.throughput)),
        index_size_bytes: Some(counted.bytes),
        item_count: Some(counted.items),
        index_arn: Some(arn(facts, index)),
        ..GlobalSecondaryIndexDescription::default()
    }
}
