//! A table as the descriptions of its backup and of its import show it.

use super::{
    Counts, Definition, Index, KeySchema, Throughput,
    describe::{attribute, encryption, key_schema, projection, some, time},
};
use crate::{
    encryption::Protection,
    model::{
        BillingMode, GlobalSecondaryIndex, GlobalSecondaryIndexInfo, LocalSecondaryIndexInfo,
        ProvisionedThroughput, SSESpecification, SSEType, SourceTableDetails, SourceTableFeatureDetails,
        StreamSpecification, TableCreationParameters, TimeToLiveDescription, TimeToLiveStatus,
    },
};

/// The table that a backup is of.
pub(crate) fn source(definition: &Definition, name: &str, arn: String, counts: Counts) -> SourceTableDetails {
    let billing = if definition.on_demand { BillingMode::PayPerRequest } else { BillingMode::Provisioned };
    SourceTableDetails {
        table_name: name.to_owned(),
        table_id: definition.id.clone(),
        table_arn: Some(arn),
        table_size_bytes: Some(counts.bytes),
        key_schema: key_schema(&definition.key),
        table_creation_date_time: time(definition.created),
        provisioned_throughput: throughput(&definition.throughput),
        on_demand_throughput: None,
        item_count: Some(counts.items),
        billing_mode: Some(billing),
    }
}

/// What the table had beside its items.
pub(crate) fn features(definition: &Definition) -> SourceTableFeatureDetails {
    let expires = definition.expiry.is_some();
    let status = if expires { TimeToLiveStatus::Enabled } else { TimeToLiveStatus::Disabled };
    SourceTableFeatureDetails {
        local_secondary_indexes: some(definition.indexes_of(false).map(local)),
        global_secondary_indexes: some(definition.indexes_of(true).map(global)),
        time_to_live_description: Some(TimeToLiveDescription {
            time_to_live_status: Some(status),
            attribute_name: definition.expiry.clone(),
        }),
        stream_description: definition.stream.filter(|stream| stream.enabled).map(|stream| {
            StreamSpecification { stream_enabled: true, stream_view_type: Some(stream.view.kind()) }
        }),
        sse_description: definition.protection.as_ref().map(encryption),
        ..SourceTableFeatureDetails::default()
    }
}

/// The parameters that a table was made with to import into.
pub(crate) fn parameters(definition: &Definition, name: &str) -> TableCreationParameters {
    let on_demand = definition.on_demand;
    let billing = if on_demand { BillingMode::PayPerRequest } else { BillingMode::Provisioned };
    let units = |units: &Throughput| (!on_demand).then(|| throughput(units));
    let index = |index: &Index| GlobalSecondaryIndex {
        index_name: index.name.clone(),
        key_schema: key_schema(&index.key),
        projection: projection(index),
        provisioned_throughput: units(&index.throughput),
        on_demand_throughput: None,
        warm_throughput: None,
    };
    TableCreationParameters {
        table_name: name.to_owned(),
        attribute_definitions: definition.attributes.iter().map(attribute).collect(),
        key_schema: key_schema(&definition.key),
        billing_mode: Some(billing),
        provisioned_throughput: units(&definition.throughput),
        on_demand_throughput: None,
        sse_specification: definition.protection.as_ref().map(specification),
        global_secondary_indexes: some(definition.indexes_of(true).map(index)),
        vector_indexes: None,
    }
}

fn specification(protection: &Protection) -> SSESpecification {
    let key = Some(protection.arn.clone());
    SSESpecification { enabled: Some(true), sse_type: Some(SSEType::Kms), kms_master_key_id: key }
}

fn throughput(throughput: &Throughput) -> ProvisionedThroughput {
    ProvisionedThroughput { read_capacity_units: throughput.read, write_capacity_units: throughput.write }
}

fn keys(key: &KeySchema) -> Option<Vec<crate::model::KeySchemaElement>> {
    Some(key_schema(key))
}

fn local(index: &Index) -> LocalSecondaryIndexInfo {
    LocalSecondaryIndexInfo {
        index_name: Some(index.name.clone()),
        key_schema: keys(&index.key),
        projection: Some(projection(index)),
    }
}

fn global(index: &Index) -> GlobalSecondaryIndexInfo {
    GlobalSecondaryIndexInfo {
        index_name: Some(index.name.clone()),
        key_schema: keys(&index.key),
        projection: Some(projection(index)),
        provisioned_throughput: Some(throughput(&index.throughput)),
        ..GlobalSecondaryIndexInfo::default()
    }
}
