//! Requests: their heads, every form of signature, posted forms and chunked bodies.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kurodo_sigv4::{
    BodyCheck, Claim, Rules, V4aKey, post_policy,
    post_policy::{Fields, PostKey, PostVersion},
    read,
};
use tokio::io::AsyncWriteExt;

use crate::request::{AKID, NOW, OTHER, Request, SECRET, key, scope, signer};

/// Bytes as a connection of HTTP/1.1; the head that comes out of them as a signed one.
pub fn head(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1 << 16);
        let answer = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
            let (parts, _) = request.into_parts();
            let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
            let authority = parts.uri.authority().map(http::uri::Authority::as_str);
            let head =
                kurodo_sigv4::Head { method: &parts.method, path, query, headers: &parts.headers, authority };
            let _ = read(&head);
            Ok::<_, Infallible>(http::Response::new(Empty::<Bytes>::new()))
        });
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), answer);
        let sending = async {
            let _ = client.write_all(data.get(..1 << 15).unwrap_or(data)).await;
            let _ = client.shutdown().await;
            let mut sink = tokio::io::sink();
            let _ = tokio::io::copy(&mut client, &mut sink).await;
        };
        let _ = tokio::join!(serving, sending);
    });
}

/// A request as text, with whatever it claims: nobody here has signed it, so that it must not hold.
pub fn signature(data: &[u8]) {
    let Some(request) = Request::parse(data) else { return };
    let _ = BodyCheck::anonymous(&request.head());
    for rules in [Rules::s3(), Rules::service(&["sts"], 900)] {
        assert!(!holds(&request, OTHER, &rules));
    }
}

/// Whether the claim of a request holds with this secret; false where there is none.
fn holds(request: &Request, secret: &str, rules: &Rules<'_>) -> bool {
    let head = request.head();
    let hash = Some([0; 32]);
    match read(&head) {
        Ok(Claim::V4(claim)) => claim.verify(&head, &key(secret, &claim.scope), rules, NOW, hash).is_ok(),
        Ok(Claim::V4a(claim)) => V4aKey::derive(&claim.access_key_id, secret)
            .is_some_and(|key| claim.verify(&head, &key, rules, NOW, hash).is_ok()),
        Ok(Claim::V2(claim)) => claim.verify(&head, secret, rules, NOW, None, None).is_ok(),
        Ok(Claim::Anonymous | Claim::PostForm) | Err(_) => false,
    }
}

/// A signed request, of which some bytes were changed: it must hold no more, unless it means the same.
pub fn signed(data: &[u8]) {
    let Some((presigned, edits)) = data.split_first() else { return };
    let Some(whole) = sample(*presigned % 2 == 1) else { return };
    assert!(holds(&whole, SECRET, &Rules::s3()), "the sample itself");
    let mut path = whole.path.clone().into_bytes();
    for edit in edits.chunks_exact(2) {
        // Where in the path, and what to put there.
        let at = 1 + usize::from(edit[0]) % (path.len() - 1);
        path[at] = edit[1];
    }
    let Some(path) = String::from_utf8(path).ok().filter(|path| path.parse::<http::Uri>().is_ok()) else {
        return;
    };
    let same = decoded(&path) == decoded(&whole.path);
    let changed = Request { path, ..whole };
    assert!(same || !holds(&changed, SECRET, &Rules::s3()), "{}", changed.path);
}

fn decoded(path: &str) -> Vec<u8> {
    let mut bytes = path.as_bytes().iter();
    let mut out = Vec::new();
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.filter(|_| byte == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(value) => {
                out.push(value);
                bytes.nth(1);
            }
            None => out.push(byte),
        }
    }
    out
}

fn sample(presigned: bool) -> Option<Request> {
    let mut request =
        Request::parse(b"GET /bucket/some/key%20x?versionId=1\nHost: s3.example.com\nx-amz-meta-a: one\n\n")?;
    let scope = scope();
    let key = key(SECRET, &scope);
    let signer = signer(&key, &scope);
    if presigned {
        request.query = signer.presign(&request.head(), "UNSIGNED-PAYLOAD", NOW, 60).ok()?;
    } else {
        request.headers = signer.authorize(&request.head(), "UNSIGNED-PAYLOAD", NOW).ok()?;
    }
    Some(request)
}

