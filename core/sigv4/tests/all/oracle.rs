//! The `aws-sigv4` crate signs, we verify.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
        SigningInstructions, SigningParams, SigningSettings, UriPathNormalizationMode, sign,
    },
    sign::{v4 as oracle_v4, v4a as oracle_v4a},
};
use kurodo_sigv4::{AuthError, ExpiresRule, Rules, V4aKey, Verified, read};
use proptest::prelude::*;

use crate::common::{AKID, Request, SECRET, sha256, v4a};

const NOW: i64 = 1_790_000_000;

/// A request and how to sign it.
#[derive(Debug, Clone)]
struct Case {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    s3: bool,
    presign: bool,
    global: bool,
    token: Option<String>,
}

fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn path() -> impl Strategy<Value = String> {
    let segment =
        "[a-zA-Z0-9 ._~+=@&$/é-]{1,12}".prop_filter("dots are normalised elsewhere", |s| !s.starts_with('.'));
    let encoded = segment.prop_map(|s| s.split('/').map(encode).collect::<Vec<_>>().join("/"));
    proptest::collection::vec(encoded, 0..6).prop_map(|all| format!("/{}", all.join("/")))
}

fn query() -> impl Strategy<Value = String> {
    let pair = ("[a-zA-Z0-9 é+-]{1,8}", "[a-zA-Z0-9 /&=%+é-]{0,12}");
    let pair = pair.prop_map(|(name, value)| format!("{}={}", encode(&name), encode(&value)));
    proptest::collection::vec(pair, 0..5).prop_map(|all| all.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof!["x-amz-meta-[a-z]{1,6}", "[a-y]{3,9}"]
        .prop_filter("names with a meaning", |name: &String| {
            !["host", "date", "expect", "user-agent", "authorization"].contains(&name.as_str())
        });
    let field = (name, "[a-zA-Z0-9 =;,/\"]{0,24}");
    proptest::collection::btree_map(field.0, field.1, 0..5).prop_map(|all| all.into_iter().collect())
}

fn case() -> impl Strategy<Value = Case> {
    let method = prop_oneof![Just("GET"), Just("PUT"), Just("POST"), Just("DELETE"), Just("HEAD")];
    let body = proptest::collection::vec(any::<u8>(), 0..64);
    let token = proptest::option::of("[A-Za-z0-9/+=]{16,80}");
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (method, path(), query(), headers(), body, flags, token).prop_map(
        |(method, path, query, headers, body, (s3, presign, global), token)| Case {
            method,
            path,
            query,
            headers,
            body,
            s3,
            presign,
            global,
            token,
        },
    )
}

fn settings(case: &Case) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if case.s3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if case.presign {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(600));
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    }
    settings
}

fn service(case: &Case) -> &'static str {
    if case.s3 { "s3" } else { "dynamodb" }
}

fn instructions(case: &Case) -> SigningInstructions {
    let identity = Credentials::new(AKID, SECRET, case.token.clone(), None, "test").into();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs());
    let params: SigningParams<'_> = if case.global {
        let builder = oracle_v4a::SigningParams::builder().identity(&identity).region_set("eu-*,us-west-2");
        builder.name(service(case)).time(time).settings(settings(case)).build().unwrap().into()
    } else {
        let builder = oracle_v4::SigningParams::builder().identity(&identity).region("eu-west-1");
        builder.name(service(case)).time(time).settings(settings(case)).build().unwrap().into()
    };
    let unsigned = case.s3 && case.presign;
    let body = if unsigned { SignableBody::UnsignedPayload } else { SignableBody::Bytes(&case.body) };
    let url = format!("https://bucket.example.com{}?{}", case.path, case.query);
    let headers = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    sign(SignableRequest::new(case.method, url, headers, body).unwrap(), &params).unwrap().into_parts().0
}

/// The request as it goes over the wire.
fn signed(case: &Case) -> Request {
    let mut text = format!("{} {}?{}\nHost: bucket.example.com\n", case.method, case.path, case.query);
    for (name, value) in &case.headers {
        text += &format!("{name}: {value}\n");
    }
    let mut request = Request::parse(&text);
    request.body.clone_from(&case.body);
    let (headers, params) = instructions(case).into_parts();
    for header in headers {
        request.headers.insert(header.name(), header.value().parse().unwrap());
    }
    for (name, value) in params {
        request.query += &format!("&{name}={}", encode(&value));
    }
    request
}

fn rules(case: &Case) -> Rules<'static> {
    let rules = if case.s3 { Rules::s3() } else { Rules::service(&["dynamodb"], 300) };
    Rules { expires: ExpiresRule::AtLeastSkew, ..rules }
}

