//! Each cause of refusal, and AWS's words for it.

use kurodo_sigv4::{
    AuthError, BodyCheck, Claim, DateFault, ExpiresFault, Head, Place, RegionRule, Rules, Scope, ScopeDate,
    SigningKey, V4aKey, read, sign::Signer,
};

use crate::common::{AKID, Request, SECRET, hex, key, sha256, v4, v4a};

/// 2013-05-24T00:00:00Z
const NOW: i64 = 1_369_353_600;
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn iam() -> Rules<'static> {
    Rules::service(&["iam"], 900)
}

/// A request signed for a service, the S3 way or not.
fn signed(service: &str, text: &str) -> Request {
    let mut request = Request::parse(text);
    let scope = Scope { date: ScopeDate::of(NOW), region: "us-east-1".into(), service: service.into() };
    let key = SigningKey::derive(SECRET, scope.date, &scope.region, service);
    let signer = Signer { access_key_id: AKID, key: &key, scope: &scope, token: None, s3: service == "s3" };
    let payload = hex(&request.body_hash());
    request.headers = signer.authorize(&request.head(), &payload, NOW).unwrap();
    request
}

fn presigned(service: &str, text: &str, expires: u32) -> Request {
    let mut request = Request::parse(text);
    let scope = Scope { date: ScopeDate::of(NOW), region: "us-east-1".into(), service: service.into() };
    let key = SigningKey::derive(SECRET, scope.date, &scope.region, service);
    let signer = Signer { access_key_id: AKID, key: &key, scope: &scope, token: None, s3: service == "s3" };
    let payload = if service == "s3" { "UNSIGNED-PAYLOAD" } else { EMPTY };
    request.query = signer.presign(&request.head(), payload, NOW, expires).unwrap();
    request
}

const GET: &str = "GET /bucket/key\nHost: s3.example.com";
const CALL: &str =
    "POST /\nHost: iam.example.com\nContent-Type: application/x-www-form-urlencoded\n\nAction=ListUsers";

/// An unsigned request with an `Authorization` field.
fn with_field(value: &str) -> Request {
    let mut request = Request::parse(GET);
    request.set("x-amz-date", "20130524T000000Z");
    request.set("authorization", value);
    request
}

fn refused(request: &Request) -> AuthError {
    read(&request.head()).unwrap_err()
}

#[track_caller]
fn says(error: &AuthError, general: &str, s3: &str) {
    assert_eq!(error.to_string(), general);
    assert_eq!(error.s3_message(), s3);
}

#[test]
fn unsigned_requests_are_anonymous() {
    assert_eq!(read(&Request::parse("GET /bucket/key?prefix=a\nHost: a").head()), Ok(Claim::Anonymous));
}

#[test]
fn one_mechanism_only() {
    let mut header_and_query = signed("s3", GET);
    header_and_query.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256".into();
    let mut twice = signed("s3", GET);
    let field = twice.headers["authorization"].clone();
    twice.headers.append("authorization", field);
    let mut older = presigned("s3", GET, 60);
    older.query += "&AWSAccessKeyId=x&Signature=y";
    for request in [header_and_query, twice, older] {
        let error = refused(&request);
        assert_eq!(error, AuthError::MultipleMechanisms);
        says(
            &error,
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        );
    }
}

#[test]
fn unknown_schemes_and_algorithms() {
    assert!(matches!(read(&with_field("").head()), Ok(Claim::Anonymous)));
    for value in ["Bearer abc", "Basic abc", "aws4-hmac-sha256 Credential=x"] {
        let error = refused(&with_field(value));
        assert!(matches!(error, AuthError::UnsupportedScheme { .. }), "{value:?} {error:?}");
        assert_eq!(error.s3_message(), "Unsupported Authorization Type");
    }
    let error = read(&with_field("AWS HAHAHA").head()).unwrap_err();
    assert_eq!(error.s3_message(), "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature");
    let error = refused(&with_field("AWS4-HMAC-SHA512 Credential=x"));
    assert!(matches!(error, AuthError::UnsupportedAlgorithm { place: Place::Header, .. }));
    let mut request = presigned("s3", GET, 60);
    request.query = request.query.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1");
    let error = refused(&request);
    assert_eq!(
        error.s3_message(),
        "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""
    );
}

