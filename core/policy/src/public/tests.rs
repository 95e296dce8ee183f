use super::*;
use crate::Kind;

fn public(principal: &str, condition: &str) -> bool {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}]}}"#
    );
    let text = text.replace("\n", "");
    is_public(&Policy::parse(&text, Kind::Resource).unwrap())
}

#[test]
fn fixed_principals_are_not_the_public() {
    for principal in [
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":["arn:aws:iam::111122223333:role/r","arn:aws:iam::111122223333:user/u"]}"#,
        r#"{"Service":"cloudtrail.amazonaws.com"}"#,
        &format!(r#"{{"CanonicalUser":"{}"}}"#, "a".repeat(64)),
    ] {
        assert!(!public(principal, "{}"), "{principal}");
    }
    for principal in [
        r#""*""#,
        r#"{"AWS":"*"}"#,
        r#"{"AWS":["111122223333","*"]}"#,
        r#"{"Federated":"graph.facebook.com"}"#,
        r#"{"AWS":"111122223333","Federated":"graph.facebook.com"}"#,
    ] {
        assert!(public(principal, "{}"), "{principal}");
    }
}

#[test]
fn fixed_values_close_a_policy() {
    for condition in [
        r#"{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}"#,
        r#"{"StringLike":{"AWS:sourcevpce":["vpce-1","vpce-2"]}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:t"}}"#,
        r#"{"StringLike":{"aws:userid":"AROAEXAMPLEID:*"}}"#,
        r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/*"}}"#,
        r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8","2001:db8::/32"]}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
    ] {
        assert!(!public(r#""*""#, condition), "{condition}");
    }
}

#[test]
fn wildcards_variables_and_holes_leave_it_open() {
    for condition in [
        "{}",
        r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#,
        r#"{"StringLike":{"aws:SourceVpc":["vpc-1","vpc-*"]}}"#,
        r#"{"StringEquals":{"aws:SourceVpc":"${aws:PrincipalTag/vpc}"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:SourceVpc":"vpc-1"}}"#,
        r#"{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}"#,
        r#"{"StringEquals":{"aws:SourceVpc":[]}}"#,
        r#"{"StringEquals":{"s3:prefix":"home/"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"2001::/16"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"IpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringLike":{"aws:userid":"AIDAEXAMPLE*"}}"#,
        r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/a"}}"#,
        r#"{"Null":{"aws:SourceVpc":"false"}}"#,
    ] {
        assert!(public(r#""*""#, condition), "{condition}");
    }
}

#[test]
fn denials_do_not_count_and_one_open_statement_is_enough() {
    let policy = |statements: &str| {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        is_public(&Policy::parse(&text, Kind::Resource).unwrap())
    };
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}"#;
    let own = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}"#;
    let open = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}"#;
    assert!(!policy(&format!("{deny},{own}")));
    assert!(policy(&format!("{deny},{own},{open}")));
}

/// Source: DynamoDB Developer Guide, "Blocking public access with resource-based policies in DynamoDB".
#[test]
fn dynamodb_fixes_other_keys() {
    let public = |condition: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"dynamodb:*","Resource":"*","Condition":{condition}}}"#
        );
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        is_public_in_dynamodb(&Policy::parse(&text, Kind::Resource).unwrap())
    };
    for closed in [
        r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
        r#"{"StringEquals":{"aws:PrincipalServiceName":"glue.amazonaws.com"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
    ] {
        assert!(!public(closed), "{closed}");
    }
    for open in [
        "{}",
        r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#"{"StringEquals":{"aws:SourceOwner":"111122223333"}}"#,
    ] {
        assert!(public(open), "{open}");
    }
}
