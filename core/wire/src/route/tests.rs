use http::HeaderName;

use super::*;
use crate::{Location, Member, OperationSchema, RouteSchema, Schema, common};

static COPY_SOURCE: HeaderName = HeaderName::from_static("x-amz-copy-source");
static EMPTY: Schema = Schema::structure("Empty", &[]);
static PART: Schema = Schema::structure(
    "Part",
    &[
        Member::new("PartNumber", &common::INTEGER).at(Location::Query("partNumber")).required(),
        Member::new("UploadId", &common::STRING).at(Location::Query("uploadId")).required(),
    ],
);
static COPY: Schema = Schema::structure(
    "Copy",
    &[Member::new("CopySource", &common::STRING).at(Location::Header(&COPY_SOURCE)).required()],
);
static GET: Schema = Schema::structure(
    "Get",
    &[Member::new("PartNumber", &common::INTEGER).at(Location::Query("partNumber"))],
);
static CONFIGURATION: Schema = Schema::structure(
    "Configuration",
    &[Member::new("Id", &common::STRING).at(Location::Query("id")).required()],
);

static OPERATIONS: [OperationSchema; 9] = [
    OperationSchema::new("PutObject", "PUT", "/{Bucket}/{Key+}", [&EMPTY, &EMPTY]),
    OperationSchema::new("UploadPart", "PUT", "/{Bucket}/{Key+}", [&PART, &EMPTY]),
    OperationSchema::new("CopyObject", "PUT", "/{Bucket}/{Key+}", [&COPY, &EMPTY]),
    OperationSchema::new("PutObjectAcl", "PUT", "/{Bucket}/{Key+}?acl", [&EMPTY, &EMPTY]),
    OperationSchema::new("GetObject", "GET", "/{Bucket}/{Key+}", [&GET, &EMPTY]),
    OperationSchema::new("DeleteObject", "DELETE", "/{Bucket}/{Key+}", [&EMPTY, &EMPTY]),
    OperationSchema::new("ListObjects", "GET", "/{Bucket}", [&EMPTY, &EMPTY]),
    OperationSchema::new("ListObjectsV2", "GET", "/{Bucket}?list-type=2", [&EMPTY, &EMPTY]),
    OperationSchema::new("GetAnalytics", "GET", "/{Bucket}?analytics", [&CONFIGURATION, &EMPTY]),
];
static REFUSED: [RouteSchema; 4] = [
    route("ListAnalytics", "GET", "/{Bucket}?analytics"),
    route("Respond", "POST", "/WriteGetObjectResponse"),
    route("GetPoint", "GET", "/mrap/{Name+}"),
    route("GetPointPolicy", "GET", "/mrap/{Name+}/policy"),
];
static SERVICE: ServiceSchema = ServiceSchema {
    operations: &[
        &OPERATIONS[0],
        &OPERATIONS[1],
        &OPERATIONS[2],
        &OPERATIONS[3],
        &OPERATIONS[4],
        &OPERATIONS[5],
        &OPERATIONS[6],
        &OPERATIONS[7],
        &OPERATIONS[8],
    ],
    refused: &REFUSED,
    dialect: Dialect::S3,
    ..ServiceSchema::named("s3")
};

const fn route(name: &'static str, method: &'static str, uri: &'static str) -> RouteSchema {
    RouteSchema { name, method, uri, required_query: &[], required_headers: &[], deprecated: false }
}

/// The operation's name and its labels, or what else came of it.
fn routed(method: &str, uri: &str, headers: &HeaderMap) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let query = crate::parse_query(query).unwrap();
    let router = RestRouter::new(&SERVICE);
    let (name, labels) = match router.route(method, path, &query, headers) {
        Routed::Operation(at, labels) => (SERVICE.operations[at].name, labels),
        Routed::Refused(at, labels) => (SERVICE.refused[at].name, labels),
        other => return format!("{other:?}"),
    };
    let labels = labels.iter().map(|(label, value)| format!(" {label}={value}"));
    format!("{name}{}", labels.collect::<String>())
}

#[test]
fn requests_find_their_operation() {
    let none = HeaderMap::new();
    for (method, uri, expected) in [
        ("PUT", "/b/k", "PutObject Bucket=b Key=k"),
        ("PUT", "/b/a%20b//c%2Fd/", "PutObject Bucket=b Key=a b//c/d/"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart Bucket=b Key=k"),
        ("PUT", "/b/k?acl", "PutObjectAcl Bucket=b Key=k"),
        ("PUT", "/b/k?acl=&x-id=PutObjectAcl", "PutObjectAcl Bucket=b Key=k"),
        ("GET", "/b/k?partNumber=1", "GetObject Bucket=b Key=k"),
        ("GET", "/b/k?x-id=GetObject", "GetObject Bucket=b Key=k"),
        ("GET", "/b", "ListObjects Bucket=b"),
        ("GET", "/b/", "ListObjects Bucket=b"),
        ("GET", "/b?list-type=2", "ListObjectsV2 Bucket=b"),
        ("GET", "/b?list-type=1", "ListObjects Bucket=b"),
        ("GET", "/b?analytics", "ListAnalytics Bucket=b"),
        ("GET", "/b?analytics&id=1", "GetAnalytics Bucket=b"),
        ("POST", "/WriteGetObjectResponse", "Respond"),
        ("GET", "/mrap/a/b", "GetPoint Name=a/b"),
        ("GET", "/mrap/a/policy", "GetPointPolicy Name=a"),
    ] {
        assert_eq!(routed(method, uri, &none), expected, "{method} {uri}");
    }
}

#[test]
fn headers_choose_between_equal_routes() {
    let mut headers = HeaderMap::new();
    headers.insert(&COPY_SOURCE, "a/b".parse().unwrap());
    assert_eq!(routed("PUT", "/b/k", &headers), "CopyObject Bucket=b Key=k");
}

#[test]
fn subresources_are_never_ignored() {
    let none = HeaderMap::new();
    for (method, uri) in [
        ("DELETE", "/b/k?acl"),
        ("GET", "/b/k?acl"),
        ("PUT", "/b/k?uploadId=u"),
        ("DELETE", "/b/k?uploadId=u"),
        ("POST", "/b/k"),
        ("PATCH", "/b"),
    ] {
        assert_eq!(routed(method, uri, &none), "MethodNotAllowed", "{method} {uri}");
    }
}

#[test]
fn broken_paths_are_refused() {
    let none = HeaderMap::new();
    for (uri, expected) in [
        ("/b/%zz", "BadPath"),
        ("/b/%ff", "BadPath"),
        ("/b/%4", "BadPath"),
        ("//k", "NotFound"),
        ("b", "NotFound"),
    ] {
        assert_eq!(routed("GET", uri, &none), expected, "{uri}");
    }
}

#[test]
fn cbor_paths_name_service_and_operation() {
    assert_eq!(rpc_v2_operation("/service/Svc/operation/Op"), Some(("Svc", "Op")));
    assert_eq!(rpc_v2_operation("/prefix/service/Svc/operation/Op"), Some(("Svc", "Op")));
    for path in [
        "/service/Svc/operation/",
        "/service//operation/Op",
        "/services/S/operation/Op",
        "service/S/operation/O",
        "/",
    ] {
        assert_eq!(rpc_v2_operation(path), None, "{path}");
    }
}
