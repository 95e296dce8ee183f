//! What the depot does of its own accord.

use std::time::Duration;

use bytes::Bytes;

use crate::world::World;

fn drop_thing(world: &World, name: &str) {
    world.depot.things.lock().unwrap().insert(name.to_owned(), Bytes::from_static(b"x"));
}

async fn until_gone(world: &World, name: &str) {
    for _ in 0..500 {
        if world.depot.thing(name).is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{name} is still there")
}

#[tokio::test]
async fn what_is_due_is_done_by_the_service_itself() {
    let world = World::new().await;
    for name in ["dust/a", "dust/b", "kept/a"] {
        drop_thing(&world, name);
    }
    until_gone(&world, "dust/a").await;
    until_gone(&world, "dust/b").await;
    assert!(world.depot.thing("kept/a").is_some());
    let sweeper = format!("arn:aws:sts::{}:assumed-role/AWSServiceRoleForDepot/Sweep", world.account);
    assert_eq!(*world.depot.sweepers.lock().unwrap(), [sweeper.clone(), sweeper.clone()]);

    world.audit.flush().await.unwrap();
    let records = world.audit.tail(100).await.unwrap();
    let swept: Vec<_> = records.iter().filter(|record| record.operation == "Sweep").collect();
    assert_eq!(swept.len(), 2, "one record each");
    for record in swept {
        assert_eq!(record.principal.as_deref(), Some(sweeper.as_str()));
        assert_eq!((record.source, record.account), (None, Some(world.account)));
        assert!(record.resources.iter().all(|arn| arn.starts_with("arn:aws:s3:::dust/")));
    }
}

#[tokio::test]
async fn a_chore_that_fails_stops_no_other() {
    let world = World::new().await;
    drop_thing(&world, "stones/a");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    drop_thing(&world, "dust/a");
    until_gone(&world, "dust/a").await;
}

#[tokio::test]
async fn chores_end_when_they_are_told_to_stop() {
    let world = World::new().await;
    world.stop.send_replace(true);
    world.keeping.await.unwrap();
}
