//! Tasks that export events to a bucket.
//!
//! Source: CloudWatch Logs User Guide, "Export log data to Amazon S3".

mod bucket;
mod file;

use serde::{Deserialize, Serialize};

pub(crate) use bucket::Bucket;
pub(crate) use file::File;

use crate::model::{
    ExportTask as View, ExportTaskExecutionInfo, ExportTaskStatus, ExportTaskStatusCode as Code,
};

/// A task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) group: String,
    /// What the names of its streams begin with.
    pub(crate) streams: Option<String>,
    /// The first time that is exported, and the last, in milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) bucket: String,
    /// What comes before everything in the keys of the objects.
    pub(crate) prefix: String,
    pub(crate) status: Status,
    pub(crate) message: String,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) ended: Option<i64>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    Pending,
    Running,
    Completed,
    Cancelled,
    Failed,
}

impl Status {
    /// The word on the wire.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Pending => Code::Pending,
            Self::Running => Code::Running,
            Self::Completed => Code::Completed,
            Self::Cancelled => Code::Cancelled,
            Self::Failed => Code::Failed,
        }
    }
}

impl Task {
    /// Whether there is something to be done for it.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Running)
    }

    /// The same task, ended now.
    pub(crate) fn ended(self, status: Status, message: &str, now: i64) -> Self {
        Self { status, message: message.to_owned(), ended: Some(now), ..self }
    }

    /// The key of the objects of a stream, without their numbers.
    pub(crate) fn folder(&self, stream: &str) -> String {
        format!("{}/{}/{}", self.prefix, self.id, stream.replace('/', "-"))
    }

    /// As answers show it.
    pub(crate) fn view(self) -> View {
        let message = Some(self.message).filter(|message| !message.is_empty());
        View {
            task_id: Some(self.id),
            task_name: self.name,
            log_group_name: Some(self.group),
            from: Some(self.from),
            to: Some(self.to),
            destination: Some(self.bucket),
            destination_prefix: Some(self.prefix),
            status: Some(ExportTaskStatus { code: Some(self.status.code()), message }),
            execution_info: Some(ExportTaskExecutionInfo {
                creation_time: Some(self.created),
                completion_time: self.ended,
            }),
        }
    }
}
