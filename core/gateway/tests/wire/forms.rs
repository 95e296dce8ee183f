//! Forms that browsers post.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use kurodo_audit::Verdict;
use kurodo_sigv4::stamp;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Ask, scope, send, signer},
    world::{Key, World, now},
};

/// A form to be: its fields, its policy's conditions, its file.
struct Form {
    key: Key,
    fields: Vec<(String, String)>,
    conditions: Vec<Value>,
    expires: i64,
    file: Option<(String, Vec<u8>)>,
    after: String,
}

impl Form {
    fn new(key: &Key) -> Self {
        let mut form = Self {
            key: key.clone(),
            fields: Vec::new(),
            conditions: vec![json!({ "bucket": "b" })],
            expires: now() + 600,
            file: Some(("a b.txt".to_owned(), b"content".to_vec())),
            after: String::new(),
        };
        form.field("key", "up/${filename}", json!(["starts-with", "$key", "up/"]));
        form
    }

    fn field(&mut self, name: &str, value: &str, condition: Value) {
        self.fields.push((name.to_owned(), value.to_owned()));
        if !condition.is_null() {
            self.conditions.push(condition);
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.field(name, value, json!({ name: value }));
        self
    }

    fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.file = Some((name.to_owned(), content.into()));
        self
    }

    fn on(mut self, condition: Value) -> Self {
        self.conditions.push(condition);
        self
    }

    fn policy(&self) -> String {
        let (expiration, conditions) = (stamp::extended(self.expires), &self.conditions);
        STANDARD.encode(json!({ "expiration": expiration, "conditions": conditions }).to_string())
    }

    /// Signed with Signature Version 4.
    fn signed(mut self) -> Self {
        let time = now();
        let (scope, signing) = scope(&self.key, "s3", time);
        let credential = format!("{}/{scope}", self.key.id);
        self = self.with("x-amz-algorithm", "AWS4-HMAC-SHA256").with("x-amz-credential", &credential);
        self = self.with("x-amz-date", &stamp::basic(time));
        let policy = self.policy();
        let signature = signer(&self.key, &signing, &scope, "s3").policy(&policy);
        self.field("policy", &policy, Value::Null);
        self.field("x-amz-signature", &signature, Value::Null);
        self
    }

    /// Signed with Signature Version 2.
    fn signed_in_version_two(mut self) -> Self {
        let policy = self.policy();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.key.secret.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, policy.as_bytes()));
        let id = self.key.id.clone();
        self.field("AWSAccessKeyId", &id, Value::Null);
        self.field("policy", &policy, Value::Null);
        self.field("signature", &signature, Value::Null);
        self
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let head = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        }
        if let Some((name, content)) = &self.file {
            let head = format!(
                "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: text/plain\r\n\r\n"
            );
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend(self.after.as_bytes());
        body.extend(b"--xyz--\r\n");
        body
    }

    fn ask(&self, target: &str) -> Ask {
        Ask::new("POST", target).with("content-type", "multipart/form-data; boundary=xyz").body(self.body())
    }

    async fn post(&self, world: &World) -> Answer {
        send(world, &self.ask("/b")).await
    }
}

#[tokio::test]
async fn a_signed_form_puts_its_file() {
    let world = World::new().await;
    let answer = Form::new(&world.root).signed().post(&world).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert_eq!(answer.header("etag"), "\"7\"");
    assert_eq!(answer.header("location"), "https://localhost/b/up/a%20b%2Etxt".replace("%2E", "."));
    assert_eq!(world.depot.thing("b/up/a b.txt").unwrap(), "content");
    let record = world.record(answer.id()).await;
    assert_eq!((record.operation.as_str(), record.decision), ("PutThing", Verdict::Allowed));
    assert_eq!(record.access_key_id.as_ref(), Some(&world.root.id));
    // Fields after the file count for nothing, and the bucket may be the host's.
    let mut form = Form::new(&world.root).file("C:\\x\\y", "\r\n--xy").signed();
    form.after = "--xyz\r\nContent-Disposition: form-data; name=\"acl\"\r\n\r\npublic-read\r\n".to_owned();
    let ask = form.ask("/").set("host", "b.s3.localhost");
    send(&world, &ask).await.ok();
    assert_eq!(world.depot.thing("b/up/y").unwrap(), "\r\n--xy");
}

#[tokio::test]
async fn a_large_file_streams() {
    let world = World::new().await;
    let content: Vec<u8> = (0..20_u32 << 20).map(|n| (n % 251) as u8).collect();
    Form::new(&world.root).file("large", content.clone()).signed().post(&world).await.ok();
    assert_eq!(world.depot.thing("b/up/large").unwrap(), content);
}

#[tokio::test]
async fn the_form_chooses_the_answer() {
    let world = World::new().await;
    let created = Form::new(&world.root).with("success_action_status", "201").signed().post(&world).await;
    assert_eq!(created.status, 201);
    for part in
        ["<PostResponse><Location>https://localhost/b/up/a%20b.txt</Location>", "<Key>up/a b.txt</Key>"]
    {
        assert!(created.body.contains(part), "{}", created.body);
    }
    assert_eq!(
        Form::new(&world.root).with("success_action_status", "200").signed().post(&world).await.status,
        200
    );
    let there = "https://site.example/done?x=1";
    let sent = Form::new(&world.root).with("success_action_redirect", there).signed().post(&world).await;
    assert_eq!(sent.status, 303);
    let expected = format!("{there}&bucket=b&key=up%2Fa%20b.txt&etag=%227%22");
    assert_eq!(sent.header("location"), expected);
}

