use crate::{Effect, Kind, Policy, PolicyError, Version, context_keys};

const FULL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// The error's text for a policy with this one statement.
fn refused(kind: Kind, statement: &str) -> String {
    match parsed(kind, statement) {
        Ok(_) => panic!("accepted: {statement}"),
        Err(error) => error.to_string(),
    }
}

fn parsed(kind: Kind, statement: &str) -> Result<Policy, PolicyError> {
    Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#), kind)
}

fn identity(statement: &str) -> String {
    refused(Kind::Identity, statement)
}

const SYNTAX: &str = "Syntax errors in policy.";

#[test]
fn documents_of_the_wrong_form_are_refused() {
    for text in [
        "",
        "x",
        "[]",
        "\"s\"",
        "{}",
        r#"{"Version":"2012-10-17"}"#,
        r#"{"Statement":[]}"#,
        r#"{"Statement":"x"}"#,
        r#"{"Statement":[1]}"#,
        r#"{"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":2012,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Statement":[]}"#,
        r#"{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}"#,
        r#"{"Conditions":{},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Id":1,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ] {
        let error = Policy::parse(text, Kind::Identity).unwrap_err();
        assert_eq!(error.to_string(), SYNTAX, "{text}");
    }
}

#[test]
fn statements_of_the_wrong_form_are_refused() {
    for statement in [
        r#"{"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Permit","Action":"*","Resource":"*"}"#,
        r#"{"Effect":["Allow"],"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}"#,
        r#"{"Effect":"Allow","Action":1,"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":[["*"]],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":{"a":"*"}}"#,
        r#"{"Effect":"Allow","Actions":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":[]}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":"x"}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":null}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":{}}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a:b":"x"}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{}}}"#,
        r#"{"Sid":1,"Effect":"Allow","Action":"*","Resource":"*"}"#,
    ] {
        assert_eq!(identity(statement), SYNTAX, "{statement}");
    }
}

