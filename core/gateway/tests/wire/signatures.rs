//! Times, lifetimes and forms of signatures, against AWS's rules and words.

use crate::{
    client::{Ask, send},
    world::{World, now},
};

#[tokio::test]
async fn clocks_may_differ_by_as_much_as_the_service_allows() {
    let world = World::new().await;
    let note = r#"{"Bucket":"b"}"#;
    let s3 = |age: i64| Ask::new("GET", "/b/k").signed_at(&world.root, "s3", "UNSIGNED-PAYLOAD", now() - age);
    let json = |age: i64| {
        let ask = Ask::json("WriteNote", note);
        let hash = ask.hash();
        ask.signed_at(&world.root, "jsondepot", &hash, now() - age)
    };
    let query = |age: i64| {
        let ask = Ask::query("Action=WriteNote&Version=2026-01-01&Bucket=b");
        let hash = ask.hash();
        ask.signed_at(&world.root, "querydepot", &hash, now() - age)
    };
    for age in [-880, 880] {
        send(&world, &s3(age)).await.refused(404, "NoSuchKey");
        send(&world, &query(age)).await.ok();
        send(&world, &json(age / 3)).await.ok();
    }
    for age in [-920, 920] {
        let answer = send(&world, &s3(age)).await;
        answer.refused(403, "RequestTimeTooSkewed");
        for part in [
            "The difference between the request time and the current time is too large.",
            "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>",
            "<RequestTime>",
            "<ServerTime>",
        ] {
            assert!(answer.body.contains(part), "{}", answer.body);
        }
        let answer = send(&world, &query(age)).await;
        answer.refused(403, "SignatureDoesNotMatch");
        let text = if age > 0 { "is now earlier than" } else { "Signature not yet current" };
        assert!(answer.body.contains(text), "{}", answer.body);
    }
    for age in [-320, 320] {
        let answer = send(&world, &json(age)).await;
        answer.refused(400, "InvalidSignatureException");
        assert!(answer.body.contains("5 min."), "{}", answer.body);
    }
}

#[tokio::test]
async fn presigned_requests_live_a_week_at_most() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    let presigned = |time, expires| Ask::new("GET", "/b/k").presigned(&world.root, "s3", time, expires);
    send(&world, &presigned(now(), 604_800)).await.ok();
    send(&world, &presigned(now() - 604_000, 604_800)).await.ok();
    let answer = send(&world, &presigned(now(), 604_801)).await;
    answer.refused(400, "AuthorizationQueryParametersError");
    let text = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                than 604800 seconds";
    assert!(answer.body.contains(text), "{}", answer.body);
    for wrong in ["-1", "x", "1.5", ""] {
        let mut ask = presigned(now(), 60);
        ask.query = ask.query.replace("X-Amz-Expires=60", &format!("X-Amz-Expires={wrong}"));
        send(&world, &ask).await.refused(400, "AuthorizationQueryParametersError");
    }
    let mut forever = presigned(now(), 60);
    forever.query = forever.query.replace("X-Amz-Expires=60&", "");
    send(&world, &forever).await.refused(400, "AuthorizationQueryParametersError");
}

#[tokio::test]
async fn presigned_requests_are_for_their_time() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    let presigned = |time, expires| Ask::new("GET", "/b/k").presigned(&world.root, "s3", time, expires);
    let early = send(&world, &presigned(now() + 1000, 60)).await;
    early.refused(403, "AccessDenied");
    assert!(early.body.contains("<Message>Request is not valid yet</Message>"), "{}", early.body);
    let late = send(&world, &presigned(now() - 100, 60)).await;
    late.refused(403, "AccessDenied");
    for part in ["<Message>Request has expired</Message>", "<X-Amz-Expires>60</X-Amz-Expires>", "<Expires>"] {
        assert!(late.body.contains(part), "{}", late.body);
    }
    send(&world, &presigned(now() + 600, 60)).await.ok();
}

