//! What one client may use up.

use std::{sync::atomic::Ordering, time::Duration};

use kurodo_gateway::{Limits, Pace};
use tokio::{io::AsyncReadExt, time::sleep};

use crate::{
    client::{Ask, Second, Wire, connect, send},
    world::World,
};

fn limits() -> Limits {
    let pace = Pace { patience: Duration::from_millis(300), least: 1 << 20 };
    Limits { head: Duration::from_millis(400), idle: Duration::from_millis(400), pace, ..Limits::default() }
}

#[tokio::test]
async fn heads_over_the_limits_are_refused() {
    let world = World::with(Limits { head_bytes: 8 << 10, header_fields: 40, ..Limits::default() }, 8).await;
    let second = Second::open(&world).await;
    let large = Ask::new("GET", "/b/k").with("x-large", &"x".repeat(8 << 10)).signed(&world.root, "s3");
    let query = Ask::new("GET", &format!("/b/k?x={}", "x".repeat(8 << 10))).signed(&world.root, "s3");
    let mut many = Ask::new("GET", "/b/k");
    for number in 0..40 {
        let name: http::HeaderName = format!("x-field-{number}").parse().unwrap();
        many.headers.insert(name, "x".parse().unwrap());
    }
    for ask in [large, query, many.signed(&world.root, "s3")] {
        for answer in [send(&world, &ask).await, second.ask(&ask).await] {
            let id = answer.refused(400, "RequestHeaderSectionTooLarge").id().to_owned();
            assert_eq!(world.refusal(&id).await, "RequestHeaderSectionTooLarge");
        }
    }
    let endless = Ask::new("GET", "/b/k").with("x-large", &"x".repeat(100 << 10));
    let mut wire = Wire::open(&world).await;
    let answer = wire.ask(&endless).await;
    assert_eq!(answer.status, 431);
    send(&world, &Ask::new("GET", "/b/k").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let world = World::with(limits(), 8).await;
    let mut wire = Wire::open(&world).await;
    wire.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
    wire.end().await;
    // One that says nothing at all, in either version.
    Wire::open(&world).await.end().await;
    let mut second = connect(&world, b"h2").await;
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), second.read_to_end(&mut rest)).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_slow_handshake_is_cut_off() {
    let world = World::with(limits(), 8).await;
    let mut socket = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut rest)).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_slow_body_is_cut_off() {
    let world = World::with(limits(), 8).await;
    let ask = Ask::new("PUT", "/b/k").body("0123456789").signed(&world.root, "s3");
    let head = format!("{}content-length: 10\r\n\r\n", ask.head_text());
    let mut silent = Wire::open(&world).await;
    silent.write(format!("{head}01234")).await;
    let answer = silent.answer(false).await;
    let record = world.record(answer.refused(400, "RequestTimeout").id()).await;
    assert!(format!("{:?}", record.ending).contains("RequestTimeout"));

    let mut dripping = Wire::open(&world).await;
    dripping.write(&head).await;
    let (mut read, mut write) = tokio::io::split(dripping.0);
    let drip = tokio::spawn(async move {
        for byte in b"0123456789" {
            use tokio::io::AsyncWriteExt;
            sleep(Duration::from_millis(100)).await;
            let _ = write.write_all(&[*byte]).await;
            let _ = write.flush().await;
        }
    });
    let mut answer = [0; 12];
    read.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    drip.await.unwrap();
    assert_eq!(world.depot.thing("b/k"), None);
}

#[tokio::test]
async fn a_client_that_takes_no_answer_is_cut_off() {
    let world = World::with(limits(), 8).await;
    let content = vec![b'x'; 16 << 20];
    send(&world, &Ask::new("PUT", "/b/k").body(content).signed(&world.root, "s3")).await.ok();
    let mut wire = Wire::open(&world).await;
    wire.write(Ask::new("GET", "/b/k").signed(&world.root, "s3").text()).await;
    sleep(Duration::from_secs(2)).await;
    assert!(wire.end().await.len() < 16 << 20);
}