#[test]
fn identity_policies_are_refused_in_iams_words() {
    for (statement, message) in [
        (r#"{"Effect":"allow","Action":"*","Resource":"*"}"#, "The policy failed legacy parsing"),
        (r#"{"Effect":"Allow","Resource":"*"}"#, "Policy statement must contain actions."),
        (r#"{"Effect":"Allow","Action":[],"Resource":"*"}"#, "Policy statement must contain actions."),
        (r#"{"Effect":"Allow","Action":"*"}"#, "Policy statement must contain resources."),
        (r#"{"Effect":"Allow","Action":"*","Resource":[]}"#, "Policy statement must contain resources."),
        (
            r#"{"Effect":"Allow","Action":"GetObject","Resource":"*"}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"SourceIp":"10.0.0.0/8"}}}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{":tag":"x"}}}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:Get:Object","Resource":"*"}"#,
            "Actions/Condition can contain only one colon.",
        ),
        (r#"{"Effect":"Allow","Action":"s3*:Get","Resource":"*"}"#, "Vendor s3* is not valid"),
        (r#"{"Effect":"Allow","NotAction":"a b:c","Resource":"*"}"#, "Vendor a b is not valid"),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"bucket"}"#,
            "Resource bucket must be in ARN format or \"*\".",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:azure:s3:::b"}"#,
            "Partition \"azure\" is not valid for resource \"arn:azure:s3:::b\".",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","NotResource":"arn:error"}"#,
            "Partition \"error\" is not valid for resource \"arn:error:*:*:*:*\".",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s*:::b"}"#,
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:eu-west-1::b"}"#,
            "Resource arn:aws:s3:eu-west-1::b can not contain region information.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam:eu-west-1:111122223333:user/u"}"#,
            "IAM resource arn:aws:iam:eu-west-1:111122223333:user/u cannot contain region information.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}}"#,
            "The policy failed legacy parsing",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            "Policy document should not specify a principal.",
        ),
        (
            r#"{"Sid":"a b","Effect":"Allow","Action":"*","Resource":"*"}"#,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
        ),
        (
            r#"{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}"#,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ] {
        assert_eq!(identity(statement), message, "{statement}");
    }
    let path = identity(r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::111122223333:users/u"}"#);
    assert!(path.starts_with("IAM resource path must either be \"*\" or start with user/, "), "{path}");
}

#[test]
fn every_kind_takes_what_it_may_hold() {
    let identity =
        r#"{"Sid":"A1","Effect":"Allow","NotAction":["iam:*","*:Get*"],"NotResource":"arn:aws:s3:::b/*"}"#;
    let resource = r#"{"Sid":"any id!","Effect":"Deny","NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/p/u"]},"Action":"s3:*","Resource":"arn:aws:s3:::b"}"#;
    let trust = r#"{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"],"AWS":"*","Federated":"arn:aws:iam::111122223333:saml-provider/Idp"},"Action":["sts:AssumeRole","sts:TagSession","sts:AssumeRoleWith*"]}"#;
    let rcp = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}"#;
    let full_rcp = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
    for (kind, statement) in [
        (Kind::Identity, identity),
        (Kind::Boundary, identity),
        (Kind::Session, identity),
        (Kind::Scp, identity),
        (Kind::Endpoint, identity),
        (Kind::Endpoint, resource),
        (Kind::Resource, resource),
        (Kind::KeyPolicy, full_rcp),
        (Kind::Trust, trust),
        (Kind::Rcp, rcp),
        (Kind::Rcp, full_rcp),
    ] {
        assert!(parsed(kind, statement).is_ok(), "{kind:?} {statement}");
    }
}

#[test]
fn access_points_have_regions() {
    for resource in ["arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*", "arn:aws:s3:*:*:job/*"] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}"#);
        assert!(parsed(Kind::Identity, &statement).is_ok(), "{resource}");
    }
}

#[test]
fn trust_policies_speak_of_assuming_roles_only() {
    let principal = r#""Principal":{"AWS":"111122223333"}"#;
    let assume = r#""Effect":"Allow","Action":"sts:AssumeRole""#;
    for (statement, message) in [
        (format!("{{{assume}}}"), "Missing required field Principal"),
        (format!(r#"{{{assume},{principal},"Resource":"*"}}"#), "Has prohibited field Resource"),
        (format!(r#"{{{assume},{principal},"NotResource":"*"}}"#), "Has prohibited field NotResource"),
        (
            format!(r#"{{{assume},"NotPrincipal":{{"AWS":"111122223333"}}}}"#),
            "Has prohibited field NotPrincipal",
        ),
        (format!(r#"{{"Effect":"Allow",{principal}}}"#), "Missing required field Action"),
        (
            format!(r#"{{"Effect":"Allow",{principal},"Action":"s3:GetObject"}}"#),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            format!(r#"{{"Effect":"Allow",{principal},"Action":"*"}}"#),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            format!(r#"{{"Effect":"Allow",{principal},"NotAction":"sts:AssumeRole"}}"#),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            format!(r#"{{{assume},"Principal":"*"}}"#),
            "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".",
        ),
        (
            format!(r#"{{{assume},"Principal":{{"AWS":"arn:aws:iam::111122223333:user/*"}}}}"#),
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/*\"",
        ),
    ] {
        assert_eq!(refused(Kind::Trust, &statement), message, "{statement}");
    }
}

#[test]
fn bucket_policies_are_refused_in_s3s_words() {
    let rest = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    for (statement, message) in [
        (format!("{{{rest}}}"), "Missing required field Principal"),
        (
            r#"{"Effect":"Allow","Principal":"*","Resource":"arn:aws:s3:::b"}"#.to_owned(),
            "Missing required field Action",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*"}"#.to_owned(),
            "Missing required field Resource",
        ),
        (r#"{"Principal":"*","Action":"s3:*","Resource":"*"}"#.to_owned(), "Missing required field Effect"),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"GetObject","Resource":"*"}"#.to_owned(),
            "Policy has invalid action",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"b"}"#.to_owned(),
            "Policy has invalid resource",
        ),
        (
            format!(r#"{{{rest},"NotPrincipal":{{"AWS":"111122223333"}}}}"#),
            "Allow with NotPrincipal is not allowed.",
        ),
    ] {
        assert_eq!(refused(Kind::Resource, &statement), message, "{statement}");
    }
    let error = |text: &str| Policy::parse(text, Kind::Resource).unwrap_err().to_string();
    assert_eq!(error(" {}"), "Policies must be valid JSON and the first byte must be '{'");
    assert_eq!(error("{"), "Policies must be valid JSON and the first byte must be '{'");
    assert_eq!(error("{}"), "Missing required field Statement");
    assert_eq!(error(r#"{"Version":"1"}"#), "The policy must contain a valid version string");
}

#[test]
fn principals_are_whole_names() {
    for principal in [
        r#""arn:aws:iam::111122223333:root""#,
        r#"{}"#,
        r#"{"AWS":[]}"#,
        r#"{"AWS":"bob"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:*"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:role/*"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:role/"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:group/g"}"#,
        r#"{"AWS":"arn:aws:iam::1111:root"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:root/x"}"#,
        r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r"}"#,
        r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s/t"}"#,
        r#"{"AWS":"arn:aws:s3:::b"}"#,
        r#"{"AWS":"arn:aws-cn:iam::111122223333:root"}"#,
        r#"{"AWS":"11112222333"}"#,
        r#"{"Service":"*"}"#,
        r#"{"Service":"ec2"}"#,
        r#"{"Federated":"*"}"#,
        r#"{"Federated":"arn:aws:iam::111122223333:user/u"}"#,
        r#"{"CanonicalUser":"abc"}"#,
        r#"{"Everyone":"*"}"#,
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"arn:aws:s3:::b"}}"#
        );
        assert_eq!(refused(Kind::Resource, &statement), "Invalid principal in policy", "{principal}");
    }
}

#[test]
fn organisations_policies_keep_to_their_type() {
    let type_error =
        "The provided policy document does not meet the requirements of the specified policy type.";
    for (kind, statement, message) in [
        (Kind::Scp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#, type_error),
        (Kind::Rcp, r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#, type_error),
        (Kind::Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#, type_error),
        (
            Kind::Rcp,
            r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#,
            type_error,
        ),
        (
            Kind::Rcp,
            r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
            "Missing required field Principal",
        ),
        (
            Kind::Rcp,
            r#"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}"#,
            "Has prohibited field NotAction",
        ),
    ] {
        assert_eq!(refused(kind, statement), message, "{statement}");
    }
    for kind in [Kind::Scp, Kind::Rcp] {
        let old = FULL.replace("2012", "2008");
        assert_eq!(Policy::parse(&old, kind).unwrap_err(), PolicyError::Version);
    }
}

#[test]
fn the_old_version_is_meant_when_none_is_given() {
    let old =
        Policy::parse(r#"{"Statement":{"Effect":"Deny","Action":"a:b","Resource":"*"}}"#, Kind::Identity);
    let old = old.unwrap();
    assert_eq!(old.version(), Version::V2008);
    assert_eq!(old.statements()[0].effect(), Effect::Deny);
    assert_eq!(old.current().unwrap_err(), PolicyError::Version);
    assert!(Policy::parse(FULL, Kind::Identity).unwrap().current().is_ok());
}

#[test]
fn statements_know_where_they_stand() {
    let text = "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Action\": \"a:é\", \"Resource\": \"*\"},\n    {\n\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"\n}]}";
    let policy = Policy::parse(text, Kind::Identity).unwrap();
    let places: Vec<_> = policy
        .statements()
        .iter()
        .map(|s| (s.span().start.line, s.span().start.column, s.span().end.line, s.span().end.column))
        .collect();
    assert_eq!(places, [(3, 5, 3, 58), (4, 5, 6, 2)]);
}

#[test]
fn errors_know_where_they_stand() {
    let error = Policy::parse("{\n \"Statement\": x}", Kind::Identity).unwrap_err();
    let PolicyError::Syntax { at, detail } = error else { panic!("{error}") };
    assert_eq!((at.line, at.column, detail.as_str()), (2, 15, "a value is expected"));
}

#[test]
fn keys_and_variables_are_listed_once() {
    let policy = parsed(
        Kind::Identity,
        r#"{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::${aws:username}/${aws:PrincipalTag/a, 'x'}/${*}"],
        "Condition":{"StringLike":{"s3:prefix":"${AWS:UserName}/*"},"Bool":{"aws:SecureTransport":"true"},
        "ArnLike":{"aws:SourceArn":"arn:aws:sns:*:${aws:PrincipalAccount}:*"}}}"#,
    );
    assert_eq!(
        context_keys(&policy.unwrap()),
        [
            "aws:PrincipalAccount",
            "aws:PrincipalTag/a",
            "aws:SecureTransport",
            "aws:SourceArn",
            "aws:username",
            "s3:prefix"
        ]
    );
}
