//! What goes wrong inside, and that the trail knows of everything that was refused.

use std::sync::atomic::Ordering;

use kurodo_audit::{Ending, Verdict};

use crate::{
    client::{Ask, Second, Wire, send},
    world::{World, now},
};

#[tokio::test]
async fn a_panic_is_an_internal_failure_and_the_server_lives_on() {
    let world = World::new().await;
    let mut wire = Wire::open(&world).await;
    let query = Ask::query("Action=Break&Version=2026-01-01&Bucket=b").signed(&world.root, "querydepot");
    for (ask, code) in [
        (Ask::xml("break").signed(&world.root, "s3"), "InternalError"),
        (Ask::json("Break", r#"{"Bucket":"b"}"#).signed(&world.root, "jsondepot"), "InternalFailure"),
        (query, "InternalFailure"),
    ] {
        let answer = wire.ask(&ask).await;
        let record = world.record(answer.refused(500, code).id()).await;
        assert_eq!(record.decision, Verdict::Allowed);
        match record.ending {
            Ending::Answered { error, status, .. } => {
                assert_eq!((error.as_deref(), status), (Some(code), 500))
            }
            other => panic!("{other:?}"),
        }
    }
    let needs = Ask::xml("breakneeds").signed(&world.root, "s3");
    let answer = wire.ask(&needs).await;
    assert_eq!(world.refusal(answer.refused(500, "InternalError").id()).await, "InternalError");
    wire.ask(&Ask::new("PUT", "/b/k").body("x").signed(&world.root, "s3")).await.ok();
    let second = Second::open(&world).await;
    let broken = Ask::xml("break").signed(&world.root, "s3");
    second.ask(&broken).await.refused(500, "InternalError");
    second.ask(&Ask::new("GET", "/b/k").signed(&world.root, "s3")).await.ok();
}

#[tokio::test]
async fn what_was_overtaken_is_decided_anew_and_not_without_end() {
    let world = World::new().await;
    let mut wire = Wire::open(&world).await;
    let note = Ask::json("WriteNote", r#"{"Bucket":"b","Text":"hi"}"#).signed(&world.root, "jsondepot");
    let depot = &world.depot;
    depot.overtaken.store(3, Ordering::Relaxed);
    let record = world.record(wire.ask(&note).await.ok().id()).await;
    assert_eq!((depot.handled.load(Ordering::Relaxed), record.decision), (4, Verdict::Allowed));
    depot.overtaken.store(1000, Ordering::Relaxed);
    let record = world.record(wire.ask(&note).await.refused(500, "InternalFailure").id()).await;
    assert_eq!((depot.handled.load(Ordering::Relaxed), record.decision), (4 + 11, Verdict::Allowed));
}

#[tokio::test]
async fn every_refusal_is_in_the_trail() {
    let world = World::new().await;
    let user = world.user("ada", "").await;
    let root = &world.root;
    let unknown = crate::world::Key { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret: "x".to_owned() };
    let json = |operation: &str, body: &str| Ask::json(operation, body).signed(root, "jsondepot");
    let query = |form: &str| Ask::query(form).signed(root, "querydepot");
    for (ask, status, code) in [
        (Ask::new("GET", "/b/k"), 403, "AccessDenied"),
        (Ask::new("GET", "/b/k").signed(&user, "s3"), 403, "AccessDenied"),
        (Ask::new("GET", "/b/k").signed(&unknown, "s3"), 403, "InvalidAccessKeyId"),
        (Ask::new("GET", "/b/k").signed(root, "s3").set("x-amz-date", "x"), 403, "AccessDenied"),
        (Ask::new("GET", "/b/k").set("authorization", "Basic eDp5"), 400, "InvalidArgument"),
        (Ask::new("DELETE", "/b/k").signed(root, "s3"), 405, "MethodNotAllowed"),
        (Ask::new("POST", "/b?unheard").signed(root, "s3"), 501, "NotImplemented"),
        (Ask::new("GET", "/b/%ff").signed(root, "s3"), 400, "InvalidURI"),
        (Ask::xml("note").body("<").signed(root, "s3"), 400, "MalformedXML"),
        (json("Nothing", "{}"), 400, "UnknownOperationException"),
        (json("Unheard", "{}"), 501, "NotImplemented"),
        (json("WriteNote", "{"), 400, "SerializationException"),
        (json("WriteNote", "{}"), 400, "ValidationException"),
        (Ask::json("WriteNote", "{}"), 400, "MissingAuthenticationTokenException"),
        (query("Action=Nothing&Version=2026-01-01"), 400, "InvalidAction"),
        (query("Version=2026-01-01"), 400, "MissingAction"),
        (query("Action=%"), 400, "MalformedQueryString"),
        (Ask::json("WriteNote", "{}").set("x-amz-target", "Nobody.Does"), 404, "UnknownService"),
    ] {
        let answer = send(&world, &ask).await;
        let id = answer.refused(status, code).id().to_owned();
        let record = world.record(&id).await;
        let Verdict::Denied { reason, explanation } = record.decision else { panic!("{ask:?} was allowed") };
        assert!(reason == code || reason.starts_with("because"), "{reason}");
        assert!(!explanation.is_null());
        match record.ending {
            Ending::Answered { error, status: told, .. } => {
                assert_eq!((error.as_deref(), told), (Some(code), status));
            }
            other => panic!("{other:?}"),
        }
    }
    let known = world.record(send(&world, &json("Nothing", "{}")).await.id()).await;
    assert_eq!(known.access_key_id.as_deref(), Some(root.id.as_str()));
    assert!(known.principal.unwrap().ends_with(":root"));
    let forged = Ask::new("GET", "/b/k").signed_at(&user, "s3", "UNSIGNED-PAYLOAD", now() - 4000);
    let stranger = world.record(send(&world, &forged).await.refused(403, "RequestTimeTooSkewed").id()).await;
    assert_eq!((stranger.access_key_id, stranger.principal), (Some(user.id), None));
}
