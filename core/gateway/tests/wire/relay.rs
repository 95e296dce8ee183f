//! What one service asks of another.

use std::sync::Arc;

use bytes::Bytes;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relayed};
use kurodo_identity::Directory as _;

use crate::{
    client::{Ask, send},
    world::{Key, World, now},
};

async fn relayed(world: &World, key: &Key, method: &str, path: &str) -> Relayed {
    let caller = world.directory.credential(&key.id, None, now()).unwrap().caller.clone();
    asked(world, caller, method, path).await
}

async fn asked(world: &World, caller: Arc<Caller>, method: &str, path: &str) -> Relayed {
    let request = http::Request::builder().method(method).uri(path).body(Bytes::from_static(b"x")).unwrap();
    let region = "us-east-1".parse().unwrap();
    let order = Order { service: "s3", via: "dynamodb.amazonaws.com", caller, region, request };
    world.relay.send(order).await.unwrap()
}

#[tokio::test]
async fn an_order_is_decided_like_a_request() {
    let world = World::new().await;
    let plain = world.user("plain", "").await;
    let denied = relayed(&world, &plain, "PUT", "/b/k").await;
    assert_eq!(denied.status, 403);
    assert!(String::from_utf8_lossy(&denied.content).contains("<Code>AccessDenied</Code>"));
    assert!(world.depot.thing("b/k").is_none());

    assert_eq!(relayed(&world, &world.root, "PUT", "/b/k").await.status, 200);
    let found = relayed(&world, &world.root, "GET", "/b/k").await;
    assert_eq!((found.status, &*found.content), (200, &b"x"[..]));
    assert_eq!(found.headers["etag"], "\"1\"");
}

#[tokio::test]
async fn policies_see_who_asked_for_it() {
    let world = World::new().await;
    let statement = |condition: &str| {
        format!(r#"{{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{condition}}}"#)
    };
    let direct = world.user("direct", &statement(r#"{"Bool":{"aws:ViaAWSService":"false"}}"#)).await;
    let put = Ask::new("PUT", "/b/k").body("x").signed(&direct, "s3");
    send(&world, &put).await.ok();
    for (name, condition, status) in [
        ("direct", r#"{"Bool":{"aws:ViaAWSService":"false"}}"#, 403),
        ("via", r#"{"StringEquals":{"aws:CalledViaFirst":"dynamodb.amazonaws.com"}}"#, 200),
        ("service", r#"{"Bool":{"aws:ViaAWSService":"true"}}"#, 200),
        ("other", r#"{"StringEquals":{"aws:CalledViaFirst":"athena.amazonaws.com"}}"#, 403),
        ("address", r#"{"IpAddress":{"aws:SourceIp":"127.0.0.1"}}"#, 403),
    ] {
        let user = world.user(name, &statement(condition)).await;
        assert_eq!(relayed(&world, &user, "PUT", "/b/k").await.status, status, "{name}");
    }
}

#[tokio::test]
async fn policies_see_all_who_asked_one_the_other() {
    let world = World::new().await;
    let statement = |condition: &str| {
        format!(r#"{{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{condition}}}"#)
    };
    for (name, condition, status) in [
        ("first", r#"{"StringEquals":{"aws:CalledViaFirst":"athena.amazonaws.com"}}"#, 200),
        ("last", r#"{"StringEquals":{"aws:CalledViaLast":"dynamodb.amazonaws.com"}}"#, 200),
        ("not-first", r#"{"StringEquals":{"aws:CalledViaFirst":"dynamodb.amazonaws.com"}}"#, 403),
        ("any", r#"{"ForAnyValue:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}"#, 200),
        ("all", r#"{"ForAllValues:StringEquals":{"aws:CalledVia":"dynamodb.amazonaws.com"}}"#, 403),
    ] {
        let user = world.user(name, &statement(condition)).await;
        let caller = world.directory.credential(&user.id, None, now()).unwrap().caller.clone();
        let caller = Arc::new(caller.through("athena.amazonaws.com"));
        assert_eq!(asked(&world, caller, "PUT", "/b/k").await.status, status, "{name}");
    }
}