#[test]
fn missing_components_are_named() {
    let mut request = with_field("AWS4-HMAC-SHA256 Credential=x");
    request.headers.remove("x-amz-date");
    let error = refused(&request);
    assert!(error.to_string().starts_with("Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization="), "{error}");
    assert_eq!(
        error.s3_message(),
        "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature."
    );
    let mut request = signed("s3", GET);
    request.headers.remove("x-amz-date");
    assert_eq!(
        refused(&request).s3_message(),
        "AWS authentication requires a valid Date or x-amz-date header"
    );
    let request = Request::parse("GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=a\nHost: a");
    says(
        &refused(&request),
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
}

#[test]
fn loose_components_are_refused() {
    for (field, part) in [("Credential=a, Signed", "Signed"), ("Credential=a, Extra=b", "Extra=b")] {
        let error = refused(&with_field(&format!("AWS4-HMAC-SHA256 {field}")));
        let text = format!(
            "The authorization header is malformed; the authorization component \"{part}\" is malformed."
        );
        assert_eq!(error.s3_message(), text);
    }
    let error = refused(&with_field("AWS4-HMAC-SHA256 Signature=a,Signature=a"));
    assert_eq!(error, AuthError::Repeated { place: Place::Header, part: "Signature".into() });
    let mut request = presigned("s3", GET, 60);
    request.query += "&X-Amz-%44ate=20130524T000000Z";
    assert_eq!(refused(&request), AuthError::Repeated { place: Place::Query, part: "X-Amz-Date".into() });
}

fn with_credential(credential: &str) -> AuthError {
    let value = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=a");
    let request = with_field(&value);
    match read(&request.head()) {
        Err(error) => error,
        Ok(Claim::V4(claim)) => {
            let rules = Rules { region: RegionRule::Only("us-east-1"), ..Rules::s3() };
            claim.check(&request.head(), &rules, NOW).unwrap_err()
        }
        Ok(other) => panic!("{other:?}"),
    }
}

#[test]
fn credentials_of_another_shape() {
    let shape = "The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
    for credential in [
        "",
        "a",
        "a/20130524/us-east-1/s3",
        "a/20130524/us-east-1/s3/aws4_request/x",
        "a/20130524//s3/aws4_request",
    ] {
        let error = with_credential(credential);
        says(
            &error,
            &format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
            ),
            shape,
        );
    }
    let error = with_credential("/20130524/us-east-1/s3/aws4_request");
    assert_eq!(
        error.s3_message(),
        "The authorization header is malformed; a non-empty Access Key (AKID) must be provided in the credential."
    );
    assert_eq!(
        with_credential(&format!("{}/20130524/us-east-1/s3/aws4_request", "A".repeat(129))),
        AuthError::AccessKeyShape { place: Place::Header }
    );
}

#[test]
fn scopes_of_something_else() {
    says(
        &with_credential("a/20130524/eu-west-1/s3/aws4_request"),
        "Credential should be scoped to a valid region, not 'eu-west-1'. ",
        "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
    );
    says(
        &with_credential("a/20130524/us-east-1/iam/aws4_request"),
        "Credential should be scoped to correct service: 's3'. ",
        "The authorization header is malformed; incorrect service \"iam\". This endpoint belongs to \"s3\".",
    );
    says(
        &with_credential("a/20130524/us-east-1/s3/aws5_request"),
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
        "The authorization header is malformed; incorrect terminal \"aws5_request\". This endpoint uses \"aws4_request\".",
    );
    says(
        &with_credential("a/20130523/us-east-1/s3/aws4_request"),
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20130523' != '20130524', from '20130524T000000Z'.",
        "The authorization header is malformed; Invalid credential date \"20130523\". This date is not the same as X-Amz-Date: \"20130524\".",
    );
    assert!(matches!(with_credential("a/today/us-east-1/s3/aws4_request"), AuthError::Scope(_)));
    let mut request = presigned("iam", GET, 60);
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert_eq!(
        error.s3_message(),
        "Error parsing the X-Amz-Credential parameter; incorrect service \"iam\". This endpoint belongs to \"s3\"."
    );
    request.query = request.query.replace("20130524%2F", "20130525%2F");
    let error = request.verify(SECRET, &iam(), NOW).unwrap_err();
    assert_eq!(
        error.s3_message(),
        "Invalid credential date \"20130525\". This date is not the same as X-Amz-Date: \"20130524\"."
    );
}

