//! Median time of a decision with 10 attached policies of 10 statements, for several requests.
//!
//! `cargo bench -p kurodo-policy` prints nanoseconds; the promise is a median under 5 microseconds.

use std::{hint::black_box, sync::Arc, time::Instant};

use kurodo_policy::{
    Attached, Context, Kind, Model, Policies, Policy, Principal, PrincipalKind, Request, evaluate,
};

const ROUNDS: usize = 2_000;
const PER_ROUND: u32 = 50;

fn main() {
    let identity: Vec<Attached> = (0..10).map(policy).collect();
    let principal = principal();
    let context = context();
    for (name, action, resource) in [
        (
            "allowed by the last statement",
            "kinesis:PutRecord",
            "arn:aws:kinesis:eu-west-1:111122223333:stream/s-9-9",
        ),
        ("no action matches", "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"),
        ("conditions decide", "s3:GetObject", "arn:aws:s3:::bucket-3/home/bob/report.txt"),
        ("every statement's action matches", "s3:ListBucket", "arn:aws:s3:::elsewhere"),
    ] {
        let request = Request { principal: &principal, action, resource, owner: None, context: &context };
        let policies = Policies { identity: &identity, ..Policies::default() };
        let allowed = evaluate(&request, &policies, Model::Standard).allowed;
        println!(
            "{name:<34} {:>7.0} ns  allowed: {allowed}",
            median(|| {
                black_box(evaluate(black_box(&request), black_box(&policies), Model::Standard));
            })
        );
    }
    println!(
        "{:<34} {:>7.0} ns",
        "building a context of 20 keys",
        median(|| drop(black_box(self::context())))
    );
}

fn median(mut run: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..PER_ROUND).for_each(|_| run());
            start.elapsed().as_nanos() as f64 / f64::from(PER_ROUND)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// Ten statements: wildcards in actions and resources, variables, conditions, some denials.
fn policy(number: usize) -> Attached {
    let statements: Vec<String> = (0..10).map(|statement| self::statement(number, statement)).collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, Kind::Identity).map(Arc::new);
    let name = format!("arn:aws:iam::111122223333:policy/p{number}");
    match policy {
        Ok(policy) => Attached { name, policy },
        Err(error) => unreachable!("{error}: {text}"),
    }
}

fn statement(policy: usize, statement: usize) -> String {
    match statement {
        0 | 1 => format!(
            r#"{{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::bucket-{policy}","arn:aws:s3:::bucket-{policy}/home/${{aws:username}}/*"],
            "Condition":{{"IpAddress":{{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]}},"Bool":{{"aws:SecureTransport":"true"}}}}}}"#
        ),
        2 => r#"{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":["red","blue"]}}}"#.to_owned(),
        3 => r#"{"Effect":"Deny","NotAction":["s3:*","iam:*","kinesis:*","ec2:*"],"Resource":"*"}"#.to_owned(),
        9 => format!(r#"{{"Effect":"Allow","Action":"kinesis:Put*","Resource":"arn:aws:kinesis:*:111122223333:stream/s-{policy}-{statement}"}}"#),
        _ => format!(
            r#"{{"Effect":"Allow","Action":["dynamodb:*Item","dynamodb:Query","iam:Get*"],"Resource":"arn:aws:dynamodb:*:*:table/t{policy}-{statement}*"}}"#
        ),
    }
}

fn principal() -> Principal {
    Principal {
        kind: PrincipalKind::User,
        account: "111122223333".parse().ok(),
        arn: "arn:aws:iam::111122223333:user/bob".to_owned(),
        role_arn: None,
        federated_by: None,
        canonical_id: None,
        federated: None,
        user_id: None,
    }
}

fn context() -> Context {
    let mut context = Context::with_capacity(20);
    for (name, value) in [
        ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("aws:EpochTime", "1767225600"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceIp", "192.168.7.7"),
        ("aws:UserAgent", "aws-cli/2.0"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/bob"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalType", "User"),
        ("aws:PrincipalOrgID", "o-abcdefghij"),
        ("aws:userid", "AIDABOBBOBBOBBOBBOBBO"),
        ("aws:username", "bob"),
        ("aws:PrincipalTag/team", "red"),
        ("aws:PrincipalTag/cost-center", "12"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ViaAWSService", "false"),
        ("s3:authType", "REST-HEADER"),
        ("s3:signatureversion", "AWS4-HMAC-SHA256"),
        ("aws:ResourceAccount", "111122223333"),
    ] {
        context.set(name, value);
    }
    context
}
