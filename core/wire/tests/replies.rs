//! Replies to the letter, in each protocol and dialect.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops, in its helpers too")]

use kurodo_wire::{
    Dialect, Encoded, ErrorReply, ErrorSchema, Fault, HeaderName, Location, Member, OperationSchema,
    Protocol, ReplyContext, Schema, Secret, ServiceSchema, Streaming, Structure, Timestamp, Value, Valued,
    XmlNamespace, common, encode_error, encode_output,
};

const CONTEXT: ReplyContext<'_> = ReplyContext { request_id: "REQ", host_id: Some("HOST") };
const S3_XMLNS: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

static ETAG: HeaderName = HeaderName::from_static("etag");
static XSI: XmlNamespace =
    XmlNamespace { prefix: Some("xsi"), uri: "http://www.w3.org/2001/XMLSchema-instance" };
static GRANTEE: Schema = Schema::structure(
    "Grantee",
    &[
        Member::new("ID", &common::STRING),
        Member::new("Type", &common::STRING).wire_name("xsi:type").xml_attribute(),
    ],
);
static CONTENTS: Schema = Schema::list("Contents", Member::new("member", &CONTENT));
static CONTENT: Schema = Schema::structure(
    "Content",
    &[
        Member::new("Key", &common::STRING),
        Member::new("LastModified", &common::TIMESTAMP),
        Member::new("Owner", &GRANTEE).xml_namespace(XSI),
    ],
);
static LISTING: Schema = Schema::new(
    "ListObjectsOutput",
    kurodo_wire::Kind::Structure(
        Structure::new(&[
            Member::new("Prefix", &common::STRING),
            Member::new("Contents", &CONTENTS).flattened(),
            Member::new("ETag", &common::STRING).at(Location::Header(&ETAG)),
        ])
        .xml_name("ListBucketResult"),
    ),
);
static LOCATION: Schema = Schema::new(
    "GetBucketLocationOutput",
    kurodo_wire::Kind::Structure(
        Structure::new(&[Member::new("LocationConstraint", &common::STRING)])
            .unwrapped()
            .xml_name("LocationConstraint"),
    ),
);
static OBJECT: Schema = Schema::structure(
    "GetObjectOutput",
    &[
        Member::new("Body", &common::BLOB).at(Location::Payload).streaming(),
        Member::new("ETag", &common::STRING).at(Location::Header(&ETAG)),
    ],
);
static LIST: OperationSchema =
    OperationSchema::new("ListObjects", "GET", "/{Bucket}", [&common::UNIT, &LISTING]);
static LOCATE: OperationSchema =
    OperationSchema::new("GetBucketLocation", "GET", "/{Bucket}", [&common::UNIT, &LOCATION]);
static GET: OperationSchema =
    OperationSchema::new("GetObject", "GET", "/{Bucket}/{Key+}", [&common::UNIT, &OBJECT]);
static DELETE: OperationSchema = OperationSchema {
    status: 204,
    ..OperationSchema::new("DeleteObject", "DELETE", "/{Bucket}/{Key+}", [&common::UNIT, &common::UNIT])
};
static S3: ServiceSchema =
    ServiceSchema { dialect: Dialect::S3, xml_namespace: Some(S3_XMLNS), ..ServiceSchema::named("s3") };

static KEYS: Schema = Schema::list("Keys", Member::new("member", &KEY));
static KEY: Schema = Schema::structure(
    "Key",
    &[
        Member::new("Id", &common::STRING),
        Member::new("SecretAccessKey", &common::SECRET_STRING),
        Member::new("CreateDate", &common::TIMESTAMP),
    ],
);
static KEYS_OUTPUT: Schema =
    Schema::structure("Output", &[Member::new("Keys", &KEYS), Member::new("IsTruncated", &common::BOOLEAN)]);
static LIST_KEYS: OperationSchema = OperationSchema {
    result_wrapper: Some("ListKeysResult"),
    ..OperationSchema::new("ListKeys", "POST", "/", [&common::UNIT, &KEYS_OUTPUT])
};
static DELETE_KEY: OperationSchema =
    OperationSchema::new("DeleteKey", "POST", "/", [&common::UNIT, &common::UNIT]);
static IAM: ServiceSchema = ServiceSchema {
    xml_namespace: Some("https://iam.amazonaws.com/doc/2010-05-08/"),
    ..ServiceSchema::named("iam")
};

