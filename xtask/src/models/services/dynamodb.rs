//! What DynamoDB's facts do not say.

/// The order in which messages name the words of enums.
///
/// Source: replies of DynamoDB to other words.
pub(super) const ORDERS: &[(&str, &[&str])] = &[
    (
        "ComparisonOperator",
        &[
            "IN",
            "NULL",
            "BETWEEN",
            "LT",
            "NOT_CONTAINS",
            "EQ",
            "GT",
            "NOT_NULL",
            "NE",
            "LE",
            "BEGINS_WITH",
            "GE",
            "CONTAINS",
        ],
    ),
    ("ConditionalOperator", &["OR", "AND"]),
    ("ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"]),
    ("ReturnValue", &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]),
    ("ScalarAttributeType", &["B", "N", "S"]),
    ("Select", &["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]),
];
