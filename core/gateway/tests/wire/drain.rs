//! The end: open requests may finish, nothing new begins.

use std::{sync::atomic::Ordering, time::Duration};

use kurodo_gateway::Limits;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    client::{Ask, Second, Wire},
    world::World,
};

#[tokio::test]
async fn open_requests_finish_idle_connections_end_and_new_ones_are_refused() {
    let world = World::new().await;
    let wait = Ask::xml("wait").signed(&world.root, "s3");
    let (mut idle, mut busy) = (Wire::open(&world).await, Wire::open(&world).await);
    let second = Second::open(&world).await;
    idle.ask(&Ask::new("GET", "/b/k").signed(&world.root, "s3")).await.refused(404, "NoSuchKey");
    busy.write(wait.text()).await;
    let also = tokio::spawn(async move { second.ask(&wait).await.ok().status });
    while world.depot.waiting.load(Ordering::Relaxed) < 2 {
        sleep(Duration::from_millis(5)).await;
    }
    world.stop.send_replace(true);
    assert_eq!(idle.end().await, "");
    assert!(TcpStream::connect(world.address).await.is_err());
    assert!(!world.running.is_finished());
    world.depot.gate.add_permits(2);
    assert_eq!(busy.answer(false).await.ok().header("connection"), "close");
    busy.end().await;
    assert_eq!(also.await.unwrap(), 200);
    timeout(Duration::from_secs(10), world.running).await.expect("the listener to end").unwrap();
}

#[tokio::test]
async fn who_does_not_finish_is_left_after_a_while() {
    let world = World::with(Limits { drain: Duration::from_millis(300), ..Limits::default() }, 8).await;
    let mut stuck = Wire::open(&world).await;
    stuck.write(Ask::xml("wait").signed(&world.root, "s3").text()).await;
    while world.depot.waiting.load(Ordering::Relaxed) < 1 {
        sleep(Duration::from_millis(5)).await;
    }
    world.stop.send_replace(true);
    timeout(Duration::from_secs(10), world.running).await.expect("the listener to end").unwrap();
    assert_eq!(stuck.end().await, "");
}