#[test]
fn dates_of_another_form() {
    let mut request = signed("s3", GET);
    request.set("x-amz-date", "2013-05-24");
    let got = Some("2013-05-24".to_owned());
    let error = refused(&request);
    assert_eq!(error, AuthError::Date(DateFault { place: Place::Header, got }));
    assert_eq!(
        error.to_string(),
        "Date must be in ISO-8601 'basic format'. Got '2013-05-24'. See http://en.wikipedia.org/wiki/ISO_8601"
    );
    let mut request = presigned("s3", GET, 60);
    request.query = request.query.replace("20130524T000000Z", "20130524");
    assert_eq!(
        refused(&request).s3_message(),
        "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
    );
}

#[test]
fn the_date_field_stands_in() {
    let mut request = signed("iam", CALL);
    request.headers.remove("x-amz-date");
    request.set("date", "Fri, 24 May 2013 00:00:00 GMT");
    assert_eq!(v4(&request.head()).unwrap().time, NOW);
}

#[test]
fn clocks_apart() {
    for (now, general) in [
        (
            NOW + 901,
            "Signature expired: 20130524T000000Z is now earlier than 20130524T000001Z (20130524T001501Z - 15 min.)",
        ),
        (
            NOW - 901,
            "Signature not yet current: 20130524T000000Z is still later than 20130523T235959Z (20130523T234459Z + 15 min.)",
        ),
    ] {
        let error = signed("iam", CALL).verify(SECRET, &iam(), now).unwrap_err();
        assert_eq!(
            error,
            AuthError::RequestTimeTooSkewed { request_time: NOW, server_time: now, allowed_seconds: 900 }
        );
        says(&error, general, "The difference between the request time and the current time is too large.");
    }
    for now in [NOW - 900, NOW + 900] {
        signed("iam", CALL).verify(SECRET, &iam(), now).unwrap();
        let strict = Rules { skew_seconds: 300, ..iam() };
        assert!(signed("iam", CALL).verify(SECRET, &strict, now).is_err());
    }
    assert!(signed("iam", CALL).verify(SECRET, &iam(), i64::MAX).is_err());
    assert!(signed("iam", CALL).verify(SECRET, &iam(), i64::MIN).is_err());
}

#[test]
fn presigned_lifetimes() {
    let request = presigned("s3", GET, 60);
    request.verify(SECRET, &Rules::s3(), NOW + 60).unwrap();
    let error = request.verify(SECRET, &Rules::s3(), NOW + 61).unwrap_err();
    assert_eq!(
        error,
        AuthError::Expired {
            signed_at: NOW,
            expires_at: NOW + 60,
            expires_seconds: 60,
            server_time: NOW + 61
        }
    );
    assert_eq!(error.s3_message(), "Request has expired");
    let error = request.verify(SECRET, &Rules::s3(), NOW - 901).unwrap_err();
    assert_eq!(error.s3_message(), "Request is not valid yet");
    let error = presigned("s3", GET, 0).verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert!(matches!(error, AuthError::Expired { expires_seconds: 0, .. }), "{error:?}");
    let request = presigned("s3", GET, 604_801);
    let error = refused(&request);
    assert_eq!(error, AuthError::Expires(ExpiresFault::TooLong));
    let text = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds";
    says(&error, text, text);
    let mut request = presigned("s3", GET, 60);
    request.query = request.query.replace("&X-Amz-Expires=60", "");
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert!(matches!(error, AuthError::MissingParts(parts) if parts.expires));
    // Elsewhere the skew is the least lifetime, as STS has it.
    let request = presigned("iam", "GET /?Action=ListUsers\nHost: a", 60);
    request.verify(SECRET, &iam(), NOW + 900).unwrap();
    assert!(request.verify(SECRET, &iam(), NOW + 901).is_err());
}

#[test]
fn the_host_must_be_signed_and_single() {
    let mut request = signed("s3", GET);
    let field = request.headers["authorization"].to_str().unwrap().replace("host;", "");
    request.set("authorization", &field);
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    );
    let mut request = signed("s3", GET);
    request.headers.append("host", "s3.example.com".parse().unwrap());
    assert_eq!(request.verify(SECRET, &Rules::s3(), NOW).unwrap_err(), AuthError::HostAmbiguous);
    request.headers.remove("host");
    assert_eq!(request.verify(SECRET, &Rules::s3(), NOW).unwrap_err(), AuthError::HostAmbiguous);
}

