//! Requests that could be read in two ways.

use std::sync::atomic::Ordering;

use crate::{
    client::{Ask, Second, Wire, send},
    world::{World, now},
};

#[tokio::test]
async fn two_lengths_are_refused_and_end_the_connection() {
    let world = World::new().await;
    let head = |fields: &str| {
        let ask = Ask::new("PUT", "/b/k").body("abc").signed(&world.root, "s3");
        format!("{}{fields}\r\n", ask.head_text())
    };
    let chunked = "3\r\nabc\r\n0\r\n\r\n";
    for (fields, body) in [
        ("content-length: 3\r\ntransfer-encoding: chunked\r\n", chunked),
        ("transfer-encoding: chunked\r\ncontent-length: 3\r\n", chunked),
        ("content-length: 3\r\ncontent-length: 3\r\n", "abc"),
    ] {
        let mut wire = Wire::open(&world).await;
        wire.write(format!("{}{body}", head(fields))).await;
        let answer = wire.answer(false).await;
        let id = answer.refused(400, "InvalidRequest").id().to_owned();
        assert_eq!(answer.header("connection"), "close", "{fields}");
        assert_eq!(wire.end().await, "", "{fields}");
        assert_eq!(world.refusal(&id).await, "InvalidRequest");
    }
    for fields in [
        "content-length: 3\r\ncontent-length: 4\r\n",
        "content-length: -3\r\n",
        "content-length: 3, 3\r\n",
        "content-length: 0x3\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length : 3\r\n",
        " folded: x\r\n",
    ] {
        let mut wire = Wire::open(&world).await;
        wire.write(format!("{}abc", head(fields))).await;
        let answer = wire.end().await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{fields}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{fields}: {answer}");
    }
    assert_eq!(world.depot.handled.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_smuggled_request_is_content_and_not_a_request() {
    let world = World::new().await;
    let inner = Ask::new("PUT", "/b/inner").body("x").signed(&world.root, "s3").text();
    let outer = Ask::new("PUT", "/b/outer").body(inner.clone()).signed(&world.root, "s3");
    let mut wire = Wire::open(&world).await;
    wire.ask(&outer).await.ok();
    wire.ask(&Ask::new("GET", "/b/inner").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
    assert_eq!(world.depot.thing("b/outer").unwrap(), inner);
}

#[tokio::test]
async fn what_counts_once_is_given_once() {
    let world = World::new().await;
    let ask = || Ask::new("GET", "/b/k");
    let signed = || ask().signed(&world.root, "s3");
    let again = |name: &'static str| {
        let ask = signed();
        let value = ask.headers[name].to_str().unwrap().to_owned();
        ask.with(name, &value)
    };
    let json = |ask: Ask| ask.signed(&world.root, "jsondepot");
    let note = || Ask::json("WriteNote", r#"{"Bucket":"b"}"#);
    for (ask, status, code) in [
        (again("host"), 400, "InvalidRequest"),
        (signed().with("host", "other.example"), 400, "InvalidRequest"),
        (ask().with("host", "localhost"), 400, "InvalidRequest"),
        (again("authorization"), 400, "InvalidArgument"),
        (again("x-amz-date"), 403, "AccessDenied"),
        (again("x-amz-content-sha256"), 400, "InvalidRequest"),
        (
            ask()
                .with("x-amz-security-token", "a")
                .with("x-amz-security-token", "b")
                .signed(&world.root, "s3"),
            400,
            "InvalidToken",
        ),
        (json(note().with("x-amz-target", "Depot.Wait")), 400, "MalformedHttpRequestException"),
        (json(note().with("content-type", "text/plain")), 400, "MalformedHttpRequestException"),
        (
            json(note().with("x-amz-security-token", "a").with("x-amz-security-token", "a")),
            400,
            "UnrecognizedClientException",
        ),
        (json(note().with("host", "localhost")), 400, "IncompleteSignatureException"),
    ] {
        let answer = Wire::open(&world).await.ask(&ask).await;
        let id = answer.refused(status, code).id().to_owned();
        assert_eq!(world.refusal(&id).await, code);
    }
    assert_eq!(world.depot.handled.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_request_is_authenticated_in_one_place() {
    let world = World::new().await;
    let both = Ask::new("GET", "/b/k").presigned(&world.root, "s3", now(), 60).signed(&world.root, "s3");
    let answer = send(&world, &both).await;
    answer.refused(400, "InvalidArgument");
    assert!(answer.body.contains("Only one auth mechanism allowed"), "{}", answer.body);
    let mixed = Ask::new("GET", "/b/k?AWSAccessKeyId=x&Signature=y&Expires=1").signed(&world.root, "s3");
    send(&world, &mixed).await.refused(400, "InvalidArgument");
    let json = Ask::json("WriteNote", "{}").presigned(&world.root, "jsondepot", now(), 60);
    let json = json.signed(&world.root, "jsondepot");
    send(&world, &json).await.refused(400, "InvalidSignatureException");
}

#[tokio::test]
async fn a_request_without_a_host_is_refused() {
    let world = World::new().await;
    for line in ["GET /b/k HTTP/1.1", "GET /b/k HTTP/1.0"] {
        let mut wire = Wire::open(&world).await;
        wire.write(format!("{line}\r\n\r\n")).await;
        let answer = wire.answer(false).await;
        answer.refused(400, "InvalidRequest");
    }
    let second = Second::open(&world).await;
    let other = Ask::new("GET", "/b/k").set("host", "other.example").signed(&world.root, "s3");
    second.ask(&other).await.refused(400, "InvalidRequest");
}
