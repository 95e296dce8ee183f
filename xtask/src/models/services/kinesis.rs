//! What the facts of Kinesis do not say.

/// The orders in which messages name the words of enums.
pub(super) const ORDERS: &[(&str, &[&str])] = &[(
    "ShardIteratorType",
    &["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"],
)];
