//! Grants to everybody, which need no policy on the caller's side within the owner's account.

use crate::{
    client::{Ask, send},
    world::World,
};

#[tokio::test]
async fn what_everybody_may_the_own_users_may_without_policies() {
    let world = World::new().await;
    for bucket in ["public", "members", "b"] {
        let put = Ask::new("PUT", &format!("/{bucket}/k")).body("x").signed(&world.root, "s3");
        send(&world, &put).await.ok();
    }
    let plain = world.user("plain", "").await;
    let denied = world.user("denied", r#"{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}"#).await;
    let get = |bucket: &str| Ask::new("GET", &format!("/{bucket}/k"));
    send(&world, &get("public")).await.ok();
    send(&world, &get("public").signed(&plain, "s3")).await.ok();
    send(&world, &get("members").signed(&plain, "s3")).await.ok();
    send(&world, &get("members")).await.refused(403, "AccessDenied");
    send(&world, &get("public").signed(&denied, "s3")).await.refused(403, "AccessDenied");
    send(&world, &get("b").signed(&plain, "s3")).await.refused(403, "AccessDenied");
}