#[test]
fn the_authority_stands_in_for_the_host() {
    let mut request = signed("s3", GET);
    let claim = v4(&request.head()).unwrap();
    let key = key(&claim, SECRET);
    let verify = |request: &Request, authority| {
        let head = Head { authority: Some(authority), ..request.head() };
        claim.verify(&head, &key, &Rules::s3(), NOW, None).map(drop)
    };
    assert_eq!(verify(&request, "s3.example.com"), Ok(()));
    assert_eq!(verify(&request, "other.example.com"), Err(AuthError::HostAmbiguous));
    request.headers.remove("host");
    assert_eq!(verify(&request, "s3.example.com"), Ok(()));
    assert!(matches!(verify(&request, "other.example.com"), Err(AuthError::SignatureDoesNotMatch(_))));
}

#[test]
fn unsigned_fields_are_named() {
    for mut request in [signed("s3", GET), presigned("s3", GET, 60)] {
        request.set("x-amz-meta-b", "1");
        request.set("x-amz-acl", "public-read");
        request.set("content-md5", "x");
        request.set("content-type", "text/plain");
        let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
        let names = ["content-md5", "x-amz-acl", "x-amz-meta-b"].map(str::to_owned).to_vec();
        assert_eq!(error, AuthError::HeadersNotSigned { names });
        assert_eq!(error.to_string(), "There were headers present in the request which were not signed");
    }
    let mut request = signed("iam", CALL);
    request.set("x-amz-security-token", "added later");
    assert!(matches!(request.verify(SECRET, &iam(), NOW).unwrap_err(), AuthError::HeadersNotSigned { .. }));
}

#[test]
fn a_signed_field_must_be_there() {
    let mut request = signed("s3", "GET /a\nHost: a\nx-amz-meta-a:");
    request.verify(SECRET, &Rules::s3(), NOW).unwrap();
    request.headers.remove("x-amz-meta-a");
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert!(matches!(error, AuthError::SignatureDoesNotMatch(_)));
}

#[test]
fn signed_headers_must_be_in_order() {
    for list in ["x-amz-date;host", "Host", "host;host", "host;"] {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=a/20130524/b/s3/aws4_request, SignedHeaders={list}, Signature=a"
        );
        let error = refused(&with_field(&value));
        assert_eq!(error, AuthError::SignedHeadersShape { place: Place::Header }, "{list}");
    }
}

#[test]
fn a_mismatch_tells_what_was_signed_but_not_the_signature() {
    let mut request = signed("s3", GET);
    let good = v4(&request.head()).unwrap().signature;
    let field = request.headers["authorization"].to_str().unwrap().to_owned();
    for provided in [good.to_uppercase(), good[1..].to_owned(), format!("{good}0"), "nothing".to_owned()] {
        request.set("authorization", &field.replace(&good, &provided));
        let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
        assert!(!format!("{error} {error:?} {}", error.s3_message()).contains(&good));
        says(
            &error,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        );
        let AuthError::SignatureDoesNotMatch(mismatch) = error else { panic!("{error:?}") };
        assert_eq!(mismatch.access_key_id, AKID);
        assert_eq!(mismatch.signature_provided, provided);
        let canonical = format!(
            "GET\n/bucket/key\n\nhost:s3.example.com\nx-amz-content-sha256:{EMPTY}\nx-amz-date:20130524T000000Z\n\nhost;x-amz-content-sha256;x-amz-date\n{EMPTY}"
        );
        assert_eq!(mismatch.canonical_request, canonical);
        let hash = hex(&sha256(canonical.as_bytes()));
        let text = format!("AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n{hash}");
        assert_eq!(mismatch.string_to_sign, text);
    }
}

#[test]
fn bodies_must_have_the_signed_hash() {
    let mut request = signed("s3", "PUT /a\nHost: a\n\nbody");
    let hash = request.body_hash();
    request.body = b"other".to_vec();
    let other = request.body_hash();
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    assert_eq!(error, AuthError::ContentSha256Mismatch { client: hex(&hash), computed: hex(&other) });
    assert_eq!(
        error.to_string(),
        "The provided 'x-amz-content-sha256' header does not match what was computed."
    );
    let claim = v4(&request.head()).unwrap();
    let verified = claim.verify(&request.head(), &key(&claim, SECRET), &Rules::s3(), NOW, None).unwrap();
    assert!(matches!(verified.body, BodyCheck::Sha256(expected) if expected == hash));
}

