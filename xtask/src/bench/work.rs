//! The loads: what is asked, by how many connections, and what must be there first.

use http::Method;
use serde_json::json;

use super::{
    client::{Endpoint, Request},
    server::Service,
};
use crate::failure::Outcome;

/// One kind of request, repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    CallerIdentity,
    GetUser,
    Put4K,
    Get4K,
    Put8M,
    Get8M,
    PutItem,
    GetItem,
}

/// The bucket, the user and the table that the loads use.
pub(crate) const NAME: &str = "bench";

const KIB: usize = 1024;

impl Work {
    /// In the order in which they run: what is got was put before.
    pub(crate) const ALL: [Self; 8] = [
        Self::CallerIdentity,
        Self::GetUser,
        Self::Put4K,
        Self::Get4K,
        Self::Put8M,
        Self::Get8M,
        Self::PutItem,
        Self::GetItem,
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
            Self::PutItem => "DynamoDB PutItem",
            Self::GetItem => "DynamoDB GetItem",
        }
    }

    /// The service that is asked.
    pub(crate) fn service(self) -> Service {
        match self {
            Self::CallerIdentity => Service::Sts,
            Self::GetUser => Service::Iam,
            Self::Put4K | Self::Get4K | Self::Put8M | Self::Get8M => Service::S3,
            Self::PutItem | Self::GetItem => Service::DynamoDb,
        }
    }

    /// Connections of the load generator.
    pub(crate) fn connections(self) -> u32 {
        match self {
            Self::Put8M | Self::Get8M => 8,
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
            Self::PutItem => items.map(put_item).collect(),
            Self::GetItem => items.map(get_item).collect(),
        }
    }

    /// Makes what the requests need, once for each server.
    pub(crate) fn prepare(self, endpoint: &Endpoint) -> Outcome {
        let before = match self {
            Self::CallerIdentity | Self::Get4K | Self::Get8M | Self::GetItem | Self::Put8M => Vec::new(),
            Self::GetUser => {
                vec![Request::form("iam", &format!("Action=CreateUser&Version=2010-05-08&UserName={NAME}"))]
            }
            Self::Put4K => vec![Request::s3(Method::PUT, format!("/{NAME}"), Vec::new())],
            Self::PutItem => vec![create_table()],
        };
        before.iter().try_for_each(|request| endpoint.send(request).map(drop))?;
        // What is got must be there, also where only this load was chosen.
        let puts = match self {
            Self::Get4K => Self::Put4K.requests(),
            Self::Get8M => Self::Put8M.requests(),
            Self::GetItem => Self::PutItem.requests(),
            _ => Vec::new(),
        };
        puts.iter().try_for_each(|request| endpoint.send(request).map(drop))
    }

    /// The load whose preparation this one needs too.
    pub(crate) fn after(self) -> Option<Self> {
        match self {
            Self::Get4K | Self::Put8M | Self::Get8M => Some(Self::Put4K),
            Self::GetItem => Some(Self::PutItem),
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

fn create_table() -> Request {
    let table = json!({
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
    });
    Request::json("dynamodb", "DynamoDB_20120810.CreateTable", &table)
}

fn put_item(number: u32) -> Request {
    let text = "x".repeat(200);
    let item =
        json!({ "id": { "S": format!("item-{number:03}") }, "n": { "N": "42" }, "text": { "S": text } });
    Request::json("dynamodb", "DynamoDB_20120810.PutItem", &json!({ "TableName": NAME, "Item": item }))
}

fn get_item(number: u32) -> Request {
    let key = json!({ "id": { "S": format!("item-{number:03}") } });
    Request::json("dynamodb", "DynamoDB_20120810.GetItem", &json!({ "TableName": NAME, "Key": key }))
}
