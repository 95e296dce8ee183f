//! The generated model on S3's wire.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops, in its helpers too")]

use std::borrow::Cow;

use kurodo_s3::model::{self, SERVICE};
use kurodo_wire::{
    Bytes, HeaderMap, HeaderName, HeaderValue, Location, Operation, Protocol, ReplyContext, RequestParts,
    RestRouter, Routed, Streaming, Timestamp, Valued, decode_input, encode_output, parse_query, validate,
};

/// Operations whose route is another one's too: the deprecated forms, and the directory buckets of another endpoint.
const SHADOWED: &[(&str, &str)] = &[
    ("GetBucketLifecycle", "GetBucketLifecycleConfiguration"),
    ("GetBucketNotification", "GetBucketNotificationConfiguration"),
    ("PutBucketLifecycle", "PutBucketLifecycleConfiguration"),
    ("PutBucketNotification", "PutBucketNotificationConfiguration"),
    ("ListDirectoryBuckets", "ListBuckets"),
];

fn routed(method: &str, uri: &str, query: &[&str], headers: &[HeaderName]) -> String {
    let (path, fixed) = uri.split_once('?').unwrap_or((uri, ""));
    let path = path.replace("{Bucket}", "bucket").replace("{Key+}", "some/key");
    let query = [fixed.to_owned()]
        .into_iter()
        .chain(query.iter().map(|name| format!("{name}=1")))
        .collect::<Vec<_>>();
    let query = query.join("&");
    let mut map = HeaderMap::new();
    map.extend(headers.iter().map(|name| (name.clone(), HeaderValue::from_static("x"))));
    match RestRouter::new(&SERVICE).route(method, &path, &parse_query(&query).unwrap(), &map) {
        Routed::Operation(at, _) => SERVICE.operations.get(at).unwrap().name.to_owned(),
        Routed::Refused(at, _) => SERVICE.refused.get(at).unwrap().name.to_owned(),
        other => format!("{other:?}"),
    }
}

fn expected(name: &str) -> &str {
    SHADOWED.iter().find(|(shadowed, _)| *shadowed == name).map_or(name, |(_, other)| other)
}

#[test]
fn every_operation_is_found_by_its_request() {
    for operation in SERVICE.operations {
        let required = || operation.input.members().iter().filter(|member| member.required);
        let query: Vec<_> = required()
            .filter_map(|member| match member.location {
                Location::Query(name) => Some(name),
                _ => None,
            })
            .collect();
        let headers: Vec<_> = required()
            .filter_map(|member| match member.location {
                Location::Header(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let found = routed(operation.method, operation.uri, &query, &headers);
        assert_eq!(found, expected(operation.name));
    }
    for route in SERVICE.refused {
        let headers: Vec<_> =
            route.required_headers.iter().map(|name| HeaderName::from_static(name)).collect();
        let found = routed(route.method, route.uri, route.required_query, &headers);
        assert_eq!(found, expected(route.name));
    }
}

#[test]
fn every_operation_of_the_facts_is_served_or_refused() {
    for name in model::FACTS_OPERATIONS {
        assert!(SERVICE.operation(name).is_some() != SERVICE.refuses(name), "{name}");
    }
}

fn decode<Op: Operation>(
    query: &str,
    headers: &[(&'static str, &'static str)],
    body: &'static str,
) -> Op::Input {
    let labels = [("Bucket", Cow::Borrowed("b")), ("Key", Cow::Borrowed("k"))];
    let query = parse_query(query).unwrap();
    let mut map = HeaderMap::new();
    map.extend(headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))));
    let parts = RequestParts {
        labels: &labels,
        query: &query,
        headers: &map,
        body: Bytes::from_static(body.as_bytes()),
    };
    let value = decode_input(Protocol::RestXml, Op::schema(), &parts).unwrap();
    assert_eq!(validate(Op::schema().input, &value), []);
    Op::Input::from_value(value).unwrap()
}

#[test]
fn input_becomes_types() {
    let body = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a</Key></Object>\
                <Object><Key>b</Key><VersionId>1</VersionId></Object><Quiet>true</Quiet></Delete>";
    let input = decode::<model::op::DeleteObjects>("delete", &[], body);
    let keys: Vec<_> =
        input.delete.objects.iter().map(|object| (&*object.key, object.version_id.as_deref())).collect();
    assert_eq!((keys, input.delete.quiet), (vec![("a", None), ("b", Some("1"))], Some(true)));

    let headers = [("x-amz-acl", "public-read"), ("x-amz-meta-colour", "blue"), ("content-length", "3")];
    let input = decode::<model::op::PutObject>("", &headers, "");
    assert_eq!((input.acl, input.content_length), (Some(model::ObjectCannedACL::PublicRead), Some(3)));
    assert_eq!(input.metadata.unwrap().get("colour").unwrap(), "blue");
    assert_eq!(input.body, Streaming);

    let headers = [("x-amz-server-side-encryption-customer-key", "c2VjcmV0")];
    let input = decode::<model::op::GetObject>("versionId=v&partNumber=2", &headers, "");
    assert_eq!((input.version_id.as_deref(), input.part_number), (Some("v"), Some(2)));
    assert!(!format!("{input:?}").contains("c2VjcmV0"));
}

#[test]
fn types_become_replies() {
    let object = model::Object {
        key: Some("k".to_owned()),
        last_modified: Some(Timestamp::UNIX_EPOCH),
        size: Some(1),
        storage_class: Some(model::ObjectStorageClass::Standard),
        ..model::Object::default()
    };
    let output =
        model::ListObjectsV2Output { contents: Some(vec![object]), ..model::ListObjectsV2Output::default() };
    let context = ReplyContext { request_id: "id", host_id: None };
    let schema = model::op::ListObjectsV2::schema();
    let reply = encode_output(Protocol::RestXml, &SERVICE, schema, &output.into_value(), context).unwrap();
    let body = std::str::from_utf8(&reply.body).unwrap();
    assert!(
        body.ends_with(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Contents><Key>k</Key>\
             <LastModified>1970-01-01T00:00:00.000Z</LastModified><Size>1</Size><StorageClass>STANDARD</StorageClass>\
             </Contents></ListBucketResult>"
        ),
        "{body}"
    );
}
