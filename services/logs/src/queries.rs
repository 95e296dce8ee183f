//! Queries that were started: what they are to do, how far they are, and what came of them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::{AccountId, Region};

use crate::{
    Error,
    insights::{Outcome, Query},
    model::QueryStatus,
    names::GroupName,
};

/// Queries of an account that are under way at most.
///
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas".
const UNDER_WAY: usize = 30;
/// Queries that are remembered, and bytes of their results: older ones are forgotten first.
const REMEMBERED: usize = 1000;
const RESULTS: usize = 256 << 20;

/// A query that was started.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// Who started it.
    pub(crate) user: String,
    pub(crate) text: String,
    pub(crate) query: Query,
    pub(crate) groups: Vec<GroupName>,
    /// The first and the last time that it looks at, in milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) limit: usize,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    state: Mutex<State>,
}

/// How far a query is.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) status: QueryStatus,
    pub(crate) statistics: Statistics,
    pub(crate) rows: Vec<Vec<(String, String)>>,
    /// How long it took, in milliseconds.
    pub(crate) took: i64,
}

/// What a query looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Statistics {
    pub(crate) matched: u64,
    pub(crate) scanned: u64,
    pub(crate) bytes: u64,
    pub(crate) groups: u64,
}

impl Job {
    #[expect(clippy::too_many_arguments, reason = "a job is what was asked, in all its parts")]
    pub(crate) fn new(
        id: String,
        (account, region): (AccountId, Region),
        user: String,
        (text, query): (String, Query),
        groups: Vec<GroupName>,
        (from, to): (i64, i64),
        limit: usize,
        created: i64,
    ) -> Self {
        let state = State {
            status: QueryStatus::Scheduled,
            statistics: Statistics::default(),
            rows: Vec::new(),
            took: 0,
        };
        Self {
            id,
            account,
            region,
            user,
            text,
            query,
            groups,
            from,
            to,
            limit,
            created,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_under_way(&self) -> bool {
        matches!(self.state().status, QueryStatus::Scheduled | QueryStatus::Running)
    }

    /// Stops it; false where there is nothing to stop.
    pub(crate) fn stop(&self) -> bool {
        let under_way = self.is_under_way();
        if under_way {
            self.state().status = QueryStatus::Cancelled;
        }
        under_way
    }

    /// Notes how far it is; false where it was stopped.
    pub(crate) fn note(&self, statistics: Statistics) -> bool {
        let mut state = self.state();
        state.statistics = statistics;
        state.status == QueryStatus::Running
    }

    /// Notes how it ended, unless it was stopped.
    pub(crate) fn end(&self, status: QueryStatus, statistics: Statistics, outcome: Outcome, took: i64) {
        let mut state = self.state();
        if state.status == QueryStatus::Running {
            *state = State { status, statistics, rows: outcome.rows, took };
        }
    }

    fn bytes(&self) -> usize {
        self.state().rows.iter().flatten().map(|(name, value)| name.len() + value.len()).sum()
    }
}

/// The queries that are remembered, the latest last.
#[derive(Default)]
pub(crate) struct Queries(Mutex<VecDeque<Arc<Job>>>);

impl Queries {
    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a query.
    pub(crate) fn start(&self, job: Job) -> Result<(), Error> {
        let mut all = self.all();
        let own = |other: &&Arc<Job>| other.account == job.account && other.is_under_way();
        if all.iter().filter(own).count() >= UNDER_WAY {
            return Err(Error::LimitExceeded);
        }
        all.push_back(Arc::new(job));
        drop(all);
        self.forget();
        Ok(())
    }

    /// Forgets the oldest queries that are done, where there are too many or their results too large.
    pub(crate) fn forget(&self) {
        let mut all = self.all();
        let mut bytes: usize = all.iter().map(|job| job.bytes()).sum();
        while all.len() > REMEMBERED || bytes > RESULTS {
            let Some(at) = all.iter().position(|job| !job.is_under_way()) else { break };
            bytes -= all.remove(at).map_or(0, |job| job.bytes());
        }
    }

    /// The query of this id, if it is one of this account.
    pub(crate) fn find(&self, account: AccountId, id: &str) -> Option<Arc<Job>> {
        self.all().iter().find(|job| job.account == account && job.id == id).cloned()
    }

    /// The queries of an account in a region, the latest first.
    pub(crate) fn of(&self, account: AccountId, region: &Region) -> Vec<Arc<Job>> {
        self.all()
            .iter()
            .rev()
            .filter(|job| job.account == account && job.region == *region)
            .cloned()
            .collect()
    }

    /// The next query of an account that is to be run. It is running from now on.
    pub(crate) fn next(&self, account: AccountId) -> Option<Arc<Job>> {
        let waits = |job: &&Arc<Job>| job.account == account && job.state().status == QueryStatus::Scheduled;
        let found = self.all().iter().find(waits).cloned();
        found.inspect(|job| job.state().status = QueryStatus::Running)
    }
}
