//! Tasks that export events, as callers see them.

use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan};

use super::{Answer, Asked, start_query::uuid};
use crate::{
    Error, Logs,
    error::changed,
    export::{Bucket, Status, Task},
    facts::{decode, encode},
    layout,
    model::{CancelExportTaskOutput, CreateExportTaskOutput, DescribeExportTasksOutput, op},
    page,
};

/// Where objects go that nothing else is said of.
const PREFIX: &str = "exportedlogs";
/// Tasks of a page, where the request does not say how many.
const USUAL: usize = 50;
/// Tasks that are remembered; the oldest ones are forgotten first.
const REMEMBERED: usize = 1000;

const MISSING: Error = Error::NotFound("The specified export task does not exist.");

/// All tasks, the latest first.
fn tasks(reader: &Reader<'_>) -> Result<Vec<Task>, Error> {
    let mut all = Vec::new();
    for record in reader.cursor(&Scan::default())? {
        all.push(decode::<Task>(&record?.value, "an export task")?);
    }
    all.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    Ok(all)
}

impl Handler<op::CreateExportTask> for Logs {
    async fn handle(&self, asked: Asked<'_, op::CreateExportTask>) -> Answer<op::CreateExportTask> {
        let (permit, input, call) = (&asked.permits, asked.input, asked.call);
        let facts = permit.resource().existing()?;
        if input.from >= input.to {
            return Err(Error::invalid("The start time must be before the end time."));
        }
        let writer = self.store.write(permit);
        let known = tasks(&writer.annex(permit))?;
        if known.iter().any(Task::is_under_way) {
            return Err(Error::LimitExceeded);
        }
        let (prefix, source) =
            (input.destination_prefix.unwrap_or_else(|| PREFIX.to_owned()), facts.name.arn());
        let bucket = Bucket {
            relay: &self.relay,
            region: &facts.name.region,
            account: facts.name.account,
            source: &source,
            name: &input.destination,
        };
        bucket.check(&prefix).await?;
        let task = Task {
            id: uuid()?,
            name: input.task_name,
            group: input.log_group_name,
            streams: input.log_stream_name_prefix,
            from: input.from,
            to: input.to,
            bucket: input.destination,
            prefix,
            status: Status::Pending,
            message: String::new(),
            created: call.now_ms,
            ended: None,
        };
        let mut transaction = writer.transaction();
        let annex = transaction.in_annex(permit);
        annex.put(layout::export(&task.id), encode(&task, &task.id)?);
        known.iter().skip(REMEMBERED - 1).for_each(|old| _ = annex.delete(layout::export(&old.id)));
        transaction.commit().await?;
        Ok(CreateExportTaskOutput { task_id: Some(task.id) }.into())
    }
}

impl Handler<op::DescribeExportTasks> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DescribeExportTasks>) -> Answer<op::DescribeExportTasks> {
        let (input, mut all) = (&asked.input, tasks(&self.store.read(&asked.permits))?);
        let is_asked = |task: &Task| {
            input.task_id.as_ref().is_none_or(|id| *id == task.id)
                && input.status_code.is_none_or(|code| code == task.status.code())
        };
        all.retain(is_asked);
        if let Some(after) = page::after(input.next_token.as_deref())? {
            let seen = all.iter().position(|task| task.id == after).map_or(all.len(), |at| at + 1);
            all.drain(..seen);
        }
        let limit = page::limit(input.limit, USUAL);
        let more = all.len() > limit;
        all.truncate(limit);
        let next_token = all.last().filter(|_| more).map(|task| page::token(&task.id));
        let export_tasks = Some(all.into_iter().map(Task::view).collect());
        Ok(DescribeExportTasksOutput { export_tasks, next_token }.into())
    }
}

impl Handler<op::CancelExportTask> for Logs {
    async fn handle(&self, asked: Asked<'_, op::CancelExportTask>) -> Answer<op::CancelExportTask> {
        let (id, now) = (&asked.input.task_id, asked.call.now_ms);
        let writer = self.store.write(&asked.permits);
        let (found, fact) = writer.fact(layout::export(id))?;
        let task: Task = decode(&found.ok_or(MISSING)?.value, id)?;
        if !task.is_under_way() {
            return Err(Error::InvalidOperation("The specified export task has already finished."));
        }
        let mut transaction = writer.transaction();
        transaction.expect_fact(&fact);
        let ended = task.ended(Status::Cancelled, "Cancelled by the user", now);
        transaction.put(layout::export(id), encode(&ended, id)?);
        changed(transaction.commit().await)?;
        Ok(CancelExportTaskOutput::default().into())
    }
}
