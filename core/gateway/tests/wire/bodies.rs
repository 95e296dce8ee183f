//! Content that the signature covers.

use crate::{
    client::{Answer, Ask, Wire, scope, send, signer},
    world::{World, now},
};

const STREAMING: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

/// An upload in signed chunks, the last of which is signed wrongly if so wanted.
async fn upload(world: &World, path: &str, content: &str, spoil: bool, chunked: bool) -> Answer {
    let time = now();
    let mut ask = Ask::new("PUT", path)
        .with("x-amz-decoded-content-length", &content.len().to_string())
        .with("content-encoding", "aws-chunked");
    if chunked {
        ask = ask.with("transfer-encoding", "chunked");
    }
    let ask = ask.signed_at(&world.root, "s3", STREAMING, time);
    let authorization = ask.headers["authorization"].to_str().unwrap();
    let seed = authorization.rsplit_once("Signature=").unwrap().1;
    let (scope, key) = scope(&world.root, "s3", time);
    let mut chunks = signer(&world.root, &key, &scope, "s3").chunks(seed, time);
    let mut body = chunks.chunk(content.as_bytes());
    let mut last = chunks.chunk(b"");
    if spoil {
        let at = last.len() - 4;
        last[at] = if last[at] == b'0' { b'1' } else { b'0' };
    }
    body.extend(last);
    body.extend(b"\r\n");
    if chunked {
        body = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    }
    Wire::open(world).await.ask(&ask.body(body)).await
}

#[tokio::test]
async fn nothing_is_published_before_the_last_chunk_is_verified() {
    let world = World::new().await;
    let content = "x".repeat(20_000);
    upload(&world, "/b/good", &content, false, false).await.ok();
    assert_eq!(world.depot.thing("b/good").unwrap(), content.as_bytes());
    let answer = upload(&world, "/b/bad", &content, true, false).await;
    answer.refused(403, "SignatureDoesNotMatch");
    assert_eq!(world.depot.thing("b/bad"), None);
    let record = world.record(answer.id()).await;
    assert!(format!("{:?}", record.ending).contains("SignatureDoesNotMatch"), "{record:?}");
}

#[tokio::test]
async fn content_that_frames_itself_may_come_without_a_length() {
    let world = World::new().await;
    upload(&world, "/b/good", "content", false, true).await.ok();
    assert_eq!(world.depot.thing("b/good").unwrap(), "content");
    let ask = Ask::new("PUT", "/b/open").with("transfer-encoding", "chunked").signed(&world.root, "s3");
    let answer = Wire::open(&world).await.ask(&ask.body("0\r\n\r\n")).await;
    answer.refused(501, "NotImplemented");
    assert!(answer.body.contains("<Header>Transfer-Encoding</Header>"), "{}", answer.body);
    assert!(
        answer.body.contains("A header you provided implies functionality that is not implemented"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn content_with_another_hash_is_not_published() {
    let world = World::new().await;
    let forged = Ask::new("PUT", "/b/k").body("aaaa").signed(&world.root, "s3").body("bbbb");
    send(&world, &forged).await.refused(400, "XAmzContentSHA256Mismatch");
    assert_eq!(world.depot.thing("b/k"), None);
    let json = Ask::json("WriteNote", r#"{"Bucket":"b"}"#).signed(&world.root, "jsondepot");
    send(&world, &json.body(r#"{"Bucket":"c"}"#)).await.refused(400, "InvalidSignatureException");
}

#[tokio::test]
async fn content_that_breaks_off_is_not_published() {
    let world = World::new().await;
    let ask = Ask::new("PUT", "/b/k").body("0123456789").signed(&world.root, "s3");
    let mut wire = Wire::open(&world).await;
    wire.write(format!("{}content-length: 10\r\n\r\n01234", ask.head_text())).await;
    drop(wire);
    send(&world, &Ask::new("GET", "/b/k").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
    assert_eq!(world.depot.thing("b/k"), None);
}