#[tokio::test]
async fn a_presigned_upload_is_held_to_what_was_signed() {
    let world = World::new().await;
    let ask = |name: &'static str, value: &str| {
        Ask::new("PUT", "/b/k")
            .with("content-type", "text/plain")
            .with("x-amz-acl", "private")
            .presigned(&world.root, "s3", now(), 60)
            .set(name, value)
            .body("anything")
    };
    send(&world, &ask("content-type", "text/plain")).await.ok();
    for (name, value) in [("content-type", "text/html"), ("x-amz-acl", "public-read")] {
        send(&world, &ask(name, value)).await.refused(403, "SignatureDoesNotMatch");
    }
    let mut without = ask("content-type", "text/plain");
    without.headers.remove("x-amz-acl");
    send(&world, &without).await.refused(403, "SignatureDoesNotMatch");
    let unsigned = send(&world, &ask("x-amz-meta-added", "x")).await;
    unsigned.refused(403, "AccessDenied");
    assert!(unsigned.body.contains("There were headers present in the request which were not signed"));
    assert!(unsigned.body.contains("<HeadersNotSigned>x-amz-meta-added</HeadersNotSigned>"));
    let mut moved = ask("content-type", "text/plain");
    moved.path = "/b/other".to_owned();
    send(&world, &moved).await.refused(403, "SignatureDoesNotMatch");
    let mut read = ask("content-type", "text/plain");
    read.method = http::Method::GET;
    send(&world, &read).await.refused(403, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_wrong_signature_is_told_what_was_signed() {
    let world = World::new().await;
    let key = crate::world::Key { secret: "another".to_owned(), ..world.root.clone() };
    let answer = send(&world, &Ask::new("GET", "/b/k").signed(&key, "s3")).await;
    answer.refused(403, "SignatureDoesNotMatch");
    for part in [
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        "<StringToSign>AWS4-HMAC-SHA256",
        "<CanonicalRequest>GET",
        "<SignatureProvided>",
        "<AWSAccessKeyId>",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert!(!answer.body.contains("another"));
}

#[tokio::test]
async fn version_4a_signs_for_sets_of_regions() {
    let world = World::new().await;
    send(&world, &Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    let ask = |region_set: &str, spoil: bool| {
        let ask = Ask::new("GET", "/b/k").with("x-amz-region-set", region_set);
        version_4a(&world, ask, spoil)
    };
    for region_set in ["*", "us-east-1", "eu-*,us-*"] {
        send(&world, &ask(region_set, false)).await.ok();
    }
    send(&world, &ask("*", true)).await.refused(403, "SignatureDoesNotMatch");
    let mut moved = ask("*", false);
    moved.headers.insert("x-amz-region-set", "us-east-1".parse().unwrap());
    send(&world, &moved).await.refused(403, "SignatureDoesNotMatch");
    let mut without = ask("*", false);
    without.headers.remove("x-amz-region-set");
    send(&world, &without).await.refused(400, "AuthorizationHeaderMalformed");
}

/// The request signed with Signature Version 4A by AWS's own signer.
fn version_4a(world: &World, ask: Ask, spoil: bool) -> Ask {
    use aws_sigv4::{
        http_request::{
            PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
            UriPathNormalizationMode, sign,
        },
        sign::v4a,
    };
    let identity =
        aws_credential_types::Credentials::new(&world.root.id, &world.root.secret, None, None, "t").into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let region_set = ask.headers["x-amz-region-set"].to_str().unwrap().to_owned();
    let parameters = v4a::SigningParams::builder()
        .identity(&identity)
        .region_set(&region_set)
        .name("s3")
        .time(std::time::SystemTime::now())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let uri = format!("https://localhost{}", ask.target());
    let fields = [("host", "localhost")];
    let request =
        SignableRequest::new("GET", uri, fields.into_iter(), SignableBody::UnsignedPayload).unwrap();
    let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
    let mut ask = ask;
    for (name, value) in instructions.headers() {
        let name: http::HeaderName = name.parse().unwrap();
        let value = if spoil && name == "x-amz-date" {
            value.replace('Z', "Z ").trim().to_owned()
        } else {
            value.to_owned()
        };
        let value = if spoil && name == "authorization" { flipped(&value) } else { value };
        ask.headers.insert(name, value.parse().unwrap());
    }
    ask
}

fn flipped(authorization: &str) -> String {
    let (rest, last) = authorization.split_at(authorization.len() - 1);
    format!("{rest}{}", if last == "0" { '1' } else { '0' })
}

#[tokio::test]
async fn every_amazon_header_must_be_signed() {
    let world = World::new().await;
    let late = Ask::new("GET", "/b/k").signed(&world.root, "s3").with("x-amz-meta-late", "x");
    let answer = send(&world, &late).await;
    answer.refused(403, "AccessDenied");
    assert!(answer.body.contains("<HeadersNotSigned>x-amz-meta-late</HeadersNotSigned>"), "{}", answer.body);
}

#[tokio::test]
async fn a_global_service_is_in_its_region_whichever_is_signed_for() {
    let world = World::new().await;
    let held = r#"{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}"#;
    let user = world.user("held", held).await;
    let json = |region| Ask::json("WriteNote", r#"{"Bucket":"b"}"#).signed_in(region, &user, "jsondepot");
    send(&world, &json("eu-west-1")).await.ok();
    send(&world, &json("us-east-1")).await.refused(400, "AccessDeniedException");
    let query = Ask::query("Action=WriteNote&Version=2026-01-01&Bucket=b");
    for region in ["eu-west-1", "us-east-1"] {
        send(&world, &query.clone().signed_in(region, &user, "querydepot"))
            .await
            .refused(403, "AccessDenied");
    }
    let nowhere = query.signed_in("No Region", &user, "querydepot");
    assert_ne!(send(&world, &nowhere).await.status, 200);
}