#[test]
fn bodies_of_other_services_are_in_the_canonical_request() {
    let mut request = signed("iam", CALL);
    let claim = v4(&request.head()).unwrap();
    assert!(claim.needs_body(&iam()));
    request.verify(SECRET, &iam(), NOW).unwrap();
    let error = claim.verify(&request.head(), &key(&claim, SECRET), &iam(), NOW, None).unwrap_err();
    assert_eq!(error, AuthError::BodyNotHashed);
    request.body = b"Action=DeleteUser".to_vec();
    assert!(matches!(request.verify(SECRET, &iam(), NOW).unwrap_err(), AuthError::SignatureDoesNotMatch(_)));
}

#[test]
fn s3_wants_the_hash_stated() {
    let mut request = signed("iam", GET);
    let rules = Rules { services: &["iam"], ..Rules::s3() };
    let error = request.verify(SECRET, &rules, NOW).unwrap_err();
    says(
        &error,
        "Missing required header for this request: x-amz-content-sha256",
        "Missing required header for this request: x-amz-content-sha256",
    );
    request.set("x-amz-content-sha256", "STREAMING-EVERYTHING");
    let error = refused(&request);
    assert_eq!(error, AuthError::ContentSha256Malformed { value: "STREAMING-EVERYTHING".to_owned() });
    request.set("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD");
    assert!(matches!(refused(&request), AuthError::PayloadRefused { .. }));
}

#[test]
fn other_services_take_no_unsigned_bodies() {
    for word in
        ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"]
    {
        let mut request = signed("s3", GET);
        request.set("x-amz-content-sha256", word);
        let rules = Rules::service(&["s3"], 900);
        let error = request.verify(SECRET, &rules, NOW).unwrap_err();
        assert_eq!(error, AuthError::PayloadRefused { payload: word });
    }
}

#[test]
fn long_parts_are_not_looked_at() {
    let long = "a".repeat(70_000);
    for (request, what) in [
        (Request::parse(&format!("GET /{long}\nHost: a")), "the path"),
        (Request::parse(&format!("GET /?{long}\nHost: a")), "the query"),
        (with_field(&format!("AWS4-HMAC-SHA256 {long}")), "the Authorization header"),
    ] {
        assert!(
            matches!(refused(&request), AuthError::TooLong { what: found, .. } if found == what),
            "{what}"
        );
    }
    let mut request = signed("s3", GET);
    request.set("x-amz-security-token", &long);
    assert!(matches!(refused(&request), AuthError::TooLong { .. }));
}

#[test]
fn a_region_set_must_hold_the_region() {
    let mut request = with_field(
        "AWS4-ECDSA-P256-SHA256 Credential=a/20130524/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-region-set, Signature=00",
    );
    assert_eq!(refused(&request), AuthError::RegionSetShape);
    request.set("x-amz-content-sha256", EMPTY);
    request.set("x-amz-region-set", "eu-*");
    let claim = v4a(&request.head()).unwrap();
    let rules = Rules { region: RegionRule::Only("us-east-1"), ..Rules::s3() };
    let error = claim.check(&request.head(), &rules, NOW).unwrap_err();
    assert_eq!(error, AuthError::RegionSetMismatch { region_set: "eu-*".into(), region: "us-east-1".into() });
    let key = V4aKey::derive("a", SECRET).unwrap();
    let error = claim.verify(&request.head(), &key, &Rules::s3(), NOW, None).unwrap_err();
    assert!(matches!(error, AuthError::SignatureDoesNotMatch(_)));
}

#[test]
fn tokens_are_not_printed() {
    let mut request = signed("s3", GET);
    request.set("x-amz-security-token", "the-token");
    let claim = v4(&request.head()).unwrap();
    assert_eq!(claim.token.as_deref(), Some("the-token"));
    let error = request.verify(SECRET, &Rules::s3(), NOW).unwrap_err();
    let older = with_field(&format!("AWS {AKID}:c2ln"));
    let mut older = Request { headers: older.headers, ..request.clone() };
    older.set("x-amz-security-token", "the-token");
    let printed = format!("{claim:?} {:?} {error:?} {:?}", request.head(), read(&older.head()).unwrap());
    assert!(!printed.contains("the-token") && printed.contains(AKID), "{printed}");
}
