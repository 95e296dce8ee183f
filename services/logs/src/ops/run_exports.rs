//! Exporting events. What was exported before the server stopped is exported again when it goes on.

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Reader, Scan};

use super::describe_log_streams::streams;
use crate::{
    Error, Logs,
    export::{Bucket, File, Status, Task},
    facts::{GroupFacts, decode, encode},
    layout,
    locks::Locks,
    table::{action, chore},
    walk::{Range, Walk, Way},
};

/// Events after which others have their turn.
const TURN: usize = 1024;

impl Keeper<chore::RunExports> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::RunExports>) -> Result<Progress, Error> {
        let (permit, now) = (&errand.permits, errand.call.now_ms);
        let Some(task) = self.task(permit)? else { return Ok(Progress::Done) };
        let Ok(group) = permit.resource().existing() else {
            self.note(permit, task.ended(Status::Failed, "The log group is gone", now)).await?;
            return Ok(Progress::More);
        };
        let task = Task { status: Status::Running, ..task };
        self.note(permit, task.clone()).await?;
        let done = self.export(permit, group, &task).await;
        let ended = match done {
            Ok(true) => task.ended(Status::Completed, "Completed successfully", now),
            Ok(false) => task.ended(Status::Failed, "The bucket does not take the objects", now),
            Err(error) => {
                self.note(permit, task.ended(Status::Failed, "Internal failure", now)).await?;
                return Err(error);
            }
        };
        self.note(permit, ended).await?;
        Ok(Progress::More)
    }
}

type Errands<'r> = Permit<'r, action::RunExport>;

impl Logs {
    /// The task, unless it was cancelled.
    fn task(&self, permit: &Errands<'_>) -> Result<Option<Task>, Error> {
        let Some(id) = &permit.resource().task else { return Ok(None) };
        let found = self.store.read(permit).annex(permit).get(layout::export(id))?;
        let task = found.map(|found| decode::<Task>(&found.value, id)).transpose()?;
        Ok(task.filter(Task::is_under_way))
    }

    /// Notes how far a task is, unless it was cancelled.
    async fn note(&self, permit: &Errands<'_>, task: Task) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let (found, fact) = writer.annex(permit).fact(layout::export(&task.id))?;
        let known = found.map(|found| decode::<Task>(&found.value, &task.id)).transpose()?;
        if !known.is_some_and(|known| known.is_under_way()) {
            return Ok(());
        }
        let mut transaction = writer.transaction();
        transaction.expect_fact(&fact);
        transaction.in_annex(permit).put(layout::export(&task.id), encode(&task, &task.id)?);
        match transaction.commit().await {
            // It was cancelled meanwhile.
            Err(error) if error.conflict().is_some() => Ok(()),
            done => done.map(|_| ()).map_err(Error::from),
        }
    }

    /// Exports all streams; false where the bucket does not take it.
    async fn export(&self, permit: &Errands<'_>, group: &GroupFacts, task: &Task) -> Result<bool, Error> {
        let source = group.name.arn();
        let bucket = Bucket {
            relay: &self.relay,
            region: &group.name.region,
            account: group.name.account,
            source: &source,
            name: &task.bucket,
        };
        let (reader, locks) = (self.store.read(permit), self.open(&group.name, &group.definition).await);
        let prefix = task.streams.as_deref().unwrap_or_default();
        let all: Vec<_> =
            streams(&reader, &Scan::within(layout::streams_beginning(prefix)))?.collect::<Result<_, _>>()?;
        for (name, stream) in all {
            let kept = group.definition.kept_from(task.created);
            let range = Range::of_times(task.from.max(kept), task.to.saturating_add(1));
            let folder = task.folder(&name);
            if !self.export_stream(permit, (&reader, &locks), &bucket, (stream.id, range), &folder).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Exports a stream, file by file; it ends early where the task was cancelled.
    async fn export_stream(
        &self,
        permit: &Errands<'_>,
        from: (&Reader<'_>, &Locks),
        bucket: &Bucket<'_>,
        (stream, range): (u64, Range),
        folder: &str,
    ) -> Result<bool, Error> {
        let mut walk = Walk::new(from, layout::events_below(stream), range, Way::Forward)?;
        for number in 0.. {
            let (mut file, mut added) = (File::new(), 0usize);
            while let Some(found) = walk.next()? {
                added += 1;
                if added.is_multiple_of(TURN) {
                    tokio::task::yield_now().await;
                }
                file.add(found.id.time(), &found.message).map_err(|error| Error::Relay(error.to_string()))?;
                if file.is_full() {
                    break;
                }
            }
            if file.is_empty() || self.task(permit)?.is_none() {
                break;
            }
            let content = file.end().map_err(|error| Error::Relay(error.to_string()))?;
            if !bucket.put(&format!("{folder}/{number:06}.gz"), content).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
