use std::{sync::Arc, time::SystemTime};

use kurodo_arn::Region;
use kurodo_audit::Audit;
use kurodo_identity::Directory;
use kurodo_keys::{Sealer, SecretKey};
use kurodo_store::CoreDoor;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Mount, Observer, Room, Seen, Watcher, route::Routes, signing::SigningKeys};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region of requests that name none.
    pub region: Region,
    /// Requests at once whose callers are known; further ones are told to slow down.
    pub requests: usize,
    /// Host names under which the services are reached, such as `localhost`; buckets are below `s3.`.
    pub domains: Vec<String>,
}

/// All that a request passes on its way.
pub struct Gateway {
    pub(crate) routes: Routes,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) audit: Audit,
    pub(crate) door: CoreDoor,
    pub(crate) settings: Settings,
    pub(crate) slots: Semaphore,
    pub(crate) rooms: Rooms,
    pub(crate) signing: SigningKeys,
    /// Seals encoded authorization messages.
    pub(crate) messages: Sealer,
    observer: Option<Arc<dyn Observer>>,
}

/// Memory for content that is held whole before it is decided on. Who showed no credential has a room apart, so that
/// nobody who did waits for strangers; and all of it takes room there, so that only so many are waited for.
pub(crate) struct Rooms {
    /// For requests that name no access key, or none that is known.
    pub(crate) strangers: Room,
    /// For requests that name one, and whose signature covers content that is still to come.
    pub(crate) claimed: Room,
    /// For requests whose signature was verified.
    pub(crate) known: Room,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            strangers: Room::new(64 << 20, 0),
            claimed: Room::new(1 << 30, 0),
            // Every request has room for a little, however much others hold.
            known: Room::new(1 << 30, 64 << 10),
        }
    }
}

impl Gateway {
    /// The gateway in front of these services.
    pub fn new(
        services: Vec<Arc<dyn Mount>>,
        directory: Arc<dyn Directory>,
        audit: Audit,
        door: CoreDoor,
        messages: &SecretKey,
        settings: Settings,
    ) -> Self {
        Self {
            routes: Routes::new(services, &settings.domains),
            directory,
            audit,
            door,
            slots: Semaphore::new(settings.requests),
            rooms: Rooms::default(),
            signing: SigningKeys::new(),
            messages: Sealer::new(messages),
            settings,
            observer: None,
        }
    }

    /// The same, with somebody who is told of every request that was answered.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    pub(crate) fn observe(&self, seen: &Seen<'_>) -> Option<Arc<dyn Watcher>> {
        self.observer.as_ref()?.seen(seen)
    }

    /// Room for one more request whose caller is known; `None` when there are too many already.
    pub(crate) fn slot(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.try_acquire().ok()
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        now_ms()
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
