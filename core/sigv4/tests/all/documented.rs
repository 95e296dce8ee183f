//! The worked examples of AWS's documentation, with its keys and signatures.

use bytes::Bytes;
use kurodo_sigv4::{
    AuthType, BodyCheck, Claim, Payload, Rules, SignatureVersion, SigningKey, Trailers,
    post_policy::{self, Fields, PostKey, PostVersion},
    read, stamp, v2,
};

use crate::common::{AKID, Request, SECRET, hex, sha256, v4};

/// 2013-05-24T00:00:00Z, the moment of S3's examples.
const NOW: i64 = 1_369_353_600;

fn authorization(signed_headers: &str, signature: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={AKID}/20130524/us-east-1/s3/aws4_request,SignedHeaders={signed_headers},Signature={signature}"
    )
}

fn example(target: &str, fields: &str, body: &str, signed_headers: &str, signature: &str) -> Request {
    let hash = hex(&sha256(body.as_bytes()));
    let authorization = authorization(signed_headers, signature);
    Request::parse(&format!(
        "{target} HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\nx-amz-content-sha256: {hash}\n{fields}Authorization: {authorization}\n\n{body}"
    ))
}

const DATE: &str = "x-amz-date: 20130524T000000Z\n";
const PLAIN: &str = "host;x-amz-content-sha256;x-amz-date";