static CONFLICT: ErrorSchema = ErrorSchema {
    name: "Conflict",
    code: "QueryConflict",
    status: 409,
    sender: true,
    schema: &CONFLICT_SHAPE,
};
static CONFLICT_SHAPE: Schema = Schema::structure(
    "Conflict",
    &[Member::new("Message", &common::STRING), Member::new("Retry", &common::INTEGER)],
);
static JSON: ServiceSchema = ServiceSchema {
    query_compatible: true,
    error_namespace: Some("com.amazonaws.test"),
    ..ServiceSchema::named("test")
};

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn at(seconds: i64) -> Value {
    Value::Timestamp(Timestamp::from_second(seconds).unwrap())
}

fn reply(
    protocol: Protocol,
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
) -> Encoded {
    encode_output(protocol, service, operation, output, CONTEXT).unwrap()
}

fn body(reply: &Encoded) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

fn header<'r>(reply: &'r Encoded, name: &str) -> Option<&'r str> {
    reply.headers.get(name).map(|value| value.to_str().unwrap())
}

fn error(code: &'static str) -> ErrorReply<'static> {
    ErrorReply {
        code: code.into(),
        message: "It is <gone> & \"lost\"".into(),
        status: 404,
        fault: Fault::Sender,
        fields: &[],
        modeled: None,
        request_id: "REQ",
        host_id: Some("HOST"),
        resource: None,
    }
}

#[test]
fn s3_lists_with_milliseconds_and_namespaces() {
    let owner = Value::structure([text("id"), text("CanonicalUser")]);
    let content = Value::structure([text("a\u{1}\r&<\">"), at(0), owner]);
    let output = Value::structure([text(""), Value::List(vec![content]), text("\"e\"")]);
    let reply = reply(Protocol::RestXml, &S3, &LIST, &output);
    assert_eq!(
        body(&reply),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Prefix></Prefix><Contents><Key>a&#x1;&#13;&amp;&lt;&quot;&gt;</Key><LastModified>1970-01-01T00:00:00.000Z\
         </LastModified><Owner xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">\
         <ID>id</ID></Owner></Contents></ListBucketResult>"
    );
    assert_eq!(header(&reply, "content-type"), Some("application/xml"));
    assert_eq!(header(&reply, "etag"), Some("\"e\""));
    assert_eq!(header(&reply, "x-amz-request-id"), Some("REQ"));
    assert_eq!(header(&reply, "x-amz-id-2"), Some("HOST"));
}

#[test]
fn s3_says_where_a_bucket_is_in_the_root() {
    let found = reply(Protocol::RestXml, &S3, &LOCATE, &Value::structure([text("eu-west-1")]));
    let namespace = format!("<LocationConstraint xmlns=\"{S3_XMLNS}\">");
    assert!(body(&found).ends_with(&format!("{namespace}eu-west-1</LocationConstraint>")));
    let found = reply(Protocol::RestXml, &S3, &LOCATE, &Value::structure([Value::Null]));
    assert!(body(&found).ends_with(&format!("{namespace}</LocationConstraint>")));
}

#[test]
fn streams_and_absent_outputs_have_no_body() {
    let output = Value::structure([Streaming.into_value(), text("\"e\"")]);
    for found in [
        reply(Protocol::RestXml, &S3, &GET, &output),
        reply(Protocol::RestXml, &S3, &DELETE, &Value::structure([])),
        reply(Protocol::Json11, &JSON, &DELETE_KEY, &Value::structure([])),
    ] {
        assert_eq!(body(&found), "");
    }
    assert_eq!(reply(Protocol::RestXml, &S3, &DELETE, &Value::structure([])).status, 204);
}

#[test]
fn query_wraps_its_result() {
    let key = Value::structure([text("a"), Value::Secret(Secret::from("s")), at(1)]);
    let output = Value::structure([Value::List(vec![key]), Value::Bool(false)]);
    let found = reply(Protocol::Query, &IAM, &LIST_KEYS, &output);
    assert_eq!(
        body(&found),
        "<ListKeysResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListKeysResult><Keys><member><Id>a</Id>\
         <SecretAccessKey>s</SecretAccessKey><CreateDate>1970-01-01T00:00:01Z</CreateDate></member></Keys>\
         <IsTruncated>false</IsTruncated></ListKeysResult><ResponseMetadata><RequestId>REQ</RequestId>\
         </ResponseMetadata></ListKeysResponse>"
    );
    assert_eq!(header(&found, "content-type"), Some("text/xml"));
    let found = reply(Protocol::Query, &IAM, &DELETE_KEY, &Value::structure([]));
    assert_eq!(
        body(&found),
        "<DeleteKeyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata>\
         <RequestId>REQ</RequestId></ResponseMetadata></DeleteKeyResponse>"
    );
}

#[test]
fn json_leaves_out_what_is_absent() {
    let found =
        reply(Protocol::Json11, &JSON, &LIST_KEYS, &Value::structure([Value::Null, Value::Bool(true)]));
    assert_eq!(body(&found), "{\"IsTruncated\":true}");
    assert_eq!(header(&found, "content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(header(&found, "x-amzn-requestid"), Some("REQ"));
}

#[test]
fn s3_errors_stand_alone() {
    let fields = [("BucketName", "b".into())];
    let found = encode_error(
        Protocol::RestXml,
        &S3,
        &ErrorReply { fields: &fields, resource: Some("/b"), ..error("NoSuchBucket") },
    );
    assert_eq!(
        body(&found),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code><Message>It is &lt;gone&gt; &amp; \
         &quot;lost&quot;</Message><BucketName>b</BucketName><Resource>/b</Resource><RequestId>REQ</RequestId>\
         <HostId>HOST</HostId></Error>"
    );
    assert_eq!((found.status, header(&found, "content-type")), (404, Some("application/xml")));
}

#[test]
fn query_errors_name_the_fault() {
    let found = encode_error(Protocol::Query, &IAM, &error("NoSuchEntity"));
    assert_eq!(
        body(&found),
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>NoSuchEntity</Code><Message>It is &lt;gone&gt; &amp; &quot;lost&quot;</Message></Error>\
         <RequestId>REQ</RequestId></ErrorResponse>"
    );
}

#[test]
fn ec2_errors_come_in_a_list() {
    let found =
        encode_error(Protocol::Ec2, &IAM, &ErrorReply { message: "m".into(), ..error("AuthFailure") });
    assert_eq!(
        body(&found),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>AuthFailure</Code>\
         <Message>m</Message></Error></Errors><RequestID>REQ</RequestID></Response>"
    );
}

#[test]
fn json_errors_carry_their_members() {
    let values = Value::structure([Value::Null, Value::Int(3)]);
    let modeled = Some((&CONFLICT, values));
    let conflict = ErrorReply { message: "m".into(), status: 409, modeled, ..error("Conflict") };
    let found = encode_error(Protocol::Json10, &JSON, &conflict);
    assert_eq!(body(&found), "{\"__type\":\"com.amazonaws.test#Conflict\",\"Message\":\"m\",\"Retry\":3}");
    assert_eq!(header(&found, "x-amzn-query-error"), Some("QueryConflict;Sender"));
    let plain =
        ErrorReply { message: "m".into(), ..error("com.amazon.coral.service#SerializationException") };
    let found = encode_error(Protocol::Json10, &JSON, &plain);
    assert_eq!(
        body(&found),
        "{\"__type\":\"com.amazon.coral.service#SerializationException\",\"message\":\"m\"}"
    );
}

#[test]
fn rest_json_errors_name_their_type_in_a_header() {
    let found =
        encode_error(Protocol::RestJson, &IAM, &ErrorReply { message: "m".into(), ..error("NotFound") });
    assert_eq!(body(&found), "{\"__type\":\"NotFound\",\"message\":\"m\"}");
    assert_eq!(header(&found, "x-amzn-errortype"), Some("NotFound"));
}

#[test]
fn values_of_another_shape_are_refused() {
    for output in [
        Value::Null,
        Value::structure([text("a"), Value::Null]),
        Value::structure([Value::Int(1), text("b")]),
    ] {
        let found = encode_output(Protocol::Json11, &JSON, &LIST_KEYS, &output, CONTEXT);
        assert!(found.is_err(), "{output:?}");
    }
}

#[test]
fn headers_that_cannot_be_sent_are_refused() {
    let output = Value::structure([Value::Null, text("a\r\nset-cookie: b")]);
    assert!(encode_output(Protocol::RestXml, &S3, &GET, &output, CONTEXT).is_err());
}
