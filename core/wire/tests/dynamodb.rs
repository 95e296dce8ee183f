//! DynamoDB's ways: what its reader of JSON says and takes, sparse structures, and names that may be ARNs.

use kurodo_wire::{
    Dialect, HeaderMap, Kind, Member, OperationSchema, Pattern, Protocol, ReplyContext, RequestParts, Schema,
    ServiceSchema, Structure, Value, WireError, common, decode_input, encode_output, validate,
    violation_message,
};

static NAME: Schema =
    Schema::new("Name", Kind::String).bounds(Some(3.0), Some(10.0)).pattern(&P_NAME).exempt("arn:");
static P_NAME: Pattern = Pattern::new("[a-z]+");
static ATTRIBUTE: Schema = Schema::new(
    "AttributeValue",
    Kind::Structure(
        Structure::new(&[
            Member::new("S", &common::STRING),
            Member::new("B", &common::BLOB),
            Member::new("BOOL", &common::BOOLEAN),
            Member::new("L", &LIST),
            Member::new("M", &ITEM),
        ])
        .sparse(),
    ),
);
static LIST: Schema = Schema::list("ListAttributeValue", Member::new("member", &ATTRIBUTE));
static ITEM: Schema =
    Schema::map("Item", Member::new("key", &common::STRING), Member::new("value", &ATTRIBUTE));
static FEW: Schema = Schema::list("Few", Member::new("member", &ATTRIBUTE)).bounds(Some(1.0), Some(2.0));
static BATCH: Schema = Schema::map("Batch", Member::new("key", &NAME), Member::new("value", &FEW));
static INPUT: Schema = Schema::structure(
    "Input",
    &[
        Member::new("TableName", &NAME),
        Member::new("Item", &ITEM),
        Member::new("Limit", &common::INTEGER),
        Member::new("Batch", &BATCH),
    ],
);
static OPERATION: OperationSchema = OperationSchema {
    dialect: Dialect::DynamoDb,
    ..OperationSchema::new("PutItem", "POST", "/", [&INPUT, &INPUT])
};
static SERVICE: ServiceSchema = ServiceSchema::named("dynamodb");

fn decode(protocol: Protocol, body: impl Into<kurodo_wire::Bytes>) -> Result<Value, WireError> {
    let headers = HeaderMap::new();
    let parts = RequestParts { labels: &[], query: &[], headers: &headers, body: body.into() };
    decode_input(protocol, &OPERATION, &parts)
}

#[test]
fn what_does_not_fit_is_told_in_dynamodbs_words() {
    for (body, message) in [
        (r#"{"TableName":1}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"TableName":1.5}"#, "DECIMAL_VALUE cannot be converted to String"),
        (r#"{"TableName":[]}"#, "Unrecognized collection type class java.lang.String"),
        (r#"{"TableName":{}}"#, "Start of structure or map found where not expected"),
        (r#"{"Item":1}"#, "Unexpected field type"),
        (r#"{"Item":{"a":1}}"#, "Unexpected value type in payload"),
        (r#"{"Item":{"a":{"BOOL":"maybe"}}}"#, "Unexpected token received from parser"),
        (r#"{"Item":{"a":{"B":1}}}"#, "only base-64-encoded strings are convertible to bytes"),
        (
            r#"{"Item":{"a":{"B":"23456"}}}"#,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
        ),
        (
            r#"{"Item":[]}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
    ] {
        assert_eq!(decode(Protocol::Json10, body).unwrap_err().to_string(), message, "{body}");
    }
    assert!(decode(Protocol::Json10, "").is_err());
}

#[test]
fn sparse_structures_have_what_is_there_and_come_back() {
    let body =
        r#"{"Item":{"a":{"S":"x"},"b":{"L":[{"BOOL":true},{}]},"c":{"M":{"d":{"S":"1","BOOL":false}}}}}"#;
    let value = decode(Protocol::Json10, body).unwrap();
    let context = ReplyContext { request_id: "id", host_id: None };
    for protocol in [Protocol::Json10, Protocol::RpcV2Cbor] {
        let encoded = encode_output(protocol, &SERVICE, &OPERATION, &value, context).unwrap();
        assert_eq!(decode(protocol, encoded.body).unwrap(), value, "{protocol:?}");
    }
    let words = decode(Protocol::Json10, r#"{"Item":{"a":{"BOOL":"YES"}},"Limit":2.9}"#).unwrap();
    let members = words.as_members().unwrap();
    assert_eq!(members[1], Value::Map(vec![("a".into(), Value::Sparse(vec![(2, Value::Bool(true))]))]));
    assert_eq!(members[2], Value::Int(2));
}

#[test]
fn a_name_may_be_an_arn() {
    let message = |body: &str| {
        let value = decode(Protocol::Json10, body.to_owned()).unwrap();
        let found = validate(&INPUT, &value);
        (!found.is_empty()).then(|| violation_message(&found))
    };
    assert_eq!(message(r#"{"TableName":"arn:aws:dynamodb:us-east-1:1:table/T"}"#), None);
    let pattern = "Member must satisfy regular expression pattern: [a-z]+";
    assert_eq!(
        message(r#"{"TableName":"abc1"}"#).unwrap(),
        format!(
            "1 validation error detected: Value 'abc1' at 'tableName' failed to satisfy constraint: {pattern}"
        )
    );
    assert_eq!(
        message(r#"{"Batch":{"abc":[{},{},{"S":"x"}]}}"#).unwrap(),
        "1 validation error detected: Value '{abc=[AttributeValue(), AttributeValue(), AttributeValue(S=x)]}' at \
         'batch' failed to satisfy constraint: Map value must satisfy constraint: \
         [Member must have length less than or equal to 2, Member must have length greater than or equal to 1]"
    );
}
