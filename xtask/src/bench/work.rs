//! The loads: what is asked, by how many connections, and what must be there first.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::json;

use super::{
    client::{Endpoint, Request},
    crowd,
    server::Service,
};
use crate::failure::{Failure, Outcome};

/// One kind of request, repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    CallerIdentity,
    GetUser,
    Put4K,
    Get4K,
    Put8M,
    Get8M,
    List1000,
    Delete1000,
    PutItem,
    GetItem,
    Query10,
    BatchWrite25,
    PutRecord256,
    PutRecords500,
}

/// A load whose requests succeed once only.
pub(crate) struct Once {
    /// What they need each time.
    pub(crate) before: Vec<Request>,
    pub(crate) requests: Vec<Request>,
}

/// The bucket, the user and the table that the loads use.
pub(crate) const NAME: &str = "bench";

const KIB: usize = 1024;

impl Work {
    /// In the order in which they run: what is got was put before.
    pub(crate) const ALL: [Self; 14] = [
        Self::CallerIdentity,
        Self::GetUser,
        Self::Put4K,
        Self::Get4K,
        Self::Put8M,
        Self::Get8M,
        Self::List1000,
        Self::Delete1000,
        Self::PutItem,
        Self::GetItem,
        Self::Query10,
        Self::BatchWrite25,
        Self::PutRecord256,
        Self::PutRecords500,
    ];

