//! Browser forms and their policies.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kurodo_sigv4::{
    AuthError, Place, RegionRule, Rules, ScopeDate, SigningKey,
    post_policy::{self, Fields, PostKey, PostVerified},
};
use proptest::prelude::*;

use crate::common::{AKID, SECRET, hex};

/// 2013-05-24T00:00:00Z
const NOW: i64 = 1_369_353_600;
const CREDENTIAL: &str = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

type Form = Vec<(String, String)>;

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// A form whose policy has the usual conditions and these.
fn form(conditions: &str, fields: &[(&str, &str)]) -> Form {
    let usual = format!(
        r#"{{"bucket":"b"}},["starts-with","$key",""],{{"x-amz-credential":"{CREDENTIAL}"}},{{"x-amz-algorithm":"AWS4-HMAC-SHA256"}},{{"x-amz-date":"20130524T000000Z"}}"#
    );
    signed(&format!(r#"{{"expiration":"2013-05-25T00:00:00Z","conditions":[{usual}{conditions}]}}"#), fields)
}

fn signed(policy: &str, fields: &[(&str, &str)]) -> Form {
    let policy = STANDARD.encode(policy);
    let key = ["20130524", "us-east-1", "s3", "aws4_request"]
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, text| hmac(&key, text));
    let signature = hex(&hmac(&key, &policy));
    let usual = [
        ("key", "a"),
        ("x-amz-credential", CREDENTIAL),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-date", "20130524T000000Z"),
        ("policy", &policy),
        ("x-amz-signature", &signature),
    ];
    usual.iter().chain(fields).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn verify(form: &Form, now: i64) -> Result<PostVerified, AuthError> {
    verify_with(form, now, &Rules::s3())
}

fn verify_with(form: &Form, now: i64, rules: &Rules<'_>) -> Result<PostVerified, AuthError> {
    let claim = post_policy::read(Fields(form))?.unwrap();
    assert_eq!(claim.access_key_id, AKID);
    let key = SigningKey::derive(SECRET, ScopeDate::parse("20130524").unwrap(), "us-east-1", "s3");
    claim.verify(Fields(form), "b", &PostKey::V4(&key), rules, now)
}

#[test]
fn the_size_range_is_handed_on() {
    let range = r#",["content-length-range",10,"200"],["content-length-range",20,300]"#;
    assert_eq!(verify(&form(range, &[]), NOW).unwrap().content_length, Some((20, 200)));
}

#[test]
fn every_field_needs_a_condition() {
    for name in ["acl", "success_action_status", "x-amz-meta-a", "Content-Type", "x-amz-security-token"] {
        let error = verify(&form("", &[(name, "a")]), NOW).unwrap_err();
        assert_eq!(error, AuthError::PolicyExtraField { field: name.to_ascii_lowercase() });
        let text = format!("Invalid according to Policy: Extra input fields: {}", name.to_ascii_lowercase());
        assert_eq!(error.to_string(), text);
        verify(&form(&format!(r#",{{"{name}":"a"}}"#), &[(name, "a")]), NOW).unwrap();
    }
    verify(&form("", &[("x-ignore-me", "a"), ("file", "a")]), NOW).unwrap();
    let no_bucket = r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[["starts-with","$key",""],["starts-with","$x-amz-credential",""],["starts-with","$x-amz-algorithm",""],["starts-with","$x-amz-date",""]]}"#;
    let error = verify(&signed(no_bucket, &[]), NOW).unwrap_err();
    assert_eq!(error, AuthError::PolicyExtraField { field: "bucket".to_owned() });
}

#[test]
fn conditions_must_hold() {
    for (condition, value, holds) in [
        (r#"["eq","$acl","private"]"#, "private", true),
        (r#"["eq","$acl","private"]"#, "public-read", false),
        (r#"["EQ","$ACL","private"]"#, "private", true),
        (r#"["starts-with","$acl","p"]"#, "public-read", true),
        (r#"["starts-with","$acl","q"]"#, "public-read", false),
        (r#"["starts-with","$acl","\$"]"#, "$public", true),
    ] {
        let result = verify(&form(&format!(",{condition}"), &[("acl", value)]), NOW);
        assert_eq!(result.is_ok(), holds, "{condition} {value} {result:?}");
    }
    let error = verify(&form(r#",["eq","$acl","private"]"#, &[]), NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]"#
    );
    assert!(matches!(
        verify(&form("", &[("bucket", "another")]), NOW),
        Err(AuthError::PolicyConditionFailed { .. })
    ));
}

#[test]
fn each_content_type_of_a_list_must_hold() {
    for (value, holds) in
        [("image/png", true), ("image/png, image/gif", true), ("image/png,text/html", false)]
    {
        let form = form(r#",["starts-with","$Content-Type","image/"]"#, &[("Content-Type", value)]);
        assert_eq!(verify(&form, NOW).is_ok(), holds, "{value}");
    }
}

#[test]
fn policies_run_out() {
    verify(&form("", &[]), NOW + 86_400).unwrap();
    assert_eq!(verify(&form("", &[]), NOW + 86_401).unwrap_err(), AuthError::PolicyExpired);
    assert!(matches!(verify(&form("", &[]), NOW - 901), Err(AuthError::NotYetValid { .. })));
    assert!(matches!(verify(&form("", &[]), NOW + 604_801), Err(AuthError::Expired { .. })));
}

#[test]
fn changed_forms_are_refused() {
    let good = form("", &[]);
    for (name, value) in [
        ("key", None),
        ("policy", Some("e30=")),
        ("x-amz-signature", Some("00")),
        ("x-amz-credential", Some("AKIAIOSFODNN7EXAMPLE/20130525/us-east-1/s3/aws4_request")),
        ("x-amz-credential", Some("AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/iam/aws4_request")),
        ("x-amz-algorithm", Some("AWS4-ECDSA-P256-SHA256")),
        ("x-amz-date", Some("20130524T000001Z")),
    ] {
        let mut form = good.clone();
        let at = form.iter().position(|(known, _)| known == name).unwrap();
        match value {
            Some(value) => form[at].1 = value.to_owned(),
            None => drop(form.remove(at)),
        }
        assert!(verify(&form, NOW).is_err(), "{name}");
    }
    let rules = Rules { region: RegionRule::Only("eu-west-1"), ..Rules::s3() };
    assert!(matches!(verify_with(&good, NOW, &rules), Err(AuthError::Scope(_))));
    let mut twice = good.clone();
    twice.push(("Key".to_owned(), "b".to_owned()));
    assert_eq!(
        verify(&twice, NOW).unwrap_err(),
        AuthError::Repeated { place: Place::Form, part: "Key".into() }
    );
}

#[test]
fn incomplete_forms_are_refused() {
    for missing in ["policy", "x-amz-signature", "x-amz-credential", "x-amz-algorithm", "x-amz-date"] {
        let form: Form = form("", &[]).into_iter().filter(|(name, _)| name != missing).collect();
        assert_eq!(
            post_policy::read(Fields(&form)).unwrap_err(),
            AuthError::FormFieldMissing { field: missing }
        );
    }
    let form: Form = vec![("key".to_owned(), "a".to_owned()), ("acl".to_owned(), "private".to_owned())];
    assert_eq!(post_policy::read(Fields(&form)), Ok(None));
    let form: Form = vec![("key".to_owned(), "a".repeat(30_000))];
    assert!(matches!(post_policy::read(Fields(&form)), Err(AuthError::TooLong { .. })));
}

#[test]
fn documents_of_another_shape_are_refused() {
    for policy in [
        "",
        "[]",
        "{}",
        r#"{"expiration":"2013-05-25T00:00:00Z"}"#,
        r#"{"conditions":[]}"#,
        r#"{"expiration":"tomorrow","conditions":[]}"#,
        r#"{"expiration":1,"conditions":[]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":{}}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[],"more":1}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[1]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[{"a":"b","c":"d"}]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[{"a":1}]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[["eq","$a"]]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[["eq","a","b"]]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[["like","$a","b"]]}"#,
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[["content-length-range",-1,5]]}"#,
    ] {
        let error = verify(&signed(policy, &[]), NOW).unwrap_err();
        assert!(matches!(error, AuthError::PolicyMalformed { .. }), "{policy} {error:?}");
    }
}

#[test]
fn older_forms_verify_with_the_secret_only() {
    // Amazon S3 User Guide, "Browser-based uploads using POST (AWS signature version 2)", has the scheme.
    let policy = STANDARD.encode(
        r#"{"expiration":"2013-05-25T00:00:00Z","conditions":[{"bucket":"b"},["starts-with","$key","user/"]]}"#,
    );
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, policy.as_bytes()));
    let fields =
        [("key", "user/a"), ("AWSAccessKeyId", AKID), ("policy", &policy), ("signature", &signature)];
    let mut form: Form = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let claim = post_policy::read(Fields(&form)).unwrap().unwrap();
    let verify = |form: &Form, secret| {
        claim
            .verify(Fields(form), "b", &PostKey::V2(secret), &Rules::s3(), NOW)
            .map(|verified| verified.content_length)
    };
    assert_eq!(verify(&form, SECRET), Ok(None));
    assert!(matches!(verify(&form, "another"), Err(AuthError::SignatureDoesNotMatch(_))));
    form[0].1 = "other/a".to_owned();
    assert!(matches!(verify(&form, SECRET), Err(AuthError::PolicyConditionFailed { .. })));
}

proptest! {
    #[test]
    fn no_policy_panics(policy in "\\PC{0,60}|\\{\"expiration\":\"2013-05-25T00:00:00Z\",\"conditions\":\\[[\\[\\]{}\",:$a-z0-9\\\\]{0,40}\\]\\}") {
        let _ = verify(&signed(&policy, &[]), NOW);
    }

    #[test]
    fn no_form_panics(fields in proptest::collection::vec(("(x-amz-[a-z]{4,10}|policy|key|\\PC{0,8})", "\\PC{0,30}"), 0..8)) {
        let _ = post_policy::read(Fields(&fields));
    }
}