#[tokio::test]
async fn every_condition_of_the_policy_is_held() {
    let world = World::new().await;
    let form = || Form::new(&world.root);
    let failed = "Invalid according to Policy: Policy Condition failed: ";
    let mut key = form();
    key.fields[0].1 = "down/x".to_owned();
    let mut late = form();
    late.expires = now() - 1;
    let mut extra = form();
    extra.field("x-amz-meta-more", "x", Value::Null);
    let mut twice = form();
    twice.field("Key", "up/y", Value::Null);
    let mut named = form().with("acl", "private");
    named.fields[1].1 = "public-read".to_owned();
    for (form, status, code, text) in [
        (key, 403, "AccessDenied", format!("{failed}[\"starts-with\", \"$key\", \"up/\"]")),
        (late, 403, "AccessDenied", "Invalid according to Policy: Policy expired.".to_owned()),
        (
            extra,
            403,
            "AccessDenied",
            "Invalid according to Policy: Extra input fields: x-amz-meta-more".to_owned(),
        ),
        (twice, 400, "InvalidArgument", String::new()),
        (named, 403, "AccessDenied", format!("{failed}[\"eq\", \"$acl\", \"private\"]")),
        (
            form().on(json!({ "bucket": "c" })),
            403,
            "AccessDenied",
            format!("{failed}[\"eq\", \"$bucket\", \"c\"]"),
        ),
        (
            form().on(json!(["content-length-range", 8, 20])),
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size".to_owned(),
        ),
        (
            form().on(json!(["content-length-range", 0, 6])),
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size".to_owned(),
        ),
        (form().on(json!("nonsense")), 400, "InvalidPolicyDocument", String::new()),
    ] {
        let answer = form.signed().post(&world).await;
        let id = answer.refused(status, code).id().to_owned();
        let body = answer.body.replace("&quot;", "\"");
        assert!(body.contains(&text), "{text}: {body}");
        assert_eq!(world.refusal(&id).await, code);
    }
    assert!(world.depot.things.lock().unwrap().is_empty());
    form().on(json!(["content-length-range", 7, 7])).signed().post(&world).await.ok();
}

#[tokio::test]
async fn forms_are_authenticated_and_authorized() {
    let world = World::new().await;
    let user = world.user("ada", "").await;
    Form::new(&user).signed().post(&world).await.refused(403, "AccessDenied");
    let forger = Key { secret: "another".to_owned(), ..world.root.clone() };
    Form::new(&forger).signed().post(&world).await.refused(403, "SignatureDoesNotMatch");
    let nobody = Key { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..forger };
    Form::new(&nobody).signed().post(&world).await.refused(403, "InvalidAccessKeyId");
    Form::new(&world.root).post(&world).await.refused(403, "AccessDenied");
    let unsigned = Form::new(&world.root);
    let mut open = unsigned;
    open.fields[0].1 = "drop/x".to_owned();
    send(&world, &open.ask("/public")).await.ok();
    assert_eq!(world.depot.thing("public/drop/x").unwrap(), "content");
    let mut incomplete = Form::new(&world.root);
    incomplete.field("policy", "e30=", Value::Null);
    incomplete.post(&world).await.refused(400, "InvalidArgument");
    let version_two = || Form::new(&world.root).signed_in_version_two();
    version_two().post(&world).await.refused(400, "InvalidRequest");
    world.accept_version_two(true).await;
    version_two().post(&world).await.ok();
    assert_eq!(world.depot.thing("b/up/a b.txt").unwrap(), "content");
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let world = World::new().await;
    let mut fileless = Form::new(&world.root).signed();
    fileless.file = None;
    let answer = fileless.post(&world).await;
    answer.refused(400, "InvalidArgument");
    assert!(answer.body.contains("POST requires exactly one file upload per request."), "{}", answer.body);
    let mut keyless = Form::new(&world.root);
    keyless.fields.clear();
    keyless.conditions.pop();
    keyless.signed().post(&world).await.refused(400, "UserKeyMustBeSpecified");
    let copy = Form::new(&world.root).with("x-amz-copy-source", "/b/secret").signed();
    copy.post(&world).await.refused(501, "NotImplemented");
    let form = Form::new(&world.root).signed();
    let mut cut = form.ask("/b");
    cut.body.truncate(cut.body.len() - 10);
    send(&world, &cut).await.refused(400, "MalformedPOSTRequest");
    send(&world, &form.ask("/b").body("nothing")).await.refused(400, "MalformedPOSTRequest");
    let large = Form::new(&world.root).with("x-ignore-large", &"x".repeat(70 << 10)).signed();
    large.post(&world).await.refused(400, "MaxPostPreDataLengthExceededError");
    send(&world, &form.ask("/b/k")).await.refused(405, "MethodNotAllowed");
    assert!(world.depot.things.lock().unwrap().is_empty());
}