    /// As the table names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CallerIdentity => "STS GetCallerIdentity",
            Self::GetUser => "IAM GetUser",
            Self::Put4K => "S3 PutObject 4 KiB",
            Self::Get4K => "S3 GetObject 4 KiB",
            Self::Put8M => "S3 PutObject 8 MiB",
            Self::Get8M => "S3 GetObject 8 MiB",
            Self::List1000 => "S3 ListObjectsV2, a page of 1,000 out of 100,000 keys",
            Self::Delete1000 => "S3 DeleteObjects, 1,000 objects",
            Self::PutItem => "DynamoDB PutItem",
            Self::GetItem => "DynamoDB GetItem",
            Self::Query10 => "DynamoDB Query, 10 items",
            Self::BatchWrite25 => "DynamoDB BatchWriteItem, 25 items",
            Self::PutRecord256 => "Kinesis PutRecord, 256 bytes",
            Self::PutRecords500 => "Kinesis PutRecords, 500 records",
        }
    }

    /// The service that is asked.
    pub(crate) fn service(self) -> Service {
        match self {
            Self::CallerIdentity => Service::Sts,
            Self::GetUser => Service::Iam,
            Self::Put4K | Self::Get4K | Self::Put8M | Self::Get8M => Service::S3,
            Self::List1000 | Self::Delete1000 => Service::S3,
            Self::PutItem | Self::GetItem | Self::Query10 | Self::BatchWrite25 => Service::DynamoDb,
            Self::PutRecord256 | Self::PutRecords500 => Service::Kinesis,
        }
    }

    /// Connections of the load generator.
    pub(crate) fn connections(self) -> u32 {
        match self {
            Self::Put8M | Self::Get8M | Self::Delete1000 => 8,
            Self::PutItem | Self::GetItem | Self::Query10 => 256,
            _ => 64,
        }
    }

    /// Threads of the load generator. Each repeats a part of the requests: of long ones, one each.
    pub(crate) fn threads(self) -> u32 {
        match self {
            Self::Put8M | Self::Get8M => 8,
            _ => 1,
        }
    }

    /// The requests that the load repeats in turn.
    pub(crate) fn requests(self) -> Vec<Request> {
        let items = 0..64;
        match self {
            Self::CallerIdentity => {
                vec![Request::form("sts", "Action=GetCallerIdentity&Version=2011-06-15")]
            }
            Self::GetUser => {
                vec![Request::form("iam", &format!("Action=GetUser&Version=2010-05-08&UserName={NAME}"))]
            }
            Self::Put4K => items.map(|number| put("small", number, 4 * KIB)).collect(),
            Self::Get4K => items.map(|number| get("small", number)).collect(),
            Self::Put8M => (0..8).map(|number| put("large", number, 8 * KIB * KIB)).collect(),
            Self::Get8M => (0..8).map(|number| get("large", number)).collect(),
            Self::List1000 => (0..LISTED / 1000).map(page).collect(),
            Self::Delete1000 => (0..DELETED / 1000).map(delete).collect(),
            Self::PutItem => (0..ITEMS).map(put_item).collect(),
            Self::GetItem => (0..ITEMS).map(get_item).collect(),
            Self::Query10 => (0..ITEMS / 10).map(query).collect(),
            Self::BatchWrite25 => items.map(batch).collect(),
            Self::PutRecord256 => (0..RECORDS).map(put_record).collect(),
            Self::PutRecords500 => items.map(put_records).collect(),
        }
    }

    /// The requests of a load that cannot be repeated.
    pub(crate) fn once(self) -> Option<Once> {
        let before = || (0..DELETED).map(|number| put_tiny("gone", number)).collect();
        (self == Self::Delete1000).then(|| Once { before: before(), requests: self.requests() })
    }

    /// Makes what the requests need, once for each server.
    pub(crate) fn prepare(self, endpoint: &Endpoint, folder: &Path) -> Outcome {
        let before = match self {
            Self::CallerIdentity | Self::Get4K | Self::Get8M | Self::Put8M => Vec::new(),
            Self::List1000 | Self::Delete1000 => Vec::new(),
            Self::GetItem | Self::Query10 | Self::BatchWrite25 | Self::PutRecords500 => Vec::new(),
            Self::GetUser => {
                vec![Request::form("iam", &format!("Action=CreateUser&Version=2010-05-08&UserName={NAME}"))]
            }
            Self::Put4K => vec![Request::s3(Method::PUT, format!("/{NAME}"), Vec::new())],
            Self::PutItem => vec![create_table()],
            Self::PutRecord256 => vec![create_stream()],
        };
        before.iter().try_for_each(|request| endpoint.send(request).map(drop))?;
        if self == Self::PutRecord256 {
            until_active(endpoint)?;
        }
        if self == Self::List1000 {
            let many: Vec<Request> = (0..LISTED).map(|number| put_tiny("many", number)).collect();
            crowd::send(endpoint, &many, 32, folder)?;
            let listed = endpoint.send(&page(LISTED / 1000 - 1))?.matches("<Key>").count();
            if listed != 1000 {
                return Err(Failure::new(format!("the last page lists {listed} keys, not 1000")));
            }
        }
        // What is got must be there, also where only this load was chosen.
        let puts = match self {
            Self::Get4K => Self::Put4K.requests(),
            Self::Get8M => Self::Put8M.requests(),
            Self::GetItem | Self::Query10 => Self::PutItem.requests(),
            _ => Vec::new(),
        };
        puts.iter().try_for_each(|request| endpoint.send(request).map(drop))
    }

    /// The load whose preparation this one needs too.
    pub(crate) fn after(self) -> Option<Self> {
        match self {
            Self::Get4K | Self::Put8M | Self::Get8M | Self::List1000 | Self::Delete1000 => Some(Self::Put4K),
            Self::GetItem | Self::Query10 | Self::BatchWrite25 => Some(Self::PutItem),
            Self::PutRecords500 => Some(Self::PutRecord256),
            _ => None,
        }
    }
}

fn put(folder: &str, number: u32, size: usize) -> Request {
    // Not compressible, and different in every object.
    let mut state = u64::from(number) + 1;
    let content = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()
    });
    Request::s3(Method::PUT, path(folder, number), content.flatten().take(size).collect())
}

fn get(folder: &str, number: u32) -> Request {
    Request::s3(Method::GET, path(folder, number), Vec::new())
}

fn path(folder: &str, number: u32) -> String {
    format!("/{NAME}/{folder}/{number:03}")
}

/// Objects that are listed.
const LISTED: u32 = 100_000;

/// Objects that are deleted each time.
const DELETED: u32 = 20_000;

fn key(folder: &str, number: u32) -> String {
    format!("{folder}/{number:06}")
}

fn put_tiny(folder: &str, number: u32) -> Request {
    Request::s3(Method::PUT, format!("/{NAME}/{}", key(folder, number)), b"tiny".to_vec())
}

/// A page somewhere in the list: the thousand keys from there on.
fn page(number: u32) -> Request {
    // Before the first key is the name of the folder.
    let after = number.checked_mul(1000).and_then(|first| first.checked_sub(1));
    let after = after.map_or("many/".to_owned(), |last| key("many", last)).replace('/', "%2F");
    let query = format!("list-type=2&max-keys=1000&prefix=many%2F&start-after={after}");
    Request::s3(Method::GET, format!("/{NAME}?{query}"), Vec::new())
}

