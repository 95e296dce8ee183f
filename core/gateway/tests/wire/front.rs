//! What every client meets first: TLS, the versions of HTTP, routing, HEAD, connections that live on.

use std::sync::atomic::Ordering;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::{Ask, Second, Wire, send},
    world::World,
};

#[tokio::test]
async fn plaintext_is_refused_once_and_never_processed() {
    let world = World::new().await;
    let ask = Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3");
    let mut plain = TcpStream::connect(world.address).await.unwrap();
    let twice = [ask.text(), ask.text()].concat();
    plain.write_all(&twice).await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1);
    assert!(answer.ends_with("This port speaks TLS only: use https:// and the CA of `kurodo env`"));
    assert_eq!(world.depot.handled.load(Ordering::Relaxed), 0);
    assert!(world.audit.tail(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn both_versions_of_http_are_spoken() {
    let world = World::new().await;
    let put = Ask::new("PUT", "/b/k").body("content").signed(&world.root, "s3");
    let get = Ask::new("GET", "/b/k").signed(&world.root, "s3");
    send(&world, &put).await.ok();
    assert_eq!(send(&world, &get).await.ok().body, "content");
    let second = Second::open(&world).await;
    second.ask(&put).await.ok();
    assert_eq!(second.ask(&get).await.ok().body, "content");
}

#[tokio::test]
async fn who_agrees_on_nothing_speaks_as_it_begins() {
    let world = World::new().await;
    let put = Ask::new("PUT", "/b/k").body("content").signed(&world.root, "s3");
    let get = Ask::new("GET", "/b/k").signed(&world.root, "s3");
    let second = Second::knowing(&world).await;
    second.ask(&put).await.ok();
    assert_eq!(second.ask(&get).await.ok().body, "content");
    let mut first = Wire::agreeing_on_nothing(&world).await;
    assert_eq!(first.ask(&get).await.ok().body, "content");
    // Byte by byte it is still HTTP/1.1.
    let mut slow = Wire::agreeing_on_nothing(&world).await;
    for byte in get.text() {
        slow.write([byte]).await;
    }
    assert_eq!(slow.answer(false).await.ok().body, "content");
    // What begins like HTTP/2 and goes on in another way is none.
    let mut odd = Wire::agreeing_on_nothing(&world).await;
    odd.write("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n").await;
    assert!(!odd.end().await.contains(" 200 "));
    let mut odd = Wire::agreeing_on_nothing(&world).await;
    odd.write("PRINT /b/k HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(odd.answer(false).await.status.is_client_error());
}

#[tokio::test]
async fn the_service_is_found_by_scope_target_and_parameters() {
    let world = World::new().await;
    let json = Ask::json("WriteNote", r#"{"Bucket":"b","Text":"hi"}"#).signed(&world.root, "jsondepot");
    assert_eq!(send(&world, &json).await.ok().body, r#"{"Bucket":"b","Text":"hi"}"#);
    let query = Ask::query("Action=WriteNote&Version=2026-01-01&Bucket=b&Text=hi");
    assert!(
        send(&world, &query.signed(&world.root, "querydepot")).await.ok().body.contains("<Text>hi</Text>")
    );
    let wrong = Ask::json("WriteNote", "{}").signed(&world.root, "querydepot");
    send(&world, &wrong).await.refused(400, "InvalidSignatureException");
    let unknown = Ask::json("WriteNote", "{}").set("x-amz-target", "Nobody.Does");
    send(&world, &unknown.signed(&world.root, "nobody")).await.refused(404, "UnknownService");
}

#[tokio::test]
async fn an_unsigned_upload_is_an_upload_whatever_its_type_and_bucket() {
    let world = World::new().await;
    let form = "application/x-www-form-urlencoded";
    let put = Ask::new("PUT", "/public/drop/k").with("content-type", form).body("a=b");
    send(&world, &put).await.ok();
    assert_eq!(world.depot.thing("public/drop/k").unwrap(), "a=b");
    let get = Ask::new("GET", "/drop/k").set("host", "querydepot.s3.localhost");
    send(&world, &get).await.refused(403, "AccessDenied");
    let hosted = Ask::new("GET", "/drop/k").set("host", "public.s3.localhost");
    assert_eq!(send(&world, &hosted).await.ok().body, "a=b");
}

#[tokio::test]
async fn head_is_answered_without_content() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("seven..").signed(&world.root, "s3")).await.ok();
    let head = |path: &str| Ask::new("HEAD", path).signed(&world.root, "s3");
    let unsigned = Ask::new("HEAD", "/b/k");
    let mut wire = Wire::open(&world).await;
    let second = Second::open(&world).await;
    // Were there content after a head, the next answer would not be one.
    for _ in 0..2 {
        let found = wire.ask(&head("/b/k")).await;
        assert_eq!((found.status.as_u16(), found.header("content-length")), (200, "7"));
        for answer in [wire.ask(&head("/b/nothing")).await, second.ask(&head("/b/nothing")).await] {
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, ""));
            assert!(!answer.id().is_empty());
        }
        assert_eq!(wire.ask(&unsigned).await.status, 403);
        assert_eq!(wire.ask(&head("/b")).await.status, 405);
    }
    let nobody = Ask::new("HEAD", "/").set("x-amz-target", "Nobody.Does");
    assert_eq!(second.ask(&nobody).await.body, "");
    assert_eq!(wire.ask(&nobody).await.status, 404);
}

#[tokio::test]
async fn a_connection_lives_on_after_errors() {
    let world = World::new().await;
    let user = world.user("ada", "").await;
    let mut wire = Wire::open(&world).await;
    for _ in 0..2 {
        let denied = Ask::new("PUT", "/b/k").body("x".repeat(100_000)).signed(&user, "s3");
        wire.ask(&denied).await.refused(403, "AccessDenied");
        wire.ask(&Ask::new("GET", "/b/nothing").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
        let forged = Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3").body("y");
        wire.ask(&forged).await.refused(400, "XAmzContentSHA256Mismatch");
        wire.ask(&Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    }
}

#[tokio::test]
async fn who_waits_to_be_told_to_go_on_is_told_only_if_wanted() {
    let world = World::new().await;
    let user = world.user("ada", "").await;
    let ask = || Ask::new("PUT", "/b/k").body("content").with("expect", "100-continue");
    let mut wire = Wire::open(&world).await;
    let wanted = ask().signed(&world.root, "s3");
    wire.write(format!("{}content-length: 7\r\n\r\n", wanted.head_text())).await;
    assert_eq!(wire.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    wire.write("content").await;
    wire.answer(false).await.ok();
    for (refused, code) in [(ask().signed(&user, "s3"), "AccessDenied"), (ask(), "AccessDenied")] {
        let mut wire = Wire::open(&world).await;
        wire.write(format!("{}content-length: 7\r\n\r\n", refused.head_text())).await;
        wire.answer(false).await.refused(403, code);
    }
}
