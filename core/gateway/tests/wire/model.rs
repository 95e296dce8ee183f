//! The depot's shapes.

use http::HeaderName;
use kurodo_gateway::{
    ServiceFacts,
    wire::{
        Auth, Dialect, Location, Member, OperationSchema, Protocol, RouteSchema, Schema, ServiceSchema,
        Streaming, common,
    },
};

static ETAG: HeaderName = http::header::ETAG;
static LENGTH: HeaderName = http::header::CONTENT_LENGTH;

static THING: Schema = Schema::structure(
    "Thing",
    &[
        Member::new("Bucket", &common::STRING).at(Location::Label("Bucket")).required(),
        Member::new("Key", &common::STRING).at(Location::Label("Key")).required(),
        Member::new("ContentLength", &common::LONG).at(Location::Header(&LENGTH)),
        Member::new("Body", &common::BLOB).streaming().at(Location::Payload),
    ],
);
static PLACE: Schema = Schema::structure(
    "Place",
    &[
        Member::new("Bucket", &common::STRING).at(Location::Label("Bucket")).required(),
        Member::new("Key", &common::STRING).at(Location::Label("Key")).required(),
    ],
);
static TAGGED: Schema =
    Schema::structure("Tagged", &[Member::new("ETag", &common::STRING).at(Location::Header(&ETAG))]);
static NOTE: Schema = Schema::structure(
    "Note",
    &[Member::new("Bucket", &common::STRING).required(), Member::new("Text", &common::STRING)],
);
static NOTED: Schema = Schema::structure(
    "Noted",
    &[Member::new("Bucket", &common::STRING), Member::new("Text", &common::STRING)],
);
static NAMED: Schema = Schema::structure("Named", &[Member::new("Bucket", &common::STRING).required()]);
static EMPTY: Schema = Schema::structure("Empty", &[]);

kurodo_gateway::wire::shape! {
    pub struct Thing: THING {
        bucket: String = "Bucket",
        key: String = "Key",
        length: Option<i64> = "ContentLength",
        content: Streaming = "Body",
    }
}
kurodo_gateway::wire::shape! {
    pub struct Place: PLACE { bucket: String = "Bucket", key: String = "Key" }
}
kurodo_gateway::wire::shape! {
    pub struct Tagged: TAGGED { etag: Option<String> = "ETag" }
}
kurodo_gateway::wire::shape! {
    pub struct Note: NOTE { bucket: String = "Bucket", text: Option<String> = "Text" }
}
kurodo_gateway::wire::shape! {
    pub struct Named: NAMED { bucket: String = "Bucket" }
}
kurodo_gateway::wire::shape! {
    pub struct Empty: EMPTY {}
}

static PUT_THING: OperationSchema =
    OperationSchema::new("PutThing", "PUT", "/{Bucket}/{Key+}", [&THING, &TAGGED]);
static GET_THING: OperationSchema =
    OperationSchema::new("GetThing", "GET", "/{Bucket}/{Key+}", [&PLACE, &TAGGED]);
static HEAD_THING: OperationSchema =
    OperationSchema::new("HeadThing", "HEAD", "/{Bucket}/{Key+}", [&PLACE, &TAGGED]);
static WRITE_NOTE: OperationSchema = OperationSchema {
    max_body: 1024,
    result_wrapper: Some("WriteNoteResult"),
    ..OperationSchema::new("WriteNote", "POST", "/?note", [&NOTE, &NOTED])
};
static WAIT: OperationSchema = OperationSchema::new("Wait", "POST", "/?wait", [&NAMED, &EMPTY]);
static BREAK: OperationSchema = OperationSchema::new("Break", "POST", "/?break", [&NAMED, &EMPTY]);
static BREAK_NEEDS: OperationSchema = OperationSchema {
    auth: Auth::Signed,
    ..OperationSchema::new("BreakNeeds", "POST", "/?breakneeds", [&NAMED, &EMPTY])
};

static SERVICE: ServiceSchema = ServiceSchema {
    name: "depot",
    service_id: "Depot",
    api_version: "2026-01-01",
    endpoint_prefix: "s3",
    signing_name: "s3",
    target_prefix: None,
    global_endpoint: None,
    xml_namespace: None,
    protocols: &[Protocol::RestXml],
    query_compatible: false,
    error_namespace: None,
    dialect: Dialect::S3,
    operations: &[&PUT_THING, &GET_THING, &HEAD_THING, &WRITE_NOTE, &WAIT, &BREAK, &BREAK_NEEDS],
    refused: &[RouteSchema {
        name: "Unheard",
        method: "POST",
        uri: "/{Bucket}?unheard",
        required_query: &[],
        required_headers: &[],
        deprecated: false,
    }],
    errors: &[],
};
static JSON_SERVICE: ServiceSchema = ServiceSchema {
    name: "jsondepot",
    endpoint_prefix: "jsondepot",
    signing_name: "jsondepot",
    target_prefix: Some("Depot"),
    protocols: &[Protocol::Json11],
    dialect: Dialect::Standard,
    ..SERVICE
};
static QUERY_SERVICE: ServiceSchema = ServiceSchema {
    name: "querydepot",
    endpoint_prefix: "querydepot",
    signing_name: "querydepot",
    protocols: &[Protocol::Query],
    dialect: Dialect::Standard,
    ..SERVICE
};

const FACTS: ServiceFacts = ServiceFacts {
    schema: &SERVICE,
    dialect: kurodo_gateway::Dialect::S3,
    region: None,
    skew_seconds: 900,
    scraped: None,
    data_events: &["PutThing", "GetThing", "HeadThing"],
};
pub(crate) static S3: ServiceFacts = FACTS;
/// As KMS and CloudWatch: five minutes.
pub(crate) static JSON: ServiceFacts = ServiceFacts {
    schema: &JSON_SERVICE,
    dialect: kurodo_gateway::Dialect::Json,
    skew_seconds: 300,
    ..FACTS
};
/// As IAM: in one region only.
pub(crate) static QUERY: ServiceFacts = ServiceFacts {
    schema: &QUERY_SERVICE,
    dialect: kurodo_gateway::Dialect::Query,
    region: Some("us-east-1"),
    ..FACTS
};

pub mod op {
    kurodo_gateway::wire::operations! {
        "depot";
        PutThing(super::Thing) -> super::Tagged = super::PUT_THING;
        GetThing(super::Place) -> super::Tagged = super::GET_THING;
        HeadThing(super::Place) -> super::Tagged = super::HEAD_THING;
        WriteNote(super::Note) -> super::Note = super::WRITE_NOTE;
        Wait(super::Named) -> super::Empty = super::WAIT;
        Break(super::Named) -> super::Empty = super::BREAK;
        BreakNeeds(super::Named) -> super::Empty = super::BREAK_NEEDS;
    }
}