fn delete(number: u32) -> Request {
    let first = number * 1000;
    let keys =
        (first..first + 1000).map(|number| format!("<Object><Key>{}</Key></Object>", key("gone", number)));
    let body = format!("<Delete><Quiet>true</Quiet>{}</Delete>", keys.collect::<String>()).into_bytes();
    let mut request = Request::s3(Method::POST, format!("/{NAME}?delete="), body);
    let checksum = STANDARD.encode(digest(&SHA256, &request.body));
    request.headers.push(("x-amz-checksum-sha256", checksum));
    request
}

/// Items of about 300 bytes, ten in a partition.
fn create_table() -> Request {
    let table = json!({
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "of", "AttributeType": "S" },
            { "AttributeName": "id", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "of", "KeyType": "HASH" },
            { "AttributeName": "id", "KeyType": "RANGE" },
        ],
    });
    Request::json("dynamodb", "DynamoDB_20120810.CreateTable", &table)
}

/// Items that are put; they fill whole partitions.
const ITEMS: u32 = 160;

fn partition(number: u32) -> String {
    format!("partition-{:03}", number / 10)
}

fn id(number: u32) -> String {
    format!("item-{number:05}")
}

fn item(number: u32) -> serde_json::Value {
    json!({
        "of": { "S": partition(number) },
        "id": { "S": id(number) },
        "n": { "N": "42" },
        "text": { "S": "x".repeat(240) },
    })
}

fn put_item(number: u32) -> Request {
    let put = json!({ "TableName": NAME, "Item": item(number) });
    Request::json("dynamodb", "DynamoDB_20120810.PutItem", &put)
}

fn get_item(number: u32) -> Request {
    let key = json!({ "of": { "S": partition(number) }, "id": { "S": id(number) } });
    let get = json!({ "TableName": NAME, "Key": key });
    Request::json("dynamodb", "DynamoDB_20120810.GetItem", &get)
}

fn query(number: u32) -> Request {
    let query = json!({
        "TableName": NAME,
        "KeyConditionExpression": "#of = :of",
        "ExpressionAttributeNames": { "#of": "of" },
        "ExpressionAttributeValues": { ":of": { "S": partition(number * 10) } },
    });
    Request::json("dynamodb", "DynamoDB_20120810.Query", &query)
}

/// Other items than those that are queried.
fn batch(number: u32) -> Request {
    let first = ITEMS + number * 25;
    let puts: Vec<_> =
        (first..first + 25).map(|number| json!({ "PutRequest": { "Item": item(number) } })).collect();
    let write = json!({ "RequestItems": { NAME: puts } });
    Request::json("dynamodb", "DynamoDB_20120810.BatchWriteItem", &write)
}

/// So many shards take what the loads put, a thousand records a second each; an account may have no more than 500.
pub(super) const SHARDS: u32 = 400;

/// Records that are put alone.
const RECORDS: u32 = 4096;

fn create_stream() -> Request {
    let stream = json!({ "StreamName": NAME, "ShardCount": SHARDS });
    Request::json("kinesis", "Kinesis_20131202.CreateStream", &stream)
}

/// A stream takes records a little after it was made.
fn until_active(endpoint: &Endpoint) -> Outcome {
    let first = put_record(0);
    for _ in 0..100 {
        if endpoint.send(&first).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Err(Failure::new("the stream takes no records"))
}

/// 256 bytes under a partition key of their own: shards are as many as their limits need.
fn record(number: u32) -> serde_json::Value {
    const DATA: usize = 256;
    let data: String = std::iter::repeat_n("YWJj", DATA / 3).chain(["YQ=="]).collect();
    json!({ "PartitionKey": format!("key-{number}"), "Data": data })
}

fn put_record(number: u32) -> Request {
    let mut put = record(number);
    if let Some(put) = put.as_object_mut() {
        put.insert("StreamName".to_owned(), NAME.into());
    }
    Request::json("kinesis", "Kinesis_20131202.PutRecord", &put)
}

fn put_records(number: u32) -> Request {
    let first = number * 500;
    let records: Vec<_> = (first..first + 500).map(record).collect();
    let put = json!({ "StreamName": NAME, "Records": records });
    Request::json("kinesis", "Kinesis_20131202.PutRecords", &put)
}
