//! Signature Version 2: understood, and refused by name unless the account opted in.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use kurodo_sigv4::stamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    client::{Ask, send},
    world::{Key, World, now},
};

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn mac(algorithm: hmac::Algorithm, secret: &str, text: &str) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), text.as_bytes()))
}

fn date() -> String {
    let at = jiff::Timestamp::from_second(now()).unwrap();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `Authorization: AWS key:signature`.
fn header(key: &Key, method: &str, path: &str) -> Ask {
    let date = date();
    let text = format!("{method}\n\n\n{date}\n{path}");
    let signature = mac(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key.secret, &text);
    let ask = Ask::new(method, path).with("date", &date);
    ask.with("authorization", &format!("AWS {}:{signature}", key.id))
}

/// `?AWSAccessKeyId=..&Expires=..&Signature=..`
fn presigned(key: &Key, path: &str, expires: i64) -> Ask {
    let text = format!("GET\n\n\n{expires}\n{path}");
    let signature = mac(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key.secret, &text);
    let signature = utf8_percent_encode(&signature, PLAIN);
    Ask::new("GET", &format!("{path}?AWSAccessKeyId={}&Expires={expires}&Signature={signature}", key.id))
}

/// The parameters of a query service, signed.
fn parameters(key: &Key, method: &str, time: i64) -> String {
    let time = stamp::extended(time);
    let mut pairs = [
        ("AWSAccessKeyId", key.id.as_str()),
        ("Action", "WriteNote"),
        ("Bucket", "b"),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Text", "a b/ü~"),
        ("Timestamp", &time),
        ("Version", "2026-01-01"),
    ];
    pairs.sort_unstable();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, PLAIN)));
    let pairs = pairs.join("&");
    let text = format!("{method}\nlocalhost\n/\n{pairs}");
    let signature = mac(hmac::HMAC_SHA256, &key.secret, &text);
    format!("{pairs}&Signature={}", utf8_percent_encode(&signature, PLAIN))
}

fn asks(key: &Key) -> [Ask; 4] {
    [
        header(key, "GET", "/b/k"),
        presigned(key, "/b/k", now() + 60),
        Ask::query(&parameters(key, "POST", now())),
        Ask::new("GET", &format!("/?{}", parameters(key, "GET", now()))),
    ]
}

#[tokio::test]
async fn it_is_refused_by_name() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    let [header, presigned, posted, got] = asks(&world.root);
    for ask in [header, presigned] {
        let answer = send(&world, &ask).await;
        let id = answer.refused(400, "InvalidRequest").id().to_owned();
        assert!(
            answer.body.contains(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            ),
            "{}",
            answer.body
        );
        assert_eq!(world.record(&id).await.access_key_id.as_ref(), Some(&world.root.id));
    }
    for ask in [posted, got] {
        send(&world, &ask).await.refused(400, "InvalidSignatureVersion");
    }
}

#[tokio::test]
async fn an_account_that_opted_in_signs_with_it_in_every_form() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    world.accept_version_two(true).await;
    let user = world.user("ada", "").await;
    for ask in asks(&world.root) {
        let answer = send(&world, &ask).await;
        let record = world.record(answer.ok().id()).await;
        assert_eq!(record.access_key_id.as_ref(), Some(&world.root.id));
    }
    for ask in asks(&user) {
        send(&world, &ask).await.refused(403, "AccessDenied");
    }
    world.accept_version_two(false).await;
    for ask in asks(&world.root) {
        assert_eq!(send(&world, &ask).await.status, 400);
    }
}

#[tokio::test]
async fn forged_and_outdated_ones_are_refused_there_too() {
    let world = World::new().await;
    world.accept_version_two(true).await;
    let forger = Key { secret: "not the secret".to_owned(), ..world.root.clone() };
    let [header, presigned_, posted, got] = asks(&forger);
    for ask in [header, presigned_, posted, got] {
        send(&world, &ask).await.refused(403, "SignatureDoesNotMatch");
    }
    let late = presigned(&world.root, "/b/k", now() - 1);
    send(&world, &late).await.refused(403, "AccessDenied");
    let old = Ask::query(&parameters(&world.root, "POST", now() - 1000));
    send(&world, &old).await.refused(403, "SignatureDoesNotMatch");
    let moved = Ask::query(&parameters(&world.root, "POST", now()).replace("Bucket=b", "Bucket=c"));
    send(&world, &moved).await.refused(403, "SignatureDoesNotMatch");
}
