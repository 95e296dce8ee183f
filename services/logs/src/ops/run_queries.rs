//! Running queries. What they look at is read block by block; others have their turn in between.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kurodo_authz::{Action, Permit, Read};
use kurodo_gateway::{Errand, Keeper, Progress, Turns};
use kurodo_store::{Place, Reader, Scan};

use super::describe_log_streams::streams;
use crate::{
    Error, Logs,
    block::{BUCKET, Damaged, Head, bucket},
    event::EventId,
    insights::{Outcome, Pointer, Run, Source, TooLarge},
    layout,
    locks::Locks,
    model::QueryStatus,
    queries::{Job, Statistics},
    resources::Searched,
    table::chore,
    walk::messages,
};

/// How long a query may take, in seconds.
///
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas".
const LONGEST: u64 = 60 * 60;
/// Blocks after which others have their turn.
const TURN: usize = 16;
/// How long they wait for it at most, where blocks take long.
const SLOW: Duration = Duration::from_millis(10);

impl Keeper<chore::RunQueries> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::RunQueries>) -> Result<Progress, Error> {
        let Some(job) = errand.permits.first().map(|permit| Arc::clone(&permit.resource().job)) else {
            return Ok(Progress::Done);
        };
        let mut search = Search::new(&job, &self.searches);
        let status = match self.search(&mut search, &errand.permits).await {
            Ok(status) => status,
            Err(error) => {
                search.end(QueryStatus::Failed).await;
                return Err(error);
            }
        };
        search.end(status).await;
        self.queries.forget();
        Ok(Progress::More)
    }
}

impl Logs {
    async fn search<A: Action<Access = Read, Resource = Searched>>(
        &self,
        search: &mut Search<'_>,
        permits: &[Permit<'_, A>],
    ) -> Result<QueryStatus, Error> {
        for permit in permits {
            let group = permit.resource().existing()?;
            let reader = self.store.read(permit);
            let locks = self.open(&group.name, &group.definition).await;
            let kept = group.definition.kept_from(search.job.created);
            search.statistics.groups += 1;
            let all: Vec<_> =
                streams(&reader, &Scan::within(layout::streams()))?.collect::<Result<_, _>>()?;
            for (name, stream) in all {
                let place = Stream::new(stream.id, &group.name.account.to_string(), &group.name.name, &name);
                if let Some(status) = search.stream((&reader, &locks), &place, kept).await? {
                    return Ok(status);
                }
            }
        }
        Ok(QueryStatus::Complete)
    }
}

/// A stream, as its events name it.
struct Stream {
    below: Vec<u8>,
    log: Arc<str>,
    name: Arc<str>,
    pointer: Arc<str>,
}

impl Stream {
    fn new(id: u64, account: &str, group: &str, name: &str) -> Self {
        Self {
            below: layout::events_below(id),
            log: format!("{account}:{group}").into(),
            name: name.into(),
            pointer: Pointer::stem(id, group, name).into(),
        }
    }
}

/// A query that is being run.
struct Search<'j> {
    job: &'j Job,
    turns: &'j Turns,
    run: Run<'j>,
    statistics: Statistics,
    began: Instant,
    blocks: usize,
    /// When others last had their turn.
    turned: Instant,
}

impl<'j> Search<'j> {
    fn new(job: &'j Job, turns: &'j Turns) -> Self {
        let run = Run::new(&job.query, job.limit);
        let began = Instant::now();
        Self { job, turns, run, statistics: Statistics::default(), began, blocks: 0, turned: began }
    }

    /// Looks through a stream; tells how the query ends, if it does so early.
    async fn stream(
        &mut self,
        from: (&Reader<'_>, &Locks),
        stream: &Stream,
        kept: i64,
    ) -> Result<Option<QueryStatus>, Error> {
        let start = self.job.from.max(kept);
        let below = |key: &[u8]| [&stream.below[..], key].concat();
        let first = layout::heads_at(bucket(start).saturating_mul(BUCKET));
        let scan = Scan::within(below(&layout::heads())).from(below(&first));
        for record in from.0.cursor(&scan)? {
            let record = record?;
            let key = record.key.get(stream.below.len()..).unwrap_or_default();
            let (first, place) = layout::parse_head(key).ok_or(Damaged)?;
            if first > self.job.to {
                break;
            }
            let head = Head::decode(first, &record.value)?;
            let looked = match self.run.counts_only() {
                true => self.block(from, stream, &head, place, start),
                // What a query does with an event may take long.
                false => self.turns.take(|| self.block(from, stream, &head, place, start)).await,
            };
            if let Err(TooLarge) = looked? {
                return Ok(Some(QueryStatus::Failed));
            }
            self.blocks += 1;
            if self.blocks.is_multiple_of(TURN) || self.turned.elapsed() >= SLOW {
                tokio::task::yield_now().await;
                self.turned = Instant::now();
                if let Some(status) = self.is_over() {
                    return Ok(Some(status));
                }
            }
        }
        Ok(None)
    }

    fn is_over(&self) -> Option<QueryStatus> {
        if !self.job.note(self.statistics) {
            return Some(QueryStatus::Cancelled);
        }
        (self.began.elapsed().as_secs() >= LONGEST).then_some(QueryStatus::Timeout)
    }

    fn block(
        &mut self,
        from: (&Reader<'_>, &Locks),
        stream: &Stream,
        head: &Head,
        place: Place,
        start: i64,
    ) -> Result<Result<(), TooLarge>, Error> {
        let (times, to) = (head.all_times()?, self.job.to);
        // They are in order.
        let (first, last) =
            (times.partition_point(|time| *time < start), times.partition_point(|time| *time <= to));
        let within = times.get(first..last).unwrap_or_default();
        if within.is_empty() {
            return Ok(Ok(()));
        }
        self.statistics.scanned += within.len() as u64;
        self.statistics.bytes += head.bytes;
        if self.run.counts_only() {
            return Ok(self.run.count(within.iter().copied()));
        }
        let stored = self.run.reads_messages().then(|| messages(from, &stream.below, place)).transpose()?;
        let origin = stored.as_ref().map_or(Ok(""), |stored| std::str::from_utf8(&stored.origin));
        let origin: Arc<str> = origin.map_err(|_| Damaged)?.into();
        for (index, time) in times.iter().enumerate().take(last).skip(first) {
            let message = stored.as_ref().map_or(Ok(""), |stored| stored.message(index))?;
            let seen = self.run.see(Source {
                id: EventId::new(*time, place, index),
                ingested: head.ingested,
                message: message.into(),
                log: Arc::clone(&stream.log),
                stream: Arc::clone(&stream.name),
                pointer: Arc::clone(&stream.pointer),
                origin: Arc::clone(&origin),
            });
            if seen.is_err() {
                return Ok(seen);
            }
        }
        Ok(Ok(()))
    }

    async fn end(self, status: QueryStatus) {
        let (status, outcome) = match status {
            QueryStatus::Complete => match self.turns.take(|| self.run.finish()).await {
                Ok(outcome) => (status, outcome),
                Err(TooLarge) => (QueryStatus::Failed, Outcome::default()),
            },
            _ => (status, Outcome::default()),
        };
        let statistics = Statistics { matched: outcome.matched, ..self.statistics };
        let took = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.job.end(status, statistics, outcome, took);
    }
}
