//! The decoder of aws-chunked bodies.

use bytes::Bytes;
use kurodo_sigv4::{
    AuthError, BodyCheck, ChunkDecoder, Rules, Scope, ScopeDate, SigningKey, Trailers,
    sign::{ChunkSigner, Signer},
};
use proptest::prelude::*;

use crate::common::{AKID, Request, SECRET};

const NOW: i64 = 1_790_000_000;
const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

fn data(size: usize) -> Vec<u8> {
    (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

/// An upload's head, signed, and the signer of its chunks.
fn upload(form: &str, length: usize, trailer: Option<&str>) -> (Request, ChunkSigner) {
    let mut request = Request::parse("PUT /bucket/key\nHost: s3.example.com\nContent-Encoding: aws-chunked");
    request.set("x-amz-decoded-content-length", &length.to_string());
    if let Some(trailer) = trailer {
        request.set("x-amz-trailer", trailer);
    }
    let scope = Scope { date: ScopeDate::of(NOW), region: "eu-west-1".into(), service: "s3".into() };
    let key = SigningKey::derive(SECRET, scope.date, &scope.region, &scope.service);
    let signer = Signer { access_key_id: AKID, key: &key, scope: &scope, token: None, s3: true };
    request.headers = signer.authorize(&request.head(), form, NOW).unwrap();
    let authorization = request.headers["authorization"].to_str().unwrap();
    let chunks = signer.chunks(authorization.rsplit('=').next().unwrap(), NOW);
    (request, chunks)
}

fn decoder(request: &Request) -> Result<ChunkDecoder, AuthError> {
    match request.verify(SECRET, &Rules::s3(), NOW)?.body {
        BodyCheck::Chunked(decoder) => Ok(*decoder),
        other => panic!("{other:?}"),
    }
}

/// Pushes the pieces; what was released, and how it ended.
fn decode<'a>(
    request: &Request,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Result<Trailers, AuthError>) {
    let mut out = Vec::new();
    let mut decoder = decoder(request).unwrap();
    for piece in pieces {
        let bytes = Bytes::copy_from_slice(piece);
        if let Err(error) = decoder.push(bytes, &mut |bytes| out.extend_from_slice(&bytes)) {
            return (out, Err(error));
        }
    }
    (out, decoder.finish())
}

fn signed_body(size: usize, chunk: usize) -> (Request, Vec<u8>) {
    let (request, mut signer) = upload(SIGNED, size, None);
    let mut body = Vec::new();
    data(size).chunks(chunk).chain([&[][..]]).for_each(|piece| body.extend(signer.chunk(piece)));
    body.extend(b"\r\n");
    (request, body)
}

fn trailer_body(size: usize, chunk: usize) -> (Request, Vec<u8>) {
    let (request, mut signer) = upload(SIGNED_TRAILER, size, Some("x-amz-checksum-crc32c"));
    let mut body = Vec::new();
    data(size).chunks(chunk).chain([&[][..]]).for_each(|piece| body.extend(signer.chunk(piece)));
    body.extend(signer.trailer(&[("x-amz-checksum-crc32c", "sOO8/Q==")]).bytes());
    (request, body)
}

fn unsigned_body(size: usize, chunk: usize) -> (Request, Vec<u8>) {
    let (request, _) = upload(UNSIGNED, size, Some("x-amz-checksum-crc32c"));
    let mut body = Vec::new();
    for piece in data(size).chunks(chunk) {
        body.extend(format!("{:x}\r\n", piece.len()).bytes());
        body.extend(piece);
        body.extend(b"\r\n");
    }
    body.extend(b"0\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n\r\n");
    (request, body)
}

#[test]
fn whole_bodies_decode() {
    for (size, chunk) in
        [(0, 8192), (1, 8192), (8192, 8192), (8193, 8192), (70_000, 65_536), (1 << 20, 1 << 20)]
    {
        for (request, body) in
            [signed_body(size, chunk), trailer_body(size, chunk), unsigned_body(size, chunk)]
        {
            let (out, end) = decode(&request, [&body[..]]);
            assert!(end.is_ok(), "{size} {end:?}");
            assert!(out == data(size));
        }
    }
}

#[test]
fn a_signed_chunk_is_released_only_when_it_holds() {
    let (request, mut body) = signed_body(20_000, 10_000);
    let second = body.len() - 5_000;
    body[second] ^= 1;
    let (out, end) = decode(&request, [&body[..]]);
    assert!(matches!(end, Err(AuthError::SignatureDoesNotMatch(_))), "{end:?}");
    assert_eq!(out, data(10_000));
}

#[test]
fn chunks_in_another_order_are_refused() {
    let (request, mut signer) = upload(SIGNED, 20_000, None);
    let first = signer.chunk(&data(10_000));
    let second = signer.chunk(&data(10_000));
    let (out, end) = decode(&request, [&second[..], &first[..]]);
    assert!(out.is_empty() && matches!(end, Err(AuthError::SignatureDoesNotMatch(_))), "{end:?}");
}

#[test]
fn a_cut_body_is_incomplete() {
    let (request, body) = signed_body(20_000, 10_000);
    for cut in [0, 1, 50, 5_000, 10_088, body.len() - 2, body.len() - 1] {
        let (_, end) = decode(&request, [&body[..cut]]);
        assert_eq!(end, Err(AuthError::BodyIncomplete), "{cut}");
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    for (request, mut body) in [signed_body(10, 8192), trailer_body(10, 8192), unsigned_body(10, 8192)] {
        body.push(b'\r');
        assert_eq!(decode(&request, [&body[..]]).1, Err(AuthError::TrailerMalformed));
    }
}

#[test]
fn only_the_last_chunk_may_be_small() {
    for (request, body) in [signed_body(8191 * 2, 8191), unsigned_body(8191 * 2, 8191)] {
        let end = decode(&request, [&body[..]]).1;
        assert_eq!(end, Err(AuthError::ChunkSize { number: 1, size: 8191 }));
    }
}

#[test]
fn a_signed_chunk_must_fit_in_memory() {
    let (request, _) = upload(SIGNED, 1 << 30, None);
    let line = format!("{:x};chunk-signature={}\r\n", (16 << 20) + 1, "0".repeat(64));
    let end = decode(&request, [line.as_bytes()]).1;
    assert_eq!(end, Err(AuthError::ChunkSize { number: 1, size: (16 << 20) + 1 }));
}

#[test]
fn the_length_must_be_the_announced_one() {
    for wrong in [9_999, 10_001] {
        let (request, mut signer) = upload(SIGNED, wrong, None);
        let mut body = signer.chunk(&data(10_000));
        body.extend(signer.chunk(b""));
        body.extend(b"\r\n");
        let end = decode(&request, [&body[..]]).1;
        let declared = u64::try_from(wrong).unwrap();
        assert_eq!(end, Err(AuthError::DecodedLengthMismatch { declared, received: 10_000 }));
    }
}

#[test]
fn the_length_must_be_there() {
    for (value, error) in
        [(None, AuthError::DecodedLengthMissing), (Some("+5"), AuthError::DecodedLengthMalformed)]
    {
        let mut request = Request::parse("PUT /bucket/key\nHost: s3.example.com");
        request.set("x-amz-content-sha256", UNSIGNED);
        if let Some(value) = value {
            request.set("x-amz-decoded-content-length", value);
        }
        assert_eq!(BodyCheck::anonymous(&request.head()).unwrap_err(), error);
    }
}

#[test]
fn anonymous_bodies_follow_what_is_stated() {
    let mut request = Request::parse("PUT /bucket/key\nHost: s3.example.com");
    let check = |request: &Request| BodyCheck::anonymous(&request.head());
    assert!(matches!(check(&request), Ok(BodyCheck::Unsigned)));
    request.set("x-amz-content-sha256", &"00".repeat(32));
    assert!(matches!(check(&request), Ok(BodyCheck::Sha256(hash)) if hash == [0; 32]));
    request.set("x-amz-decoded-content-length", "1");
    request.set("x-amz-content-sha256", UNSIGNED);
    let Ok(BodyCheck::Chunked(mut decoder)) = check(&request) else { panic!("not chunked") };
    let mut out = Vec::new();
    decoder.push(Bytes::from_static(b"1\r\nx\r\n0\r\n\r\n"), &mut |bytes| out.push(bytes)).unwrap();
    assert_eq!((out, decoder.finish()), (vec![Bytes::from_static(b"x")], Ok(Trailers::default())));
    request.set("x-amz-content-sha256", SIGNED);
    assert_eq!(check(&request).unwrap_err(), AuthError::PayloadRefused { payload: SIGNED });
}

#[test]
fn loose_grammar_is_refused() {
    let (request, _) = upload(UNSIGNED, 10, None);
    for body in [
        "a\n",
        "\r\n",
        "g\r\n",
        "+a\r\n",
        " a\r\n",
        "a \r\n",
        "0xa\r\n",
        "a;x=y\r\n",
        "00000000000000000a\r\n",
        "-1\r\n",
        "a\r\n0123456789\n\n",
        "a\r\n0123456789xx\r\n",
        "a\r\n0123456789\r\n\r\n",
    ] {
        let end = decode(&request, [body.as_bytes()]).1;
        assert!(matches!(end, Err(AuthError::ChunkMalformed { .. })), "{body:?}: {end:?}");
    }
    let long = "a".repeat(600);
    assert!(matches!(decode(&request, [long.as_bytes()]).1, Err(AuthError::ChunkMalformed { number: 1 })));
}

#[test]
fn signed_bodies_take_no_unsigned_chunks() {
    let (request, _) = upload(SIGNED, 1, None);
    for body in ["1\r\nx\r\n0\r\n\r\n", "1;chunk-signature=\r\nx\r\n", "1;signature=00\r\nx\r\n"] {
        let (out, end) = decode(&request, [body.as_bytes()]);
        assert!(out.is_empty() && end.is_err(), "{body:?}");
    }
    let (request, _) = upload(UNSIGNED, 1, None);
    let line = format!("1;chunk-signature={}\r\nx\r\n", "0".repeat(64));
    assert!(decode(&request, [line.as_bytes()]).1.is_err());
}

#[test]
fn trailers_must_be_the_announced_ones() {
    let announced = Some("x-amz-checksum-crc32, x-amz-checksum-sha256");
    for (trailer, good) in [
        ("x-amz-checksum-crc32:a\r\nX-Amz-Checksum-Sha256: b \r\n", true),
        ("x-amz-checksum-crc32:a\r\n", false),
        ("x-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:a\r\n", false),
        ("x-amz-checksum-crc32:a\r\nx-amz-checksum-sha256:b\r\nx-amz-meta-a:c\r\n", false),
        ("x-amz-checksum-crc32\r\nx-amz-checksum-sha256:b\r\n", false),
        ("x-amz-checksum-crc32:\u{7f}\r\nx-amz-checksum-sha256:b\r\n", false),
        ("x-amz-checksum-crc32:a\r\nx-amz-checksum-sha256:b\r\nx-amz-trailer-signature:00\r\n", false),
    ] {
        let (request, _) = upload(UNSIGNED, 0, announced);
        let body = format!("0\r\n{trailer}\r\n");
        let end = decode(&request, [body.as_bytes()]).1;
        assert_eq!(end.is_ok(), good, "{trailer:?} {end:?}");
        if let Ok(trailers) = end {
            let all: Vec<_> = trailers.iter().collect();
            assert_eq!(all, [("x-amz-checksum-crc32", "a"), ("x-amz-checksum-sha256", "b")]);
        }
    }
}

#[test]
fn a_signed_trailer_needs_its_signature() {
    let (request, body) = trailer_body(10, 8192);
    let text = String::from_utf8_lossy(&body).into_owned();
    let (before, _) = text.split_once("x-amz-trailer-signature").unwrap();
    let without = format!("{before}\r\n");
    assert_eq!(decode(&request, [without.as_bytes()]).1, Err(AuthError::TrailerMalformed));
    let changed = text.replace("sOO8", "sOO9");
    assert!(matches!(decode(&request, [changed.as_bytes()]).1, Err(AuthError::SignatureDoesNotMatch(_))));
}

#[test]
fn trailers_are_not_announced_for_bodies_without_them() {
    let (request, _) = upload(SIGNED, 10, Some("x-amz-checksum-crc32"));
    assert_eq!(decoder(&request).unwrap_err(), AuthError::TrailerMalformed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_split_does_not_matter(which in 0..3_usize, size in 0..40_000_usize, cuts in proptest::collection::vec(1..9_000_usize, 1..40)) {
        let (request, body) = [signed_body, trailer_body, unsigned_body][which](size, 9_000);
        let mut pieces = Vec::new();
        let mut rest = &body[..];
        for cut in cuts.iter().cycle() {
            let (piece, left) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        let (out, end) = decode(&request, pieces);
        prop_assert!(end.is_ok(), "{end:?}");
        prop_assert!(out == data(size));
    }

    #[test]
    fn byte_by_byte_is_the_same(which in 0..3_usize, size in 0..300_usize) {
        let (request, body) = [signed_body, trailer_body, unsigned_body][which](size, 9_000);
        let (out, end) = decode(&request, body.chunks(1));
        prop_assert!(end.is_ok() && out == data(size), "{end:?}");
    }

    #[test]
    fn any_changed_byte_is_refused(trailer: bool, at: usize, bit in 0..7_u8) {
        let (request, mut body) = if trailer { trailer_body(300, 8192) } else { signed_body(300, 8192) };
        let at = at % body.len();
        body[at] ^= 1 << bit;
        let lower = body.to_ascii_lowercase();
        let (out, end) = decode(&request, [&body[..]]);
        // Sizes and names of trailers are read without regard to case; nothing else may differ.
        let same = lower == [signed_body, trailer_body][usize::from(trailer)](300, 8192).1.to_ascii_lowercase();
        prop_assert!(end.is_err() || (same && out == data(300)), "{at}");
    }

    #[test]
    fn no_bytes_panic(which in 0..3_usize, body in proptest::collection::vec(any::<u8>(), 0..200), head in "[0-9a-f]{0,6}(;chunk-signature=[0-9a-f]{0,64})?(\r\n)?") {
        let form = [SIGNED, SIGNED_TRAILER, UNSIGNED][which];
        let (request, _) = upload(form, 1_000, None);
        let _ = decode(&request, [head.as_bytes(), &body[..]]);
    }
}