fn verify(case: &Case, request: &Request, secret: &str) -> Result<Verified, AuthError> {
    if !case.global {
        return request.verify(secret, &rules(case), NOW);
    }
    let claim = v4a(&request.head())?;
    assert!(claim.region_set.contains("eu-central-1") && !claim.region_set.contains("us-west-1"));
    let key = V4aKey::derive(AKID, secret).unwrap();
    claim.verify(&request.head(), &key, &rules(case), NOW, Some(sha256(&request.body)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_the_sdk_signs_verifies(case in case()) {
        let request = signed(&case);
        let result = verify(&case, &request, SECRET);
        prop_assert!(result.is_ok(), "{result:?} {request:?}");
        let token = match read(&request.head()).unwrap() {
            kurodo_sigv4::Claim::V4(claim) => claim.token,
            kurodo_sigv4::Claim::V4a(claim) => claim.token,
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(token, case.token.clone());
        let other = verify(&case, &request, "another secret");
        prop_assert!(matches!(other, Err(AuthError::SignatureDoesNotMatch(_))), "{other:?}");
    }
}

/// A link of a SigV4A chain, signed by the oracle and filled up to a fixed length as clients do.
fn link(kind: &str, previous: &str, hashes: &[&[u8]]) -> (String, String) {
    let key = oracle_v4a::generate_signing_key(AKID, SECRET);
    let date = kurodo_sigv4::stamp::basic(NOW);
    let mut text =
        format!("AWS4-ECDSA-P256-SHA256-{kind}\n{date}\n{}/s3/aws4_request\n{previous}", &date[..8]);
    for bytes in hashes {
        text += &format!("\n{}", crate::common::hex(&sha256(bytes)));
    }
    let signature = oracle_v4a::calculate_signature(key, text.as_bytes());
    (format!("{signature:*<144}"), signature)
}

#[test]
fn chunks_signed_for_several_regions_decode() {
    let mut request = Request::parse("PUT /bucket/key\nHost: s3.example.com");
    let date = kurodo_sigv4::stamp::basic(NOW);
    request.set("x-amz-date", &date);
    request.set("x-amz-region-set", "*");
    request.set("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER");
    request.set("x-amz-decoded-content-length", "5");
    request.set("x-amz-trailer", "x-amz-checksum-crc32");
    let names =
        "host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-region-set;x-amz-trailer";
    let fields = format!(
        "host:s3.example.com\nx-amz-content-sha256:STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER\nx-amz-date:{date}\nx-amz-decoded-content-length:5\nx-amz-region-set:*\nx-amz-trailer:x-amz-checksum-crc32\n"
    );
    let canonical =
        format!("PUT\n/bucket/key\n\n{fields}\n{names}\nSTREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER");
    let scope = format!("{}/s3/aws4_request", &date[..8]);
    let hash = crate::common::hex(&sha256(canonical.as_bytes()));
    let text = format!("AWS4-ECDSA-P256-SHA256\n{date}\n{scope}\n{hash}");
    let seed =
        oracle_v4a::calculate_signature(oracle_v4a::generate_signing_key(AKID, SECRET), text.as_bytes());
    let field =
        format!("AWS4-ECDSA-P256-SHA256 Credential={AKID}/{scope}, SignedHeaders={names}, Signature={seed}");
    request.set("authorization", &field);

    let (first, previous) = link("PAYLOAD", &seed, &[b"", b"hello"]);
    let (last, previous) = link("PAYLOAD", &previous, &[b"", b""]);
    let (trailer, _) = link("TRAILER", &previous, &[b"x-amz-checksum-crc32:NhCmhg==\n"]);
    let body = format!(
        "5;chunk-signature={first}\r\nhello\r\n0;chunk-signature={last}\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:{trailer}\r\n\r\n"
    );
    for (body, good) in [(body.clone(), true), (body.replace("hello", "hallo"), false)] {
        let claim = v4a(&request.head()).unwrap();
        let key = V4aKey::derive(AKID, SECRET).unwrap();
        let verified = claim.verify(&request.head(), &key, &Rules::s3(), NOW, None).unwrap();
        let kurodo_sigv4::BodyCheck::Chunked(mut decoder) = verified.body else { panic!("not chunked") };
        let mut out = Vec::new();
        let result = decoder.push(body.into(), &mut |bytes| out.extend_from_slice(&bytes));
        assert_eq!(result.is_ok(), good, "{result:?}");
        if good {
            assert_eq!(decoder.finish().unwrap().value("x-amz-checksum-crc32"), Some("NhCmhg=="));
            assert_eq!(out, b"hello");
        }
    }
}
