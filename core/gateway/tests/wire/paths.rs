//! Tricks with paths: a key is what the client signed, decoded once, and nothing else.

use crate::{
    client::{Ask, Wire, send},
    world::World,
};

#[tokio::test]
async fn keys_are_decoded_once_and_nothing_more() {
    let world = World::new().await;
    for (path, key) in [
        ("/b/%2e%2e/secret", "../secret"),
        ("/b/..%2fsecret", "../secret"),
        ("/b/a/../c", "a/../c"),
        ("/b/./a", "./a"),
        ("/b//a", "/a"),
        ("/b/a//b", "a//b"),
        ("/b/a/", "a/"),
        ("/b/a%2Fb", "a/b"),
        ("/b/%252e%252e", "%2e%2e"),
        ("/b/%25", "%"),
        ("/b/a%00b", "a\0b"),
        ("/b/a+b", "a+b"),
        ("/b/a%20b", "a b"),
        ("/b/%C3%BC", "ü"),
        ("/b/a%3Fb%23c", "a?b#c"),
    ] {
        let content = format!("{path} is {key}");
        let mut wire = Wire::open(&world).await;
        wire.ask(&Ask::new("PUT", path).body(content.as_str()).signed(&world.root, "s3")).await.ok();
        let stored = world.depot.thing(&format!("b/{key}"));
        assert_eq!(stored.as_deref(), Some(content.as_bytes()), "{path}");
        let got = wire.ask(&Ask::new("GET", path).signed(&world.root, "s3")).await;
        assert_eq!(got.ok().body, content, "{path}");
    }
}

#[tokio::test]
async fn a_policy_for_a_folder_is_not_escaped_by_dots() {
    let world = World::new().await;
    let allow = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/mine/*"}"#;
    let user = world.user("ada", allow).await;
    send(&world, &Ask::new("PUT", "/b/secret").body("x").signed(&world.root, "s3")).await.ok();
    send(&world, &Ask::new("PUT", "/b/mine/k").body("x").signed(&user, "s3")).await.ok();
    let mut wire = Wire::open(&world).await;
    for path in ["/b/secret", "/b//mine/k", "/b/%2e%2e/b/mine/k", "/c/mine/k"] {
        wire.ask(&Ask::new("GET", path).signed(&user, "s3")).await.refused(403, "AccessDenied");
    }
    wire.ask(&Ask::new("GET", "/b%2Fmine/k").signed(&user, "s3")).await.refused(400, "InvalidBucketName");
    // The key that was named, not the one that dots would lead to.
    for path in ["/b/mine/../secret", "/b/mine/%2e%2e/secret", "/b/mine/..%2fsecret"] {
        wire.ask(&Ask::new("GET", path).signed(&user, "s3")).await.refused(404, "NoSuchKey");
    }
}

#[tokio::test]
async fn broken_and_overlong_encodings_are_refused() {
    let world = World::new().await;
    for path in ["/b/%c0%ae%c0%ae/x", "/b/%ff", "/b/%e2%82", "/b/%ed%a0%80", "/b/%zz", "/b/%", "/b/%4"] {
        let ask = Ask::new("GET", path).signed(&world.root, "s3");
        Wire::open(&world).await.ask(&ask).await.refused(400, "InvalidURI");
    }
    for line in ["GET /b/a\0b HTTP/1.1", "GET b/k HTTP/1.1", "GET /b/\x01 HTTP/1.1", "GET  /b HTTP/1.1"] {
        let mut wire = Wire::open(&world).await;
        wire.write(format!("{line}\r\nHost: localhost\r\n\r\n")).await;
        assert!(wire.end().await.starts_with("HTTP/1.1 400 "), "{line:?}");
    }
    let long = Ask::new("GET", &format!("/b/{}", "x".repeat(20_000))).signed(&world.root, "s3");
    assert_eq!(Wire::open(&world).await.ask(&long).await.status, 400);
}

#[tokio::test]
async fn the_host_names_the_bucket_only_below_our_domain() {
    let world = World::new().await;
    let ask = Ask::new("PUT", "/k").set("host", "b.s3.localhost").body("x").signed(&world.root, "s3");
    send(&world, &ask).await.ok();
    assert!(world.depot.thing("b/k").is_some());
    let other = Ask::new("PUT", "/k").set("host", "b.s3.evil.example").body("x").signed(&world.root, "s3");
    send(&world, &other).await.refused(405, "MethodNotAllowed");
}
