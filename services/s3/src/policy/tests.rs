use serde_json::{Value, json};

use super::*;

fn policy(changes: Value) -> String {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/*",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(statement.as_object_mut().unwrap().remove(name)),
            _ => drop(statement.as_object_mut().unwrap().insert(name.clone(), value.clone())),
        }
    }
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn read(text: &str) -> Result<Accepted, String> {
    accept(text, "bucket", &Names::as_written(text)).map_err(|error| error.to_string())
}

fn message(changes: Value) -> String {
    read(&policy(changes)).unwrap_err()
}

#[test]
fn documents_that_are_no_policies() {
    for (text, expected) in [
        ("", "Policies must be valid JSON and the first byte must be '{'"),
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        (" {}", "Policies must be valid JSON and the first byte must be '{'"),
        ("{\"Statement\":", "This policy contains invalid Json"),
        ("{}", "Missing required field Statement"),
        ("{\"Statement\":[]}", "Could not parse the policy: Statement is empty!"),
        ("{\"Statements\":[]}", "Unknown field Statements"),
        ("{\"Version\":\"2020-01-01\",\"Statement\":[]}", "The policy must contain a valid version string"),
    ] {
        assert_eq!(read(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn statements_that_are_none() {
    for (changes, expected) in [
        (json!({"Principal": null}), "Missing required field Principal"),
        (json!({"Action": null}), "Missing required field Action"),
        (json!({"Resource": null}), "Missing required field Resource"),
        (json!({"Effect": null}), "Missing required field Effect"),
        (json!({"Effect": "hello"}), "Invalid effect: hello"),
        (json!({"Effect": "allow"}), "Invalid effect: allow"),
        (json!({"Action": 1}), "Invalid policy syntax."),
        (json!({"condition": {}}), "Unknown field condition"),
        (json!({"Condition": {"StringIs": {"aws:userid": "a"}}}), "Invalid Condition type : StringIs"),
        (json!({"Principal": {"AWS": "bob"}}), "Invalid principal in policy"),
        (json!({"Principal": "111122223333"}), "Invalid principal in policy"),
        (json!({"Principal": null, "NotPrincipal": "*"}), "Allow with NotPrincipal is not allowed."),
    ] {
        assert_eq!(message(changes.clone()), expected, "{changes}");
    }
}

#[test]
fn a_policy_speaks_of_its_own_bucket() {
    for resource in [
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::other/*",
        "arn:aws:s3:::bucket2/*",
        "arn:aws:s3:::buck*",
        "arn:aws:s3:us-east-1:111122223333:bucket/*",
        "arn:aws:sqs:::bucket/*",
        "bucket/*",
    ] {
        assert_eq!(message(json!({"Resource": resource})), "Policy has invalid resource", "{resource}");
    }
    let both = json!({"Resource": ["arn:aws:s3:::bucket/*", "arn:aws:s3:::other/*"]});
    assert_eq!(message(both), "Policy has invalid resource");
    let not = json!({"Resource": null, "NotResource": "arn:aws:s3:::other/*"});
    assert_eq!(message(not), "Policy has invalid resource");
    for resource in ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket*"] {
        assert!(read(&policy(json!({"Resource": resource}))).is_ok(), "{resource}");
    }
}

#[test]
fn actions_are_s3s_and_apply_to_what_is_named() {
    for action in ["s3:GetStuff", "iam:GetUser", "s3:ListAllMyBuckets", "s3:PutObjectLockConfiguration"] {
        assert_eq!(message(json!({"Action": action})), "Policy has invalid action", "{action}");
    }
    let apart = "Action does not apply to any resource(s) in statement";
    assert_eq!(message(json!({"Action": "s3:ListBucket"})), apart);
    assert_eq!(message(json!({"Action": ["s3:GetObject", "s3:ListBucket"]})), apart);
    assert_eq!(message(json!({"Resource": "arn:aws:s3:::bucket"})), apart);
    for action in ["s3:*", "*", "s3:Get*", "S3:GETOBJECTVERSION"] {
        assert!(read(&policy(json!({"Action": action}))).is_ok(), "{action}");
    }
    assert!(read(&policy(json!({"Action": null, "NotAction": "s3:ListBucket"}))).is_ok());
    assert!(read(&policy(json!({"Resource": null, "NotResource": "arn:aws:s3:::bucket/a"}))).is_ok());
}

#[test]
fn condition_keys_exist_and_apply() {
    let with = |key: &str| json!({"Condition": {"StringEquals": {key: "a"}}});
    for key in ["s3:VersionStatus", "prefix", "s3:ExistingObjectTag"] {
        assert_eq!(message(with(key)), "Policy has an invalid condition key", "{key}");
    }
    let apart = "Conditions do not apply to combination of actions and resources in statement";
    assert_eq!(message(with("s3:prefix")), apart);
    for key in ["s3:ExistingObjectTag/a", "aws:PrincipalOrgID", "S3:X-Amz-Acl", "aws:PrincipalTag/b"] {
        assert!(read(&policy(with(key))).is_ok(), "{key}");
    }
}

#[test]
fn the_kept_form_is_measured() {
    let long =
        |length: usize| policy(json!({"Resource": format!("arn:aws:s3:::bucket/{}", "k".repeat(length))}));
    let rest = long(0).len();
    assert!(read(&long(20 * 1024 - rest)).is_ok());
    let spaced = long(20 * 1024 - rest).replacen('{', "{                ", 1);
    assert!(read(&spaced).is_ok());
    let expected = "Normalized policy document exceeds the maximum allowed size of 20480 bytes";
    assert_eq!(read(&long(20 * 1024 - rest + 1)).unwrap_err(), expected);
}

#[test]
fn what_is_meant_is_written_down() {
    let statement = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}"#;
    let kept = read(&format!("{{\"Statement\": {statement}}}")).unwrap().text;
    assert_eq!(kept, format!("{{\"Version\":\"2008-10-17\",\"Statement\":[{statement}]}}"));
}

#[test]
fn strangers_are_refused_and_ids_are_kept() {
    let text = policy(json!({}));
    assert!(matches!(accept(&text, "bucket", &Names::default()), Err(Error::MalformedPolicy(_))));
}

#[test]
fn a_policy_for_everybody_is_public() {
    assert!(read(&policy(json!({"Principal": "*"}))).unwrap().public);
    assert!(!read(&policy(json!({}))).unwrap().public);
    let narrow = json!({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}});
    assert!(!read(&policy(narrow)).unwrap().public);
    assert!(!read(&policy(json!({"Principal": "*", "Effect": "Deny"}))).unwrap().public);
}