/// "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk".
#[test]
fn single_chunk_examples_verify() {
    let range = format!("Range: bytes=0-9\n{DATE}");
    let put = format!("Date: Fri, 24 May 2013 00:00:00 GMT\n{DATE}x-amz-storage-class: REDUCED_REDUNDANCY\n");
    let put_headers = "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class";
    for request in [
        example(
            "GET /test.txt",
            &range,
            "",
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        example(
            "PUT /test%24file.text",
            &put,
            "Welcome to Amazon S3.",
            put_headers,
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        example(
            "GET /?lifecycle",
            DATE,
            "",
            PLAIN,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        example(
            "GET /?max-keys=2&prefix=J",
            DATE,
            "",
            PLAIN,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let verified = request.verify(SECRET, &Rules::s3(), NOW).unwrap();
        assert_eq!(verified.auth_type, AuthType::Header);
        assert_eq!(verified.signature_version, SignatureVersion::V4);
        assert_eq!(verified.signed_at, NOW);
        assert!(matches!(verified.body, BodyCheck::Sha256(hash) if hash == request.body_hash()));
    }
}

const PRESIGNED: &str = "GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404 HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\n\n";

/// "Authenticating Requests: Using Query Parameters".
#[test]
fn the_presigned_example_verifies_for_a_day() {
    let request = Request::parse(PRESIGNED);
    for now in [NOW, NOW + 86_400, NOW - 900] {
        let verified = request.verify(SECRET, &Rules::s3(), now).unwrap();
        assert_eq!(verified.auth_type, AuthType::QueryString);
        assert!(matches!(verified.body, BodyCheck::Unsigned));
    }
    assert!(request.verify(SECRET, &Rules::s3(), NOW + 86_401).is_err());
    assert!(request.verify(SECRET, &Rules::s3(), NOW - 901).is_err());
}

fn chunked(fields: &str, signed_headers: &str, seed: &str) -> Request {
    let authorization = authorization(signed_headers, seed);
    Request::parse(&format!(
        "PUT /examplebucket/chunkObject.txt HTTP/1.1\nHost: s3.amazonaws.com\n{DATE}x-amz-storage-class: REDUCED_REDUNDANCY\nContent-Encoding: aws-chunked\nx-amz-decoded-content-length: 66560\n{fields}Authorization: {authorization}\n\n"
    ))
}

/// The encoded body of the examples: 65 536 bytes, 1 024 bytes and the last chunk.
fn chunks(signatures: [&str; 3]) -> Vec<u8> {
    let mut body = Vec::new();
    for (size, signature) in [65_536, 1_024, 0].into_iter().zip(signatures) {
        body.extend(format!("{size:x};chunk-signature={signature}\r\n").bytes());
        body.extend(std::iter::repeat_n(b'a', size));
        if size > 0 {
            body.extend(b"\r\n");
        }
    }
    body
}

fn decode(request: &Request, body: Vec<u8>) -> (usize, Trailers) {
    let claim = v4(&request.head()).unwrap();
    assert!(matches!(claim.payload, Payload::Streaming { signed: true, .. }));
    let verified = request.verify(SECRET, &Rules::s3(), NOW).unwrap();
    let BodyCheck::Chunked(mut decoder) = verified.body else { panic!("not chunked") };
    assert_eq!(decoder.decoded_length(), 66_560);
    let mut count = 0;
    decoder.push(Bytes::from(body), &mut |bytes| count += bytes.len()).unwrap();
    (count, decoder.finish().unwrap())
}

/// "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks".
#[test]
fn the_chunked_example_decodes() {
    let request = chunked(
        "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\nContent-Length: 66824\n",
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    );
    let mut body = chunks([
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]);
    body.extend(b"\r\n");
    assert_eq!(body.len(), 66_824);
    assert_eq!(decode(&request, body), (66_560, Trailers::default()));
}

/// "Signature Calculations for Trailing Headers".
#[test]
fn the_trailer_example_decodes() {
    let request = chunked(
        "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\nx-amz-trailer: x-amz-checksum-crc32c\n",
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    );
    let mut body = chunks([
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ]);
    body.extend(
        b"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
    );
    let (count, trailers) = decode(&request, body);
    assert_eq!(count, 66_560);
    assert_eq!(trailers.value("x-amz-checksum-crc32c"), Some("sOO8/Q=="));
}

const POLICY: &str = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";

/// "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)".
#[test]
fn the_post_policy_example_verifies() {
    let mut fields: Vec<(String, String)> = [
        ("key", "user/user1/${filename}"),
        ("acl", "public-read"),
        ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
        ("Content-Type", "image/jpeg"),
        ("x-amz-meta-uuid", "14365123651274"),
        ("x-amz-server-side-encryption", "AES256"),
        ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Date", "20151229T000000Z"),
        ("x-amz-meta-tag", ""),
        ("Policy", POLICY),
        ("X-Amz-Signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    post_policy::expand(&mut fields, "C:\\pictures\\cat.jpg");
    assert_eq!(fields[0].1, "user/user1/cat.jpg");
    let now = stamp::parse_basic("20151229T000000Z").unwrap();
    let claim = post_policy::read(Fields(&fields)).unwrap().unwrap();
    let PostVersion::V4 { scope, .. } = &claim.version else { panic!("not V4") };
    let key = SigningKey::derive(SECRET, scope.date, &scope.region, &scope.service);
    let verify = |fields: &[(String, String)], bucket: &str, now: i64| {
        claim.verify(Fields(fields), bucket, &PostKey::V4(&key), &Rules::s3(), now)
    };
    let verified = verify(&fields, "sigv4examplebucket", now).unwrap();
    assert_eq!(verified.verified.auth_type, AuthType::Post);
    assert_eq!(verified.content_length, None);
    assert!(verify(&fields, "anotherbucket", now).is_err());
    assert!(verify(&fields, "sigv4examplebucket", now + 2 * 86_400).is_err());
    fields[1].1 = "private".to_owned();
    assert!(verify(&fields, "sigv4examplebucket", now).is_err());
}

fn older(
    text: &str,
    bucket: Option<&str>,
    now: i64,
) -> Result<kurodo_sigv4::Verified, kurodo_sigv4::AuthError> {
    let request = Request::parse(text);
    let Claim::V2(claim) = read(&request.head()).unwrap() else { panic!("not V2") };
    assert_eq!(claim.access_key_id, AKID);
    claim.verify(&request.head(), SECRET, &Rules::s3(), now, None, bucket)
}

/// "Signing and authenticating REST requests (AWS signature version 2)".
#[test]
fn s3s_older_examples_verify() {
    let host = "Host: johnsmith.s3.amazonaws.com";
    for (text, time) in [
        (
            format!(
                "GET /photos/puppy.jpg\n{host}\nDate: Tue, 27 Mar 2007 19:36:42 +0000\nAuthorization: AWS {AKID}:bWq2s1WEIj+Ydj0vQ697zp+IXMU="
            ),
            "20070327T193642Z",
        ),
        (
            format!(
                "PUT /photos/puppy.jpg\nContent-Type: image/jpeg\nContent-Length: 94328\n{host}\nDate: Tue, 27 Mar 2007 21:15:45 +0000\nAuthorization: AWS {AKID}:MyyxeRY7whkBe+bq8fHCL/2kKUg="
            ),
            "20070327T211545Z",
        ),
        (
            format!(
                "GET /?prefix=photos&max-keys=50&marker=puppy\nUser-Agent: Mozilla/5.0\n{host}\nDate: Tue, 27 Mar 2007 19:42:41 +0000\nAuthorization: AWS {AKID}:htDYFYduRNen8P9ZfE/s9SuKy0U="
            ),
            "20070327T194241Z",
        ),
        (
            format!(
                "GET /?acl\n{host}\nDate: Tue, 27 Mar 2007 19:44:46 +0000\nAuthorization: AWS {AKID}:c2WLPFtWHVgbEmeEG93a4cG37dM="
            ),
            "20070327T194446Z",
        ),
        (
            format!(
                "GET /photos/puppy.jpg?AWSAccessKeyId={AKID}&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620\n{host}"
            ),
            "20070328T000000Z",
        ),
    ] {
        let now = stamp::parse_basic(time).unwrap();
        let verified = older(&text, Some("johnsmith"), now).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(verified.signature_version, SignatureVersion::V2);
        assert!(older(&text, Some("johndoe"), now).is_err(), "{text}");
        assert!(older(&text, Some("johnsmith"), now + 86_400 * 365).is_err(), "{text}");
    }
}

/// The signature of `/johnsmith/?acl` again: clients sign a bucket's path so when they send it without the slash.
#[test]
fn a_buckets_path_may_be_signed_with_a_slash_at_its_end() {
    let fields = format!(
        "Host: s3.amazonaws.com\nDate: Tue, 27 Mar 2007 19:44:46 +0000\nAuthorization: AWS {AKID}:c2WLPFtWHVgbEmeEG93a4cG37dM="
    );
    let now = stamp::parse_basic("20070327T194446Z").unwrap();
    older(&format!("GET /johnsmith?acl\n{fields}"), None, now).unwrap();
    older(&format!("GET /johnsmith/?acl\n{fields}"), None, now).unwrap();
    for path in ["/johndoe", "/johnsmith/a", "/johnsmith//", "/"] {
        assert!(older(&format!("GET {path}?acl\n{fields}"), None, now).is_err(), "{path}");
    }
    assert!(older(&format!("GET /johnsmith?acl\n{fields}"), Some("johnsmith"), now).is_err());
}

/// AWS General Reference, "Signature Version 2 signing process".
#[test]
fn the_query_protocols_older_example_verifies() {
    let rules = Rules::service(&["elasticmapreduce"], 900);
    let now = stamp::parse_basic("20111003T151930Z").unwrap();
    let parameters = format!(
        "AWSAccessKeyId={AKID}&Action=DescribeJobFlows&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2011-10-03T15%3A19%3A30&Version=2009-03-31&Signature=i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf%2FMj6vPxyYIs%3D"
    );
    let request = Request::parse(&format!("GET /?{parameters}\nHost: elasticmapreduce.amazonaws.com"));
    let Claim::V2(claim) = read(&request.head()).unwrap() else { panic!("not V2") };
    claim.verify(&request.head(), SECRET, &rules, now, None, None).unwrap();
    assert!(claim.verify(&request.head(), SECRET, &rules, now + 901, None, None).is_err());
    assert!(claim.verify(&request.head(), SECRET, &Rules::s3(), now, None, None).is_err());
    assert_eq!(v2::read_form(&parameters).unwrap(), Some(claim));
    assert_eq!(v2::read_form("Action=DescribeJobFlows"), Ok(None));
}