#[tokio::test]
async fn bodies_are_limited_by_their_operation() {
    let world = World::new().await;
    let note = |length: usize| format!(r#"{{"Bucket":"b","Text":"{}"}}"#, "x".repeat(length));
    let json = |length| Ask::json("WriteNote", &note(length)).signed(&world.root, "jsondepot");
    send(&world, &json(900)).await.ok();
    let answer = send(&world, &json(1024)).await;
    let id = answer.refused(413, "RequestEntityTooLargeException").id().to_owned();
    assert_eq!(world.refusal(&id).await, "RequestEntityTooLargeException");
    assert_eq!(world.record(&id).await.operation, "WriteNote");
    let xml = Ask::xml("note").body("x".repeat(2000)).signed(&world.root, "s3");
    send(&world, &xml).await.refused(400, "MaxMessageLengthExceeded");
    assert_eq!(world.depot.handled.load(Ordering::Relaxed), 1);
    send(&world, &Ask::new("PUT", "/b/k").body(vec![0; 100_000]).signed(&world.root, "s3")).await.ok();
}

#[tokio::test]
async fn too_many_requests_are_told_to_slow_down_in_their_services_words() {
    let world = World::with(Limits::default(), 1).await;
    let second = Second::open(&world).await;
    let wait = Ask::xml("wait").signed(&world.root, "s3");
    let waiting = async { second.ask(&wait).await.ok().status };
    let others = async {
        while world.depot.waiting.load(Ordering::Relaxed) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        let s3 = second.ask(&Ask::new("GET", "/b/k").signed(&world.root, "s3")).await;
        s3.refused(503, "SlowDown");
        assert!(s3.body.contains("<Message>Please reduce your request rate.</Message>"), "{}", s3.body);
        let json = Ask::json("WriteNote", r#"{"Bucket":"b"}"#).signed(&world.root, "jsondepot");
        let json = second.ask(&json).await;
        json.refused(400, "ThrottlingException");
        let query = Ask::query("Action=WriteNote&Version=2026-01-01&Bucket=b");
        let query = second.ask(&query.signed(&world.root, "querydepot")).await;
        query.refused(400, "Throttling");
        for (answer, code) in [(&s3, "SlowDown"), (&json, "ThrottlingException"), (&query, "Throttling")] {
            assert_eq!(world.refusal(answer.id()).await, code);
        }
        world.depot.gate.add_permits(1);
    };
    let (status, ()) = tokio::join!(waiting, others);
    assert_eq!(status, 200);
    second.ask(&Ask::new("GET", "/b/k").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
}

#[tokio::test]
async fn who_is_not_known_yet_keeps_nobody_out() {
    let world = World::with(Limits::default(), 1).await;
    let form = "POST /b HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n\r\n--b\r\n";
    let query = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nAction";
    // The signature covers what is still to come.
    let claimed = Ask::json("WriteNote", r#"{"Bucket":"b"}"#).signed(&world.root, "jsondepot").head_text();
    let claimed = format!("{claimed}content-length: 1000\r\n\r\n{{");
    let mut unfinished = Vec::new();
    for begun in [form, query, &claimed] {
        let mut wire = Wire::open(&world).await;
        wire.write(begun).await;
        unfinished.push(wire);
    }
    sleep(Duration::from_millis(200)).await;
    let get = Ask::new("GET", "/b/k").signed(&world.root, "s3");
    send(&world, &get).await.refused(404, "NoSuchKey");
    let put = Ask::json("WriteNote", r#"{"Bucket":"b"}"#).signed(&world.root, "jsondepot");
    send(&world, &put).await.ok();
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let world = World::with(Limits { each: 1, ..limits() }, 8).await;
    let first = Wire::open(&world).await;
    let mut extra = tokio::net::TcpStream::connect(world.address).await.unwrap();
    assert_eq!(extra.read(&mut [0]).await.unwrap_or_default(), 0);
    drop(first);
    sleep(Duration::from_millis(100)).await;
    let get = Ask::new("GET", "/b/k").signed(&world.root, "s3");
    Wire::open(&world).await.ask(&get).await.refused(404, "NoSuchKey");
}

#[tokio::test]
async fn too_many_connections_are_told_to_slow_down_and_later_ones_wait() {
    let world = World::with(Limits { connections: 1, turned_away: 1, ..limits() }, 8).await;
    let get = Ask::new("GET", "/b/k").signed(&world.root, "s3");
    let mut first = Wire::open(&world).await;
    first.ask(&get).await.refused(404, "NoSuchKey");
    let mut extra = Wire::open(&world).await;
    let answer = extra.ask(&get).await;
    answer.refused(503, "SlowDown");
    assert_eq!(answer.header("connection"), "close");
    assert_eq!(world.refusal(answer.id()).await, "SlowDown");
    extra.end().await;
    drop(first);
    sleep(Duration::from_millis(100)).await;
    Wire::open(&world).await.ask(&get).await.refused(404, "NoSuchKey");
}
