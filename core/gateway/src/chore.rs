//! What services do of their own accord: expiry, lifecycle, retention.
//!
//! A chore has a row in the service's table, as an operation has. Its needs are found, decided and audited in the same
//! way; its caller is the service itself, in the account whose things it keeps in order.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use kurodo_arn::AccountId;
use kurodo_authz::{Caller, Demand, Desk, Steward};
use tokio::sync::watch;

use crate::{Call, Failure, Find, Gateway, Service, head::Head, route::Mounted, trail::Trail};

/// A row for work that nobody asked for. Only the [`service!`](crate::service) table implements it.
pub trait Chore<S: Service>: Send + Sync + 'static {
    /// The actions that the work demands.
    type Demand: Demand;

    /// Finds what is due in the account of the call; `None` where nothing is.
    fn due<'a>(
        find: &'a Find<'a, S>,
    ) -> impl Future<Output = Result<Option<<Self::Demand as Demand>::Needs>, S::Error>> + Send + 'a;
}

/// The code of a chore. It runs only with what the authorizer granted.
pub trait Keeper<C: Chore<Self>>: Service {
    /// Does what was due.
    fn keep(&self, errand: Errand<'_, Self, C>)
    -> impl Future<Output = Result<Progress, Self::Error>> + Send;
}

/// Work that is due, with the permits for it, and nothing else to act with.
#[non_exhaustive]
pub struct Errand<'r, S: Service, C: Chore<S>> {
    /// The permits that the row demands.
    pub permits: <C::Demand as Demand>::Permits<'r>,
    /// When, and in which account.
    pub call: &'r Call,
}

/// Whether more may be due already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// What was due is done.
    Done,
    /// There was more than was done at once: look again now.
    More,
}

/// A chore as a reviewer reads it.
#[derive(Debug, Clone, Copy)]
pub struct ChoreFacts {
    /// The chore's name.
    pub name: &'static str,
    /// The row's text after the name.
    pub line: &'static str,
    /// Seconds between two looks for what is due.
    pub every: u64,
    /// Whether it is also done when the server stops, after the last request.
    pub at_end: bool,
}

type Run<S> = for<'a> fn(&'a S, Round<'a>) -> Pin<Box<dyn Future<Output = Progress> + Send + 'a>>;

/// A chore's row with the code that it leads to.
pub struct ChoreEntry<S: Service> {
    /// What the row says.
    pub facts: ChoreFacts,
    /// The actions that the row may demand.
    pub actions: fn() -> Vec<&'static str>,
    /// Does what is due in one account.
    pub run: Run<S>,
}

impl<S: Service> ChoreEntry<S> {
    /// The entry for a chore that has a keeper.
    pub const fn new<C: Chore<S>>(facts: ChoreFacts) -> Self
    where
        S: Keeper<C>,
    {
        let run: Run<S> = |service, round| Box::pin(round.run::<S, C>(service));
        Self { facts, actions: <C::Demand as Demand>::actions, run }
    }
}

/// One look for what is due in one account.
pub struct Round<'a> {
    gateway: &'a Gateway,
    mounted: &'a Mounted,
    chore: ChoreFacts,
    account: AccountId,
}

impl Round<'_> {
    /// Does what is due; a failure is logged, and tried again at the next look.
    async fn run<S: Keeper<C>, C: Chore<S>>(self, service: &S) -> Progress {
        let (service_name, chore, account) = (self.mounted.facts.schema.name, self.chore.name, self.account);
        let attempt = AssertUnwindSafe(self.attempt::<S, C>(service)).catch_unwind().await;
        let failure = match attempt {
            Ok(Ok(progress)) => return progress,
            Ok(Err(failure)) => format!("{}: {}", failure.code, failure.message),
            Err(_) => "it panicked".to_owned(),
        };
        tracing::error!(service = service_name, chore, %account, %failure, "a chore failed; it is tried again");
        Progress::Done
    }

    async fn attempt<S: Keeper<C>, C: Chore<S>>(&self, service: &S) -> Result<Progress, Failure> {
        let call = self.call::<C::Demand>()?;
        let find = Find::new(service, &call, &self.gateway.door);
        let Some(needs) = C::due(&find).await.map_err(Into::into)? else { return Ok(Progress::Done) };

        let mut desk = Desk::in_house(&call.caller, call.context.clone(), &*self.gateway.directory);
        let mut trail = Trail::of_chore::<C::Demand>(self.gateway, self.mounted, self.chore.name, &call);
        let granted = C::Demand::grant(needs, &mut desk);
        trail.decided(desk.into_checks());
        let permits = match granted {
            Ok(permits) => permits,
            Err(denial) => {
                trail.denied(&denial).await?;
                return Err(Failure::internal(&denial.clause()));
            }
        };
        trail.begin().await?;
        match service.keep(Errand { permits, call: &call }).await.map_err(Into::into) {
            Ok(progress) => {
                trail.finish_chore(200);
                Ok(progress)
            }
            Err(failure) => {
                let failure = trail.failed(failure).await;
                trail.finish_chore(failure.status);
                Err(failure)
            }
        }
    }

    /// The call of the service itself.
    fn call<D: Demand>(&self) -> Result<Call, Failure> {
        let schema = self.mounted.facts.schema;
        let host = format!("{}.amazonaws.com", schema.endpoint_prefix);
        let role = format!("AWSServiceRoleFor{}", schema.service_id.replace(' ', ""));
        let steward = Steward { host: &host, role: &role, work: self.chore.name };
        let caller = Caller::steward(self.account, &steward, &D::actions())
            .map_err(|error| Failure::internal(&error))?;
        let region = self.gateway.settings.region.clone();
        Ok(Call::inside(Head::blank(), Arc::new(caller), region, self.gateway.now_ms(), None))
    }
}

impl Gateway {
    /// Does the chores of all services, until `stop` turns true; a round that has begun is ended first.
    pub async fn keep_house(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let mut tasks = tokio::task::JoinSet::new();
        for (service, mounted) in self.routes.all().iter().enumerate() {
            for (at, chore) in mounted.mount.chores().into_iter().enumerate() {
                tasks.spawn(keep(self.clone(), service, at, chore, stop.clone()));
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Does what must not be left over when the server stops: once every request has its answer.
    pub async fn close_house(&self) {
        let (_, going) = watch::channel(false);
        for (service, mounted) in self.routes.all().iter().enumerate() {
            let last = mounted.mount.chores().into_iter().enumerate().filter(|(_, chore)| chore.at_end);
            for (at, chore) in last {
                self.look(service, at, chore, &going).await;
            }
        }
    }

    /// One look for what is due of a chore, in every account.
    async fn look(&self, service: usize, at: usize, chore: ChoreFacts, stop: &watch::Receiver<bool>) {
        let Some(mounted) = self.routes.all().get(service) else { return };
        // The directory has logged why it cannot tell.
        for account in self.directory.accounts().unwrap_or_default() {
            let mut progress = Progress::More;
            while progress == Progress::More && !*stop.borrow() {
                progress = mounted.mount.chore(at, Round { gateway: self, mounted, chore, account }).await;
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn keep(
    gateway: Arc<Gateway>,
    service: usize,
    at: usize,
    chore: ChoreFacts,
    mut stop: watch::Receiver<bool>,
) {
    let mut next = tokio::time::interval(Duration::from_secs(chore.every.max(1)));
    next.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = next.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        gateway.look(service, at, chore, &stop).await;
    }
}