/// The fields of a posted form, one a line.
pub fn form(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = text.lines().filter_map(|line| line.split_once('='));
    let mut pairs: Vec<(String, String)> =
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    post_policy::expand(&mut pairs, "some/file.txt");
    let Ok(Some(claim)) = post_policy::read(Fields(&pairs)) else { return };
    let derived;
    let key = match &claim.version {
        PostVersion::V4 { scope, .. } => {
            derived = key(OTHER, scope);
            PostKey::V4(&derived)
        }
        _ => PostKey::V2(OTHER),
    };
    assert!(claim.verify(Fields(&pairs), "bucket", &key, &Rules::s3(), NOW).is_err());
}

/// A chunked body: unsigned, or a signed one with changes. Nothing of a changed chunk may come out.
pub fn chunks(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    match mode % 2 {
        0 => {
            push(unsigned(), rest);
        }
        _ => edited(rest),
    }
}

fn edited(edits: &[u8]) {
    let content: Vec<u8> = (0..20_000_u32).map(|number| number as u8).collect();
    let Some((decoder, mut body)) = upload(&content) else { return };
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]]) % body.len() as u16);
        match edit[2] % 3 {
            0 => body[at] ^= edit[3],
            1 => body.insert(at, edit[3]),
            _ => drop(body.remove(at)),
        }
    }
    let out = push(Some(decoder), &body);
    assert!(content.starts_with(&out), "changed bytes came out");
}

fn push(decoder: Option<kurodo_sigv4::ChunkDecoder>, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let Some(mut decoder) = decoder else { return out };
    for piece in body.chunks(1000) {
        let piece = Bytes::copy_from_slice(piece);
        if decoder.push(piece, &mut |bytes| out.extend_from_slice(&bytes)).is_err() {
            return out;
        }
    }
    let _ = decoder.finish();
    out
}

fn unsigned() -> Option<kurodo_sigv4::ChunkDecoder> {
    let request = Request::parse(
        b"PUT /b/k\nHost: h\nContent-Encoding: aws-chunked\nx-amz-decoded-content-length: 9000\n\
          x-amz-trailer: x-amz-checksum-crc32\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\n\n",
    )?;
    match BodyCheck::anonymous(&request.head()) {
        Ok(BodyCheck::Chunked(decoder)) => Some(*decoder),
        _ => None,
    }
}

/// A signed upload of this content: its decoder, and the body.
fn upload(content: &[u8]) -> Option<(kurodo_sigv4::ChunkDecoder, Vec<u8>)> {
    let text = format!(
        "PUT /b/k\nHost: h\nContent-Encoding: aws-chunked\nx-amz-decoded-content-length: {}\n\n",
        content.len()
    );
    let mut request = Request::parse(text.as_bytes())?;
    let scope = scope();
    let key = key(SECRET, &scope);
    let signer = signer(&key, &scope);
    let form = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    request.headers = signer.authorize(&request.head(), form, NOW).ok()?;
    let seed = request.headers.get("authorization")?.to_str().ok()?.rsplit('=').next()?.to_owned();
    let mut chunks = signer.chunks(&seed, NOW);
    let mut body: Vec<u8> = content.chunks(8192).flat_map(|chunk| chunks.chunk(chunk)).collect();
    body.extend(chunks.chunk(b""));
    body.extend_from_slice(b"\r\n");
    let head = request.head();
    let Ok(Claim::V4(claim)) = read(&head) else { return None };
    debug_assert_eq!(claim.access_key_id, AKID);
    match claim.verify(&head, &key, &Rules::s3(), NOW, None).ok()?.body {
        BodyCheck::Chunked(decoder) => Some((*decoder, body)),
        _ => None,
    }
}
