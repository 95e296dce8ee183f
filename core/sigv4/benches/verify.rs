//! What it costs to authenticate one request, printed in microseconds.

use std::{error::Error, hint::black_box, time::Instant};

use http::{HeaderMap, Method};
use kurodo_sigv4::{Claim, Head, Rules, Scope, ScopeDate, SigningKey, V4aKey, read, sign::Signer};

const NOW: i64 = 1_790_000_000;
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn measure(name: &str, mut run: impl FnMut()) {
    let mut rounds: Vec<f64> = (0..20)
        .map(|_| {
            let start = Instant::now();
            (0..5_000).for_each(|_| run());
            start.elapsed().as_secs_f64() * 1e6 / 5_000.0
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    println!("{name}: {:.2} us", rounds.get(10).copied().unwrap_or_default());
}

fn authenticate(head: &Head<'_>, key: &SigningKey) -> bool {
    let Ok(Claim::V4(claim)) = read(head) else { return false };
    black_box(claim.verify(head, key, &Rules::s3(), NOW, None)).is_ok()
}

fn main() -> Result<(), Box<dyn Error>> {
    let scope = Scope { date: ScopeDate::of(NOW), region: "eu-west-1".into(), service: "s3".into() };
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let key = SigningKey::derive(secret, scope.date, &scope.region, &scope.service);
    let signer =
        Signer { access_key_id: "AKIAIOSFODNN7EXAMPLE", key: &key, scope: &scope, token: None, s3: true };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "localhost:4566"),
        ("user-agent", "Boto3/1.40 md/Botocore#1.40 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.12"),
        ("accept-encoding", "identity"),
        ("x-amz-checksum-mode", "ENABLED"),
        ("amz-sdk-invocation-id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("amz-sdk-request", "attempt=1"),
    ] {
        headers.insert(name, value.parse()?);
    }
    let method = Method::GET;
    let plain = Head {
        method: &method,
        path: "/bucket/some/key-0001",
        query: "",
        headers: &headers,
        authority: None,
    };
    let signed = signer.authorize(&plain, EMPTY, NOW)?;
    assert!(authenticate(&Head { headers: &signed, ..plain }, &key));
    measure("GET, header", || {
        black_box(authenticate(&Head { headers: &signed, ..plain }, &key));
    });
    let mut host = HeaderMap::new();
    host.insert("host", "localhost:4566".parse()?);
    let bare = Head { headers: &host, ..plain };
    let query = signer.presign(&bare, "UNSIGNED-PAYLOAD", NOW, 60)?;
    measure("GET, presigned", || {
        black_box(authenticate(&Head { query: &query, ..bare }, &key));
    });
    measure("derive a signing key", || {
        black_box(SigningKey::derive(secret, scope.date, &scope.region, &scope.service));
    });
    measure("derive a SigV4A key", || {
        black_box(V4aKey::derive("AKIAIOSFODNN7EXAMPLE", secret));
    });
    Ok(())
}
